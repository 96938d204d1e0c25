"""A network's firewall policy: the flows it is part of, and nothing else of the WAN."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pulumi_gcp as gcp

from hubspoke.gcp.parts import Maker
from hubspoke.plan.model import FilterRule, OnRampPlan, SpokePlan
from hubspoke.reads import id_of

# Priorities: flows first, in no order among themselves, then the network's own traffic, then the rest of the WAN.
_FLOWS, _SPAN, _LOCAL, _REST = 1_000, 1_000_000_000, 1_500_000_000, 2_000_000_000
_EVERYTHING = [gcp.compute.NetworkFirewallPolicyRuleMatchLayer4ConfigArgs(ip_protocol="all")]
Layer4 = list[gcp.compute.NetworkFirewallPolicyRuleMatchLayer4ConfigArgs]


@dataclass(frozen=True)
class Line:
    """One rule of the policy, in one direction. `peers` are the prefixes of the other end."""

    key: str
    direction: str
    priority: int
    action: str
    peers: Sequence[str]
    layer4: Layer4
    says: str


def filter_network(
    make: Maker, part: SpokePlan | OnRampPlan, network: gcp.compute.Network
) -> gcp.compute.NetworkFirewallPolicy:
    """Makes the policy and puts it on the network.

    Traffic within the network is left to its owner's rules. An adopted network keeps its order of evaluation: where
    that is AFTER_CLASSIC_FIREWALL, the default, its own firewall rules come before this policy.
    """
    policy = gcp.compute.NetworkFirewallPolicy(
        make.name("wan"), description=f"WAN flows of {make.key}", opts=make.options()
    )
    rules = [_rule(make, policy, line) for line in lines(part)]
    gcp.compute.NetworkFirewallPolicyAssociation(
        make.name("wan"),
        firewall_policy=policy.name,
        attachment_target=id_of(network, part.adopted.network) if part.adopted else network.id,
        # No packet meets half of the policy; and a network has one policy, so the old one goes first.
        opts=make.options(depends_on=rules, delete_before_replace=True),
    )
    return policy


def lines(part: SpokePlan | OnRampPlan) -> Iterator[Line]:
    """Every rule of a network's policy."""
    for direction, rules in (("INGRESS", part.ingress), ("EGRESS", part.egress)):
        word = "from" if direction == "INGRESS" else "to"
        order = priorities(direction, rules)
        for rule in rules:
            says = f"flow {rule.flow} {word} {rule.peer}"
            yield Line(rule.key, direction, order[rule.key], "allow", [rule.peer], layer4(rule), says)
        step = 0 if direction == "INGRESS" else 1
        yield Line("local", direction, _LOCAL + step, "goto_next", [part.cidr], _EVERYTHING, "within the network")
        says = f"nothing else {word} the WAN"
        yield Line("rest", direction, _REST + step, "deny", part.wan_prefixes, _EVERYTHING, says)


def priorities(direction: str, rules: Sequence[FilterRule]) -> dict[str, int]:
    """A priority of its own for each rule, from its key: another rule changes that of none.

    All of them allow, so their order means nothing; but no two rules of a policy may have one priority. Directions
    have odd and even ones. Where two keys meet, which is one case in a million, the later one moves on.
    """
    taken: dict[int, str] = {}
    for rule in sorted(rules, key=lambda rule: rule.key):
        place = zlib.crc32(f"{direction} {rule.key}".encode()) % (_SPAN // 2)
        while place in taken:
            place += 1
        taken[place] = rule.key
    return {key: _FLOWS + 2 * place + (direction == "EGRESS") for place, key in taken.items()}


def layer4(rule: FilterRule) -> Layer4:
    """Protocol and ports in a policy's words: no port is every port."""
    protocol = "all" if rule.protocol == "any" else rule.protocol
    ports = None if rule.port is None else [str(rule.port)]
    return [gcp.compute.NetworkFirewallPolicyRuleMatchLayer4ConfigArgs(ip_protocol=protocol, ports=ports)]


def _rule(make: Maker, policy: gcp.compute.NetworkFirewallPolicy, line: Line) -> gcp.compute.NetworkFirewallPolicyRule:
    peers = list(line.peers)
    inwards = line.direction == "INGRESS"
    match = gcp.compute.NetworkFirewallPolicyRuleMatchArgs(
        layer4_configs=line.layer4,
        src_ip_ranges=peers if inwards else None,
        dest_ip_ranges=None if inwards else peers,
    )
    return gcp.compute.NetworkFirewallPolicyRule(
        make.name(line.direction, line.key),
        firewall_policy=policy.name,
        description=line.says,
        direction=line.direction,
        action=line.action,
        priority=line.priority,
        match=match,
        enable_logging=line.action == "deny",
        opts=make.options(delete_before_replace=True),
    )
