"""cloud-limits: what is counted, and where the count is not known."""

from typing import Any

import pytest
from hubspoke.intent.limits import LIMITS
from pulumi_policy import PolicyResource
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE as UNKNOWN
from rules import cloud_limits, types

from tests.policies.judging import judged_stack, member, not_evaluated


def judge(resources: list[PolicyResource], **limits: int) -> list[tuple[str, str]]:
    named = {name.replace("_", "-"): value for name, value in limits.items()}
    return judged_stack(cloud_limits.POLICY, resources, limits=named)


def tables(hub: PolicyResource, count: int) -> list[PolicyResource]:
    return [member(types.TGW_ROUTE_TABLE, f"{hub.name}/{n}", {}, transitGatewayId=hub) for n in range(count)]


def test_the_last_one_allowed_passes_and_one_more_does_not() -> None:
    hubs = [member(types.TRANSIT_GATEWAY, name, {}) for name in ("use1", "euc1")]
    most = LIMITS["transit-gateway-route-tables"].value
    enough, more = tables(hubs[0], most), tables(hubs[1], most + 1)
    assert judge([*hubs, *enough]) == []
    ((name, said),) = judge([*hubs, *enough, *more])
    assert name == "euc1/0"
    assert said == (
        f"{most + 1} for euc1: more than {most} route tables a hub (transit-gateway-route-tables); have it raised, and "
        f"say so in limits.transit-gateway-route-tables; {LIMITS['transit-gateway-route-tables'].source}, 2026-11"
    )


def test_storage_accounts_are_counted_by_region() -> None:
    accounts = [
        member(types.STORAGE_ACCOUNT, f"{region}{n}", {"location": region})
        for region, count in (("westeurope", 250), ("northeurope", 251)) for n in range(count)
    ]  # fmt: skip
    ((name, said),) = judge(accounts)
    assert name == "northeurope0"
    assert said.startswith("251 for northeurope: more than 250 storage accounts a subscription and region")


def test_a_raised_limit_is_the_limit() -> None:
    hub = member(types.TRANSIT_GATEWAY, "use1", {})
    resources = [hub, *tables(hub, 30)]
    assert [judge(resources, transit_gateway_route_tables=most) != [] for most in (29, 30)] == [True, False]


def test_routes_are_counted_over_all_tables_of_a_hub() -> None:
    hub = member(types.TRANSIT_GATEWAY, "use1", {})
    both = tables(hub, 2)
    routes = [
        member(types.TGW_ROUTE, f"{table.name}/{n}", {}, transitGatewayRouteTableId=table)
        for table in both for n in range(3)
    ]  # fmt: skip
    ((_, said),) = judge([hub, *both, *routes], transit_gateway_routes=5)
    assert said.startswith("6 for use1: more than 5 routes over all route tables of a hub")


@pytest.mark.parametrize(
    ("kind", "properties", "limit"),
    [
        (types.CLOUDFLARE_TUNNEL, {"name": "use1-e1-a-too-long"}, "tunnel-name-length"),
        (types.VPC, {"tags": {str(n): "x" for n in range(51)}}, "tags"),
        (types.VPC, {"tags": {"k" * 129: "x"}}, "tag-key-length"),
        (types.VPC, {"tags": {"k": "x" * 257}}, "tag-value-length"),
        (types.VIRTUAL_HUB, {"tags": {str(n): "x" for n in range(51)}}, "azure-tags"),
        (types.VIRTUAL_HUB, {"tags": {"k" * 513: "x"}}, "azure-tag-key-length"),
        (types.VIRTUAL_HUB, {"tags": {"k": "x" * 257}}, "azure-tag-value-length"),
        (types.HA_GATEWAY, {"labels": {f"l{n}": "x" for n in range(65)}}, "labels"),
        (types.HA_GATEWAY, {"labels": {"k" * 64: "x"}}, "label-length"),
        (types.HA_GATEWAY, {"labels": {"k": "x" * 64}}, "label-length"),
        (
            types.ROUTER_PEER,
            {"customLearnedIpRanges": [{"range": f"10.{n}.0.0/16"} for n in range(11)]},
            "router-custom-learned-routes",
        ),
        (
            types.TRANSIT_GATEWAY,
            {"transitGatewayCidrBlocks": [f"10.0.{n}.0/24" for n in range(6)]},
            "transit-gateway-cidr-blocks",
        ),
        (
            types.VIRTUAL_HUB,
            {"virtualRouterAutoScaleConfiguration": {"minCapacity": 51}},
            "virtual-hub-routing-units",
        ),
        (
            types.NCC_SPOKE,
            {"linkedVpcNetwork": {"includeExportRanges": [f"10.0.{n}.0/24" for n in range(17)]}},
            "ncc-export-ranges",
        ),
        (
            types.NCC_SPOKE,
            {"linkedVpcNetwork": {"excludeExportRanges": [f"10.0.{n}.0/24" for n in range(17)]}},
            "ncc-export-ranges",
        ),
    ],
)
def test_the_size_of_one_resource(kind: str, properties: dict[str, Any], limit: str) -> None:
    ((name, said),) = judge([member(kind, "it", properties)])
    assert (name, f"({limit})" in said) == ("it", True)


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        (types.VPC, {"tags": {"k" * 128: "x" * 256}}),
        (types.VIRTUAL_HUB, {"tags": {"k" * 512: "x" * 256}}),
        (types.HA_GATEWAY, {"labels": {"k" * 63: "x" * 63}}),
        (types.ROUTER_PEER, {"customLearnedIpRanges": [{"range": f"10.{n}.0.0/16"} for n in range(10)]}),
    ],
)
def test_as_long_as_may_be(kind: str, properties: dict[str, Any]) -> None:
    assert judge([member(kind, "it", properties)]) == []


