"""Google's firewall policies: rules by priority, the first match decides; "goto_next" leaves it to others' rules."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from hubspoke.network.convert.made import Made
from hubspoke.network.model import ALL_PORTS, Filter, Ports, Protocol, Rule
from hubspoke.network.snapshot import Resource, Snapshot

POLICY = "gcp:compute/networkFirewallPolicy:NetworkFirewallPolicy"
RULE = "gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule"
ASSOCIATION = "gcp:compute/networkFirewallPolicyAssociation:NetworkFirewallPolicyAssociation"
RULE_TYPES = (POLICY, RULE, ASSOCIATION)
_ACTIONS: Mapping[str, Literal["allow", "deny", "unknown"]] = {
    "allow": "allow", "deny": "deny", "goto_next": "unknown",
}  # fmt: skip
_PROTOCOLS: Mapping[str, Protocol] = {"all": "any", "tcp": "tcp", "udp": "udp", "icmp": "icmp"}
_READ = frozenset({"layer4Configs", "srcIpRanges", "destIpRanges"})
Direction = Literal["INGRESS", "EGRESS"]


def filter_of(made: Made, snapshot: Snapshot, policies: list[Resource], direction: Direction, key: str) -> Filter:
    """One direction of a network's policy. Implied rules come last: ingress is denied, egress allowed (2026-08)."""
    ours = [
        rule for rule in snapshot.of_type(RULE)
        if rule.known("direction") == direction and not rule.get("disabled") and _policy(snapshot, rule) in policies
    ]  # fmt: skip
    rules = [each for rule in sorted(ours, key=lambda r: int(r.get("priority"))) for each in _rules(made, rule)]
    origin = policies[0].urn if policies else key
    return Filter(key, tuple(rules), origin, default="deny" if direction == "INGRESS" else "allow")


def _policy(snapshot: Snapshot, source: Resource) -> Resource | None:
    return snapshot.refers(source, "firewallPolicy", source.get("firewallPolicy"), POLICY, by=("name",))


def policies_on(snapshot: Snapshot, network: Resource, network_type: str) -> list[Resource]:
    """The policies that are put on a network."""
    return [
        policy
        for each in snapshot.of_type(ASSOCIATION)
        if snapshot.refers(each, "attachmentTarget", each.get("attachmentTarget"), network_type, by=("selfLink",))
        is network
        and (policy := _policy(snapshot, each))
    ]


def _rules(made: Made, rule: Resource) -> Iterator[Rule]:
    """One for each kind of traffic. What cannot be read matches everything and says "unknown"."""
    match = rule.get("match", {})
    action = _ACTIONS.get(rule.known("action"))
    kinds = [each for config in match.get("layer4Configs") or () for each in _kinds(config)]
    strange = {name for name, value in match.items() if value and name not in _READ} | {
        name for name in ("targetSecureTags", "targetServiceAccounts") if rule.get(name)
    }
    if action is None or not kinds or strange:
        made.finding("a rule of a firewall policy is not read", rule.urn, "name prefixes, ports and a protocol")
        yield Rule("unknown", rule.urn)
        return
    sources, destinations = (made.shared(*(match.get(name) or ())) for name in ("srcIpRanges", "destIpRanges"))
    for protocol, ports in kinds:
        yield Rule(action, rule.urn, sources, destinations, protocol, ports)


def _kinds(config: Mapping[str, Any]) -> Iterator[tuple[Protocol, Ports]]:
    protocol = _PROTOCOLS.get(str(config.get("ipProtocol")))
    for text in config.get("ports") or ["0-65535"]:
        first, _, last = str(text).partition("-")
        if protocol and first.isdigit():
            ports = int(first), int(last or first)
            yield protocol, ALL_PORTS if ports == ALL_PORTS else ports
