"""What may change while in use: the table, one step at a time, and a whole run."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hubspoke.plan.changes import (
    RULES,
    Assessment,
    Effect,
    HubCount,
    Judge,
    RecordedState,
    Step,
    Tunnel,
    changed_paths,
    types,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.plan.recorded_hubs import aws_hub, azure_hub, azure_network, entry, google_hub, recorded, urn

Values = dict[str, Any]
HUBS: dict[str, Callable[[], list[Values]]] = {
    "aws": aws_hub, "azure": azure_hub, "azure-network": azure_network, "google": google_hub
}  # fmt: skip


def step(state: RecordedState, kind: str, name: str, op: str = "update", /, **change: Any) -> Step:
    """A step that changes recorded inputs. A double underscore leads into objects and lists."""
    at = urn(kind, name)
    resource = state.at(at)
    old = dict(resource.inputs) if resource else {}
    new = old
    for path, value in change.items():
        new = _with(new, path.split("__"), value)
    return Step(at, kind, op, changed_paths(old, new), old, new)


def _with(value: Any, path: list[str], new: Any) -> Any:
    if not path:
        return new
    if isinstance(value, list):
        return [_with(each, path[1:], new) if n == int(path[0]) else each for n, each in enumerate(value)]
    return {**value, path[0]: _with(value.get(path[0], {}), path[1:], new)}


def judged(cloud: str, kind: str, name: str, op: str = "update", /, **change: Any) -> tuple[Effect, list[str]]:
    """The effect of one step on a hub, and the tunnels it interrupts."""
    state = recorded(*HUBS[cloud]())
    found = Judge(state).step(step(state, kind, name, op, **change))
    return found.effect, [tunnel.name for tunnel in found.tunnels]


# --- the table ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.type}-{rule.path}")
def test_every_line_has_a_source_a_date_and_a_way_out(rule: Any) -> None:
    assert rule.why
    assert rule.source.startswith("https://")
    assert re.fullmatch(r"20\d\d(-\d\d)?", rule.date)
    assert rule.remedy or rule.effect is Effect.IN_PLACE


def test_types_are_those_of_the_sdks() -> None:
    import pulumi_aws as aws
    import pulumi_azure_native as azure
    import pulumi_cloudflare as cloudflare
    import pulumi_gcp as gcp

    modules = {
        "aws:ec2": aws.ec2, "aws:ec2transitgateway": aws.ec2transitgateway, "azure-native:network": azure.network,
        "cloudflare:index": cloudflare, "gcp:compute": gcp.compute,
        "gcp:networkconnectivity": gcp.networkconnectivity,
    }  # fmt: skip
    for token in (value for value in vars(types).values() if isinstance(value, str) and value.count(":") == 2):
        module = token.split("/")[0] if "/" in token else token.rpartition(":")[0]
        assert getattr(modules[module], token.rpartition(":")[2]).pulumi_type == token


# --- one step -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cloud", "kind", "name", "change", "effect", "tunnels"),
    [
        ("aws", types.TRANSIT_GATEWAY, "use1", {"amazonSideAsn": 64513}, "refused", []),
        ("aws", types.TRANSIT_GATEWAY, "use1", {"description": "x"}, "in place", []),
        ("aws", types.VPN_CONNECTION, "use1/e1", {"tunnel1Phase2LifetimeSeconds": 1800}, "interrupts", ["use1-e1-a"]),
        ("aws", types.VPN_CONNECTION, "use1/e1", {"tunnel2Phase2LifetimeSeconds": 1800}, "interrupts", ["use1-e1-b"]),
        ("aws", types.VPN_CONNECTION, "use1/e2", {"customerGatewayId": "cgw-9"}, "interrupts",
         ["use1-e2-a", "use1-e2-b"]),
        ("aws", types.VPN_CONNECTION, "use1/e1", {"tunnel1InsideCidr": "169.254.250.0/30"}, "replaces",
         ["use1-e1-a", "use1-e1-b"]),
        ("aws", types.VPN_CONNECTION, "use1/e1", {"tags__Name": "x"}, "in place", []),
        ("aws", types.CUSTOMER_GATEWAY, "use1/e1", {"bgpAsn": "65000"}, "replaces", ["use1-e1-a", "use1-e1-b"]),
        ("aws", types.CLOUDFLARE_TUNNEL, "use1-e2-b", {"psk": "new"}, "interrupts", ["use1-e2-b"]),
        ("aws", types.CLOUDFLARE_TUNNEL, "use1-e2-b", {"description": "new"}, "in place", []),
        ("azure", types.VIRTUAL_HUB, "weu", {"addressPrefix": "10.101.0.0/23"}, "refused", []),
        ("azure", types.AZURE_VPN_GATEWAY, "weu", {"vpnGatewayScaleUnit": 2}, "in place", []),
        ("azure", types.AZURE_VPN_GATEWAY, "weu", {"bgpSettings__asn": 65001}, "replaces",
         ["weu-e1-a", "weu-e1-b", "weu-e2-a", "weu-e2-b"]),
        ("azure", types.AZURE_CONNECTION, "weu", {"vpnLinkConnections__1__sharedKey": "new"}, "interrupts",
         ["weu-e2-a", "weu-e2-b"]),
        ("azure", types.AZURE_CONNECTION, "weu", {"vpnLinkConnections__0__routingWeight": 5}, "in place", []),
        ("azure", types.AZURE_CONNECTION, "weu", {"vpnLinkConnections__0__vpnSiteLink__id": "x"}, "replaces",
         ["weu-e1-a", "weu-e1-b"]),
        ("azure", types.AZURE_CONNECTION, "weu", {"vpnLinkConnections__1__enableBgp": True}, "replaces",
         ["weu-e2-a", "weu-e2-b"]),
        ("azure", types.VPN_SITE, "weu", {"vpnSiteLinks__0__bgpProperties": {"asn": 13335}}, "interrupts",
         ["weu-e1-a", "weu-e1-b"]),
        ("azure-network", types.VNET_CONNECTION, "edge/e1", {"sharedKey": "new"}, "interrupts",
         ["edge-e1-a", "edge-e1-b"]),
        ("azure-network", types.VNET_CONNECTION, "edge/e1", {"enableBgp": True}, "interrupts",
         ["edge-e1-a", "edge-e1-b"]),
        ("azure-network", types.VNET_GATEWAY, "edge", {"enableBgp": True}, "interrupts",
         ["edge-e1-a", "edge-e1-b"]),
        ("azure-network", types.LOCAL_GATEWAY, "edge/e1", {"bgpSettings": {"asn": 13335}}, "interrupts",
         ["edge-e1-a", "edge-e1-b"]),
        ("azure-network", types.PUBLIC_ADDRESS, "edge-1", {"sku__name": "Basic"}, "refused",
         ["edge-e1-a", "edge-e1-b"]),
        ("google", types.GCP_TUNNEL, "euw4-e1", {"sharedSecret": "new"}, "replaces", ["euw4-e1"]),
        ("google", types.GCP_TUNNEL, "euw4-e1", {"labels__a": "b"}, "in place", []),
        ("google", types.ROUTER_INTERFACE, "euw4-e2", {"ipRange": "169.254.240.9/30"}, "replaces", ["euw4-e2"]),
        ("google", types.ROUTER_PEER, "euw4-e2", {"peerAsn": 65000}, "interrupts", ["euw4-e2"]),
        ("google", types.ROUTER, "euw4", {"bgp__asn": 64601}, "refused", ["euw4-e1", "euw4-e2"]),
        ("google", types.NCC_SPOKE, "web", {"linkedVpcNetwork__includeExportRanges": ["10.5.0.0/21"]}, "in place", []),
        ("google", types.NCC_SPOKE, "web", {"linkedVpcNetwork__uri": "data"}, "replaces", []),
        ("google", types.EXTERNAL_GATEWAY, "euw4", {"interfaces__0__ipAddress": "1.1.1.1"}, "replaces",
         ["euw4-e1", "euw4-e2"]),
    ],
)  # fmt: skip
def test_a_step(cloud: str, kind: str, name: str, change: Values, effect: str, tunnels: list[str]) -> None:
    assert judged(cloud, kind, name, **change) == (Effect(effect), tunnels)


def test_what_is_new_interrupts_nothing() -> None:
    assert judged("aws", types.VPN_CONNECTION, "use1/e3", "create") == (Effect.CREATES, [])


def test_what_goes_takes_its_tunnels_along() -> None:
    assert judged("aws", types.VPN_CONNECTION, "use1/e1", "delete") == (Effect.REMOVES, ["use1-e1-a", "use1-e1-b"])


def test_a_replacement_that_the_table_does_not_know_is_one_all_the_same() -> None:
    assert judged("aws", types.VPN_CONNECTION, "use1/e1", "replace", tags__Name="x") == (
        Effect.REPLACES,
        ["use1-e1-a", "use1-e1-b"],
    )


def test_the_asn_of_a_gateway_without_vpn_changes_in_place() -> None:
    state = recorded(entry(types.TRANSIT_GATEWAY, "use1", {"amazonSideAsn": 64512}, id_="tgw-1"))
    assert Judge(state).step(step(state, types.TRANSIT_GATEWAY, "use1", amazonSideAsn=64513)).effect is Effect.IN_PLACE


@pytest.mark.parametrize(
    ("kept", "effect"), [(["52.0.0.0/24"], Effect.IN_PLACE), (["10.0.0.0/24"], Effect.REFUSED), ([], Effect.REFUSED)]
)
def test_a_block_that_a_vpn_has_its_address_of_cannot_go(kept: list[str], effect: Effect) -> None:
    blocks = {"transitGatewayCidrBlocks": ["52.0.0.0/24", "10.0.0.0/24"]}  # use1/e1 has its addresses of the first
    state = recorded(entry(types.TRANSIT_GATEWAY, "use1", blocks, id_="tgw-1"), *aws_hub()[1:])
    change = step(state, types.TRANSIT_GATEWAY, "use1", transitGatewayCidrBlocks=kept)
    assert Judge(state).step(change).effect is effect


@pytest.mark.parametrize(
    ("subnets", "effect"),
    [(["s-a", "s-b"], Effect.IN_PLACE), (["s-a", "s-a2"], Effect.REFUSED), (["?"], Effect.IN_PLACE)],
)
def test_an_attachment_takes_one_subnet_a_zone(subnets: list[str], effect: Effect) -> None:
    zones = {"s-a": "us-east-1a", "s-a2": "us-east-1a", "s-b": "us-east-1b"}
    state = recorded(
        *(entry(types.AWS_SUBNET, name, {"availabilityZone": zone}, id_=name) for name, zone in zones.items()),
        entry(types.VPC_ATTACHMENT, "web", {"subnetIds": ["s-b"]}),
    )
    assert Judge(state).step(step(state, types.VPC_ATTACHMENT, "web", subnetIds=subnets)).effect is effect


@pytest.mark.parametrize(("connected", "effect"), [(True, Effect.REFUSED), (False, Effect.IN_PLACE)])
def test_a_connected_networks_space_stays(connected: bool, effect: Effect) -> None:
    id_ = "/subscriptions/s/resourceGroups/web/providers/Microsoft.Network/virtualNetworks/web"
    spoke = entry(types.HUB_CONNECTION, "web", {"remoteVirtualNetwork": {"id": id_.upper()}})
    network = entry(types.VIRTUAL_NETWORK, "web", {"addressSpace": {"addressPrefixes": ["10.1.0.0/20"]}}, id_=id_)
    state = recorded(network, *([spoke] if connected else []))
    change = step(state, types.VIRTUAL_NETWORK, "web", addressSpace__addressPrefixes=["10.1.0.0/19"])
    assert Judge(state).step(change).effect is effect


# --- a whole run ----------------------------------------------------------------------------------------------------


def rotation(state: RecordedState, *tunnels: str) -> list[Step]:
    """New keys at both ends of AWS tunnels: "use1-e1-a"."""
    found = []
    for each in tunnels:
        hub, endpoint, slot = each.split("-")
        key = f"tunnel{'ab'.index(slot) + 1}PresharedKey"
        found.append(step(state, types.VPN_CONNECTION, f"{hub}/{endpoint}", **{key: "new"}))
        found.append(step(state, types.CLOUDFLARE_TUNNEL, each, psk="new"))
    return found


def test_a_tunnel_changed_at_both_ends_is_one_tunnel() -> None:
    state = recorded(*aws_hub())
    found = Judge(state).assess(rotation(state, "use1-e1-a"))
    tunnel = Tunnel("use1-e1-a", "use1", f"{urn(types.VPN_CONNECTION, 'use1/e1')}#1")
    assert found.hubs == (HubCount("use1", 4, (tunnel,), ()),)
    assert not found.blocked


def test_a_second_tunnel_at_once_is_too_much() -> None:
    state = recorded(*aws_hub())
    found = Judge(state).assess(rotation(state, "use1-e1-a", "use1-e2-b"))
    assert found.hubs[0].problem == "2 of 4 tunnels would be interrupted at once: use1-e1-a, use1-e2-b"
    assert found.blocked
    assert not Judge(state, at_once=2).assess(rotation(state, "use1-e1-a", "use1-e2-b")).blocked


def test_tunnels_of_two_hubs_are_counted_apart() -> None:
    state = recorded(*aws_hub(), *google_hub())
    other = step(state, types.GCP_TUNNEL, "euw4-e1", "replace", sharedSecret="new")
    found = Judge(state).assess([*rotation(state, "use1-e1-a"), other])
    assert [(hub.hub, len(hub.interrupted), hub.problem) for hub in found.hubs] == [("use1", 1, ""), ("euw4", 1, "")]


def test_both_tunnels_of_an_azure_link_have_one_key_and_count_as_one() -> None:
    state = recorded(*azure_hub())
    one = step(state, types.AZURE_CONNECTION, "weu", vpnLinkConnections__0__sharedKey="new")
    both = step(
        state, types.AZURE_CONNECTION, "weu", vpnLinkConnections__0__sharedKey="n", vpnLinkConnections__1__sharedKey="n"
    )
    assert [Judge(state).assess([each]).blocked for each in (one, both)] == [False, True]


def test_the_last_tunnel_of_a_hub_is_not_interrupted() -> None:
    state = recorded(*azure_network())
    found = Judge(state).assess([step(state, types.VNET_CONNECTION, "edge/e1", sharedKey="new")])
    assert found.hubs[0].problem == (
        "no tunnel would stay up: edge-e1-a, edge-e1-b would be interrupted, and there is no other"
    )


def test_removing_a_connection_while_the_other_stays_up_is_no_problem() -> None:
    state = recorded(*aws_hub())
    removal = step(state, types.VPN_CONNECTION, "use1/e1", "delete")
    assert not Judge(state).assess([removal]).blocked
    assert Judge(state).assess([removal, *rotation(state, "use1-e2-a", "use1-e2-b")]).blocked


def test_steps_come_in_the_order_in_which_tunnels_are_touched() -> None:
    state = recorded(*aws_hub())
    steps = [
        step(state, types.VPN_CONNECTION, "use1/e1", "delete"),
        *rotation(state, "use1-e2-b", "use1-e2-a"),
        step(state, types.TRANSIT_GATEWAY, "use1", description="x"),
    ]
    found = Judge(state).assess([steps[0], steps[1], steps[3], steps[4], steps[2], steps[5]])
    assert [each.step.name for each in found.steps] == [
        "use1", "use1/e2", "use1-e2-b", "use1/e2", "use1-e2-a", "use1/e1"
    ]  # fmt: skip


@given(st.lists(st.sampled_from([f"use1-e{n}-{slot}" for n in (1, 2) for slot in "ab"]), unique=True))
def test_a_run_is_blocked_exactly_when_it_interrupts_more_than_one_tunnel(tunnels: list[str]) -> None:
    state = recorded(*aws_hub())
    found: Assessment = Judge(state).assess(rotation(state, *tunnels))
    assert found.blocked == (len(tunnels) > 1)
    assert {t.name for hub in found.hubs for t in hub.interrupted} == set(tunnels)


def test_tunnels_whose_other_end_is_of_another_stack_count_together() -> None:
    state = recorded(*(each for each in aws_hub() if each["type"] == types.CLOUDFLARE_TUNNEL))
    keys = [step(state, types.CLOUDFLARE_TUNNEL, name, psk="new") for name in ("use1-e1-a", "use1-e2-b")]
    assert [Judge(state).assess(keys[:n]).blocked for n in (1, 2)] == [False, True]


# --- where two values differ ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "reported", "expected"),
    [
        ({"a": 1, "b": {"c": 2}}, {"a": 1, "b": {"c": 3}}, [], {"b.c"}),
        ({"a": [{"k": 1}, {"k": 2}]}, {"a": [{"k": 1}, {"k": 3}]}, [], {"a.1.k"}),
        ({"a": [1]}, {"a": [1, 2]}, [], {"a"}),
        ({"a": 1}, {}, [], {"a"}),
        ({"psk": "[secret]", "b": 1}, {"psk": "[secret]", "b": 2}, ["psk"], {"psk"}),  # b is ignored by the program
        ({"a": [{"k": 1}]}, {"a": [{"k": 2}]}, ["a[0].k"], {"a.0.k"}),
        ({"a": {"x.y": 1}}, {"a": {"x.y": 2}}, ['a["x.y"]'], {"a.x.y"}),
        ({"a": {"b": 1, "c": 1}}, {"a": {"b": 2, "c": 1}}, ["a"], {"a.b"}),
    ],
)
def test_changed_paths(old: Values, new: Values, reported: list[str], expected: set[str]) -> None:
    assert changed_paths(old, new, reported) == expected