def test_a_tag_that_is_not_known_yet_is_said() -> None:
    assert judge([member(types.VPC, "it", {"tags": {"k": UNKNOWN}})]) == [("it", not_evaluated("tags.k"))]


def routers(count: int, network: PolicyResource, region: str) -> list[PolicyResource]:
    return [member(types.ROUTER, f"{region}-{n}", {"region": region}, network=network) for n in range(count)]


def test_routers_are_counted_in_each_network_and_region() -> None:
    one, other = (member(types.GCP_NETWORK, name, {}) for name in ("one", "other"))
    enough = [*routers(5, one, "europe-west4"), *routers(5, other, "europe-west4"), *routers(5, one, "us-east4")]
    assert judge([one, other, *enough]) == []
    ((_, said),) = judge([one, other, *enough, *routers(6, other, "asia-east1")])
    assert said.startswith("6 for other in asia-east1: more than 5 routers a network and region (routers)")
    assert judge([one, *routers(6, one, "us-east4")], routers=6) == []


def peers(router: PolicyResource, ranges: range) -> list[PolicyResource]:
    """Two sessions of a router that are told of the same prefixes."""
    listed = [{"range": f"10.{n}.0.0/16"} for n in ranges]
    return [member(types.ROUTER_PEER, f"{router.name}-{slot}", {"customLearnedIpRanges": listed}, router=router)
            for slot in "ab"]  # fmt: skip


def test_learned_routes_are_counted_once_over_all_routers_of_a_place() -> None:
    network = member(types.GCP_NETWORK, "one", {})
    first, second = routers(2, network, "us-east4")
    resources = [network, first, second, *peers(first, range(4)), *peers(second, range(2, 6))]
    assert judge(resources, router_learned_routes=6) == []
    ((_, said),) = judge(resources, router_learned_routes=5)
    assert said.startswith("6 for one in us-east4: more than 5 prefixes learned in a network and region")


def test_all_that_is_attached_to_a_hub_counts() -> None:
    hub = member(types.TRANSIT_GATEWAY, "use1", {})
    kinds = (types.VPC_ATTACHMENT, types.VPN_CONNECTION, types.TGW_PEERING)
    attached = [member(kind, kind.rsplit(":", 1)[-1], {"region": "us-east-1"}, transitGatewayId=hub) for kind in kinds]
    single = member(types.VPN_CONNECTION, "syd", {"vpnGatewayId": "vgw-1", "region": "us-east-1"})
    assert judge([hub, *attached, single], transit_gateway_attachments=3) == []
    ((_, said),) = judge([hub, *attached, single], transit_gateway_attachments=2)
    assert said.startswith("3 for use1: more than 2 attachments a hub")


