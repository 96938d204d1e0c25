"""Contradictions and repetitions among flows, held against comparing every pair packet by packet."""

from ipaddress import IPv4Address, IPv4Network
from itertools import product
from typing import Literal

from hubspoke.intent import Account, Cloudflare, Flow, Hub, Segment, Site, Spoke, Wan
from hubspoke.intent.checks.flows import check_flows
from hypothesis import given, settings
from hypothesis import strategies as st

SEGMENTS = ("prod", "dev")
MEMBERS = {"web": "prod", "orders": "prod", "lab": "dev", "office": "dev"}
ENDS = (*SEGMENTS, *MEMBERS)

Packet = tuple[str, str, str, int | None]


def wan_of(flows: dict[str, Flow]) -> Wan:
    """A WAN of two spokes in prod, and a spoke and a site in dev."""
    return Wan(
        name="acme",
        address_space=(IPv4Network("10.0.0.0/8"),),
        cloudflare=Cloudflare(account="0" * 32, endpoints={"e1": IPv4Address("162.159.64.41")}),
        accounts={"apps": Account(cloud="aws", id="111111111111")},
        segments={"prod": Segment(reaches=("dev",)), "dev": Segment()},
        hubs={"use1": Hub(account="apps", region="us-east-1")},
        spokes={key: Spoke(account="apps", hub="use1", segment=MEMBERS[key]) for key in ("web", "orders", "lab")},
        sites={"office": Site(prefixes=(IPv4Network("10.9.0.0/16"),), segment="dev")},
        flows=flows,
    )


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    protocol: Literal["tcp", "udp", "icmp", "any"] = draw(st.sampled_from(["tcp", "udp", "icmp", "any"]))
    source, target = draw(st.lists(st.sampled_from(ENDS), min_size=2, max_size=2, unique=True))
    port = draw(st.sampled_from([None, 53, 443])) if protocol in ("tcp", "udp") else None
    access: Literal["allowed", "denied"] = draw(st.sampled_from(["allowed", "denied"]))
    return Flow.model_validate({"from": source, "to": target, "protocol": protocol, "port": port, "access": access})


def packets(flow: Flow) -> set[Packet]:
    """All that a flow covers; 99 stands for any other port."""
    pairs = product(_members(flow.source), _members(flow.target))
    protocols = ("tcp", "udp", "icmp") if flow.protocol == "any" else (flow.protocol,)
    ports = (53, 443, 99) if flow.port is None else (flow.port,)
    return {(*pair, protocol, port) for pair in pairs for protocol in protocols for port in ports}


def _members(end: str) -> list[str]:
    return [end] if end in MEMBERS else [key for key, segment in MEMBERS.items() if segment == end]


@settings(max_examples=100)
@given(st.lists(flows(), max_size=8))
def test_contradictions_are_the_pairs_that_share_a_packet(drawn: list[Flow]) -> None:
    named = {f"flow-{number}": flow for number, flow in enumerate(drawn)}
    said = {(issue.at[1], issue.what) for issue in check_flows(wan_of(named)) if "it is denied here" in issue.what}
    assert said == {
        (key, f"it is denied here, and allowed by flow {other!r}")
        for (key, denied), (other, allowed) in product(named.items(), repeat=2)
        if denied.access == "denied" and allowed.access == "allowed" and packets(denied) & packets(allowed)
    }


@settings(max_examples=100)
@given(st.lists(flows(), max_size=8))
def test_repetitions_are_the_allowed_pairs_that_would_make_one_rule_twice(drawn: list[Flow]) -> None:
    named = {f"flow-{number}": flow for number, flow in enumerate(drawn) if flow.access == "allowed"}
    said = {(issue.at[1], issue.what) for issue in check_flows(wan_of(named)) if "allows the same" in issue.what}
    assert said == {
        (key, f"flow {other!r} allows the same between the same ends, in part or whole")
        for (key, one), (other, two) in product(named.items(), repeat=2)
        if other < key and (one.protocol, one.port) == (two.protocol, two.port) and packets(one) & packets(two)
    }
