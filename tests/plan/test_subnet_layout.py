"""How a new network is cut: contained, disjoint, and stable when a zone is added."""

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hubspoke.intent.checks.networks import attachment_slots
from hubspoke.plan import Subnet
from hubspoke.plan.subnets import regional, zonal
from hypothesis import given
from hypothesis import strategies as st

ZONES = "abcdef"


@st.composite
def networks(draw: st.DrawFn) -> tuple[IPv4Network, list[str]]:
    """A VPC prefix, and zones that fit in it."""
    length = draw(st.integers(16, 24))
    index = draw(st.integers(0, 7))
    fitting = ZONES[: attachment_slots(length)]
    zones = draw(st.lists(st.sampled_from(fitting), min_size=1, max_size=6, unique=True))
    return IPv4Network((int(IPv4Network("10.0.0.0/8").network_address) + index * (1 << (32 - length)), length)), zones


@given(networks())
def test_subnets_are_disjoint_and_contained(network: tuple[IPv4Network, list[str]]) -> None:
    cidr, zones = network
    subnets = [IPv4Network(subnet.cidr) for subnet in zonal(cidr, zones, attached=True)]
    assert len(subnets) == 2 * len(zones)
    assert all(subnet.subnet_of(cidr) for subnet in subnets)
    assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))
    assert max(subnet.prefixlen for subnet in subnets) <= 28


@given(networks(), st.sampled_from(ZONES))
def test_adding_a_zone_moves_nothing(network: tuple[IPv4Network, list[str]], added: str) -> None:
    cidr, zones = network
    if added in ZONES[: attachment_slots(cidr.prefixlen)]:
        assert set(zonal(cidr, zones, attached=True)) <= set(zonal(cidr, [added, *zones], attached=True))


def test_the_order_of_zones_does_not_matter() -> None:
    cidr = IPv4Network("10.16.0.0/20")
    assert zonal(cidr, "cab", attached=True) == zonal(cidr, "abc", attached=True)


def test_a_slash_20_in_two_zones() -> None:
    assert zonal(IPv4Network("10.16.0.0/20"), "ab", attached=True) == (
        Subnet("attachment-a", "attachment", "a", "10.16.14.0/28"),
        Subnet("attachment-b", "attachment", "b", "10.16.14.16/28"),
        Subnet("workload-a", "workload", "a", "10.16.0.0/23"),
        Subnet("workload-b", "workload", "b", "10.16.2.0/23"),
    )


@pytest.mark.parametrize(("length", "slots"), [(16, 512), (20, 32), (22, 8), (23, 4), (24, 2), (25, 1)])
def test_how_many_zones_a_prefix_has_room_for(length: int, slots: int) -> None:
    assert attachment_slots(length) == slots


def test_a_zone_without_a_slot_is_refused() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.224/27 has no /28 number 2"):
        zonal(IPv4Network("10.0.0.0/24"), "abc", attached=True)


def test_a_network_without_a_hub_has_no_attachment() -> None:
    assert zonal(IPv4Network("10.16.0.0/20"), "ab", attached=False) == (
        Subnet("workload-a", "workload", "a", "10.16.0.0/23"),
        Subnet("workload-b", "workload", "b", "10.16.2.0/23"),
    )


def test_a_regional_network_has_one_subnet_and_room() -> None:
    assert regional(IPv4Network("10.64.0.0/20"), gateway=False) == (Subnet("workload", "workload", "", "10.64.0.0/21"),)


@pytest.mark.parametrize(
    ("cidr", "workload", "gateway"),
    [("10.64.0.0/20", "10.64.0.0/21", "10.64.15.224/27"), ("10.64.0.0/26", "10.64.0.0/27", "10.64.0.32/27")],
)
def test_a_gateways_subnet_is_the_last(cidr: str, workload: str, gateway: str) -> None:
    assert regional(IPv4Network(cidr), gateway=True) == (
        Subnet("gateway", "gateway", "", gateway),
        Subnet("workload", "workload", "", workload),
    )


def test_a_prefix_without_room_for_a_gateway_is_refused() -> None:
    with pytest.raises(ValueError, match=r"10\.64\.0\.16/28 has no /27"):
        regional(IPv4Network("10.64.0.0/27"), gateway=True)