@pytest.mark.parametrize(
    ("kind", "on", "properties", "limit"),
    [
        (types.CUSTOMER_GATEWAY, None, {"region": "us-east-1"}, "customer-gateways"),
        (types.VPN_ROUTE, ("vpnConnectionId", types.VPN_CONNECTION), {}, "private-gateway-routes"),
        (types.VNET_CONNECTION, ("virtualNetworkGateway1", types.VNET_GATEWAY), {}, "gateway-connections"),
        (types.NETWORK_PEERING, ("network", types.GCP_NETWORK), {}, "network-peerings"),
    ],
)
def test_one_more_than_a_quota(kind: str, on: tuple[str, str] | None, properties: dict[str, Any], limit: str) -> None:
    owner = [member(on[1], "owner", {"region": "us-east-1"})] if on else []
    depends = {on[0]: owner[0]} if on else {}
    made = [member(kind, str(n), properties, **depends) for n in range(LIMITS[limit].value + 1)]
    assert judge([*owner, *made[1:]]) == []
    ((_, said),) = judge([*owner, *made])
    assert f"({limit})" in said


def attached(name: str, network: PolicyResource | None, hub: PolicyResource | None) -> PolicyResource:
    ends = {"vpcId": network, "transitGatewayId": hub}
    unknown = {end: UNKNOWN for end, on in ends.items() if on is None}
    return member(types.VPC_ATTACHMENT, name, unknown, **{end: on for end, on in ends.items() if on is not None})


def test_a_network_is_attached_to_a_hub_once() -> None:
    hubs = [member(types.TRANSIT_GATEWAY, name, {}) for name in ("use1", "euc1")]
    web, data = (member(types.VPC, name, {}) for name in ("web", "data"))
    once = [attached("web-use1", web, hubs[0]), attached("web-euc1", web, hubs[1]), attached("data", data, hubs[0])]
    assert judge([*hubs, web, data, *once]) == []
    ((name, said),) = judge([*hubs, web, data, *once, attached("again", web, hubs[0])])
    assert name == "web-use1"
    assert said.startswith("2 for use1: more than 1 attachments of a network to one hub")


def test_a_network_is_on_so_many_hubs() -> None:
    hubs = [member(types.TRANSIT_GATEWAY, str(n), {"region": "us-east-1"}) for n in range(6)]
    web = member(types.VPC, "web", {})
    joined = [attached(f"web-{hub.name}", web, hub) for hub in hubs]
    assert judge([web, *hubs[:5], *joined[:5]]) == []
    ((_, said),) = judge([web, *hubs, *joined], transit_gateways=6)
    assert said.startswith("6 for web: more than 5 hubs a network (transit-gateways-of-network)")


def test_networks_on_a_hub_that_is_not_known_yet_are_each_attached_once() -> None:
    web, data = (member(types.VPC, name, {}) for name in ("web", "data"))
    apart = [attached("web-1", web, None), attached("data-1", data, None)]
    assert judge([web, data, *apart]) == []
    assert judge([web, data, *apart, attached("web-2", web, None)]) == [("web-1", not_evaluated("transitGatewayId"))]
    assert judge([attached("a", None, None), attached("b", None, None)]) == [("a", not_evaluated("vpcId"))]


def test_connections_of_a_gateway_that_is_there_are_counted_by_its_id() -> None:
    gateway = member(types.VNET_GATEWAY, "edge", {"id": "/gateways/edge"})
    made = [
        member(types.VNET_CONNECTION, str(n), {"virtualNetworkGateway1": {"id": "/gateways/edge"}}) for n in range(3)
    ]
    ((_, said),) = judge([gateway, *made], gateway_connections=2)
    assert said.startswith("3 for /gateways/edge: more than 2")


def test_what_is_not_known_is_said() -> None:
    assert judge([member(types.CLOUDFLARE_TUNNEL, "t", {"name": UNKNOWN})]) == [("t", not_evaluated("name"))]


def test_what_belongs_to_nobody_knows_whom_may_all_belong_to_one() -> None:
    routes = [member(types.VPC_ROUTE, str(n), {"routeTableId": UNKNOWN}) for n in range(3)]
    known = [member(types.VPC_ROUTE, f"k{n}", {"routeTableId": "rtb-1"}) for n in range(2)]
    assert judge([*routes, *known], vpc_routes=5) == []
    assert judge([*routes, *known], vpc_routes=4) == [("0", not_evaluated("routeTableId"))]


def test_every_limit_that_is_counted_is_in_the_settings() -> None:
    schema = cloud_limits.POLICY.config_schema
    assert schema
    assert set(schema.properties["limits"]["properties"]) == {limit.name for limit, _ in cloud_limits.COUNTERS}
