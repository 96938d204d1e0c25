"""cloud-limits: what is counted, and where the count is not known."""

from typing import Any

import pytest
from hubspoke.intent.limits import LIMITS
from pulumi_policy import PolicyResource
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE as UNKNOWN
from rules import cloud_limits, types

from tests.policies.test_rules import judged_stack, member, not_evaluated


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
    ],
)
def test_the_size_of_one_resource(kind: str, properties: dict[str, Any], limit: str) -> None:
    ((name, said),) = judge([member(kind, "it", properties)])
    assert (name, f"({limit})" in said) == ("it", True)


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
