"""AWS's security groups: rules in resources of their own, and rules in the group itself."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from hubspoke.network.convert.made import Made
from hubspoke.network.model import ALL_PORTS, Ports, Prefixes, Protocol, Rule
from hubspoke.network.snapshot import Resource, Snapshot

GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
_PROTOCOLS: Mapping[str, Protocol] = {
    "-1": "any", "all": "any", "tcp": "tcp", "6": "tcp", "udp": "udp", "17": "udp", "icmp": "icmp", "1": "icmp",
}  # fmt: skip
Way = Literal["in", "out"]


def rules_of(made: Made, snapshot: Snapshot, group: Resource, way: Way) -> Iterator[Rule]:
    """All rules of a group in one direction."""
    for rule in snapshot.of_type(INGRESS if way == "in" else EGRESS):
        if snapshot.target(rule, "securityGroupId", GROUP) is group:
            yield _rule(made, rule.urn, way, [rule.get("cidrIpv4")], rule.get("ipProtocol"), _ports(rule.get))
    for listed in group.get("ingress" if way == "in" else "egress", ()):
        protocol, ports = listed.get("protocol"), _ports(listed.get)
        for prefix in listed.get("cidrBlocks") or [None]:
            yield _rule(made, group.urn, way, [prefix], protocol, ports)


def _ports(get: Any) -> Ports:
    """All ports of every protocol is written with none, with -1, and in a group's own list with 0."""
    first, last = get("fromPort"), get("toPort")
    if not isinstance(first, int) or not isinstance(last, int) or first < 0:
        return ALL_PORTS
    return first, last


def _rule(made: Made, origin: str, way: Way, prefixes: list[Any], protocol: Any, ports: Ports) -> Rule:
    """A peer that is no prefix (a group, a prefix list, not known yet) makes a rule that may match anything."""
    known = [prefix for prefix in prefixes if isinstance(prefix, str)]
    kind = _PROTOCOLS.get(str(protocol).lower())
    peer: Prefixes = made.shared(*known) if known else ()
    sources, destinations = (peer, ()) if way == "in" else ((), peer)
    whole = kind != "icmp" or ports == ALL_PORTS  # with ICMP these are a type and a code
    action: Literal["allow", "unknown"] = "allow" if known and kind and whole else "unknown"
    ported = ports if kind in ("tcp", "udp") else ALL_PORTS
    return Rule(action, origin, sources, destinations, kind or "any", ported)
