"""The rules of a network's security group: its flows, then nothing else of the WAN.

Azure's own last rules admit whatever the tag VirtualNetwork stands for, which is every prefix that a hub or gateway
programs: the whole WAN. So the rest of the WAN is denied by name, after what stays inside the network.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import pulumi_azure_native as azure

from hubspoke.plan.model import FilterRule, OnRampPlan, SpokePlan

_PROTOCOLS = {"tcp": "Tcp", "udp": "Udp", "icmp": "Icmp", "any": "*"}
_FLOWS, _WITHIN, _REST = 100, 4000, 4096  # priorities; the first of the flows' (Azure: 100 to 4096, lower first)
Direction = Literal["Inbound", "Outbound"]


def rules(plan: SpokePlan | OnRampPlan) -> list[azure.network.SecurityRuleArgs]:
    """All rules, by direction and priority. Raises ValueError for more flows than there are priorities."""
    return [
        *_one_way("Inbound", plan.ingress, plan),
        *_one_way("Outbound", plan.egress, plan),
    ]


def _one_way(
    direction: Direction, flows: Sequence[FilterRule], plan: SpokePlan | OnRampPlan
) -> Iterator[azure.network.SecurityRuleArgs]:
    if len(flows) > _WITHIN - _FLOWS:
        raise ValueError(f"{plan.key} has {len(flows)} rules {direction}: a security group has {_WITHIN - _FLOWS}")
    for priority, rule in enumerate(flows, _FLOWS):
        yield _flow(direction, priority, rule, plan.cidr)
    within = _ends(direction, [plan.cidr], plan.cidr)
    yield _rule(direction, _WITHIN, "within", "Allow", description="inside the network", **within)
    rest = _ends(direction, plan.wan_prefixes, plan.cidr)
    yield _rule(direction, _REST, "rest-of-wan", "Deny", description="the rest of the WAN", **rest)


def _flow(direction: Direction, priority: int, rule: FilterRule, cidr: str) -> azure.network.SecurityRuleArgs:
    word = "from" if direction == "Inbound" else "to"
    return _rule(
        direction, priority, rule.key, "Allow",
        description=f"flow {rule.flow} {word} {rule.peer}",
        protocol=_PROTOCOLS[rule.protocol],
        destination_port_range="*" if rule.port is None else str(rule.port),
        **_ends(direction, [rule.peer], cidr),
    )  # fmt: skip


def _ends(direction: Direction, others: Sequence[str], cidr: str) -> dict[str, Any]:
    """Who is at which end: the network's own prefix at one, others at the far one."""
    near, far = ("destination", "source") if direction == "Inbound" else ("source", "destination")
    many = {f"{far}_address_prefixes": sorted(others)} if len(others) > 1 else {f"{far}_address_prefix": others[0]}
    return {f"{near}_address_prefix": cidr, **many}


def _rule(direction: Direction, priority: int, name: str, access: str, **more: Any) -> azure.network.SecurityRuleArgs:
    way = "in" if direction == "Inbound" else "out"
    anything = {"protocol": "*", "source_port_range": "*", "destination_port_range": "*"}
    return azure.network.SecurityRuleArgs(
        name=f"{way}-{name}", direction=direction, priority=priority, access=access, **{**anything, **more}
    )
