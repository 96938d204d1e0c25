"""What a stack comes to stays within its clouds' limits: the numbers of the intent, `hubspoke.intent.limits`."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hubspoke.intent.limits import LIMITS
from pulumi_policy import Severity

from rules import types
from rules.resource import Resource, Stack
from rules.rule import About, Finding, Schema, Settings, stack_rule
from rules.values import Unknown


@dataclass(frozen=True)
class Found:
    """How many there are of something, and where that is told. `what` tells the groups of one limit apart.

    With `unknown`, `number` is as many as there may be: what they belong to is not known yet.
    """

    at: Resource
    what: str
    number: int | Unknown
    unknown: Unknown | None = None


Counter = Callable[[Stack], Iterator[Found]]


def _per(kind: str, name: str, target: str = "", only: Callable[[Resource], bool] | None = None) -> Counter:
    """Resources of a type by what a property refers to."""

    def count(stack: Stack) -> Iterator[Found]:
        judged = [each for each in stack.of_type(kind) if only is None or only(each)]
        return _grouped((each, stack.target(each, name, target)) for each in judged)

    return count


def _grouped(pairs: Iterable[tuple[Resource, Resource | str | Unknown | None]]) -> Iterator[Found]:
    """Resources by what they belong to. Where that is not known, they may all belong to one."""
    groups: dict[str, list[Resource]] = {}
    unknown: list[tuple[Resource, Unknown]] = []
    for each, on in pairs:
        if isinstance(on, Unknown):
            unknown.append((each, on))
        else:
            groups.setdefault(on.name if isinstance(on, Resource) else str(on), []).append(each)
    for what, own in groups.items():
        yield Found(own[0], what, len(own))
    if unknown:
        most = max(map(len, groups.values()), default=0) + len(unknown)
        yield Found(unknown[0][0], "one that is not known yet", most, unknown[0][1])


def _size(kind: str, path: str) -> Counter:
    """The length of a list, a text or an object in each resource of a type; a number is its own size."""

    def count(stack: Stack) -> Iterator[Found]:
        for each in stack.of_type(kind):
            value = each.at(path)
            if value is not None:
                yield Found(each, path, value if isinstance(value, int | Unknown) else len(value))

    return count


def _all(kind: str) -> Counter:
    def count(stack: Stack) -> Iterator[Found]:
        if own := stack.of_type(kind):
            yield Found(own[0], "the stack", len(own))

    return count


def _static_routes(stack: Stack) -> Iterator[Found]:
    """Static routes over all tables of a transit gateway. What is propagated is known only once it is there."""

    def hub(route: Resource) -> Resource | str | Unknown | None:
        table = stack.target(route, "transitGatewayRouteTableId", types.TGW_ROUTE_TABLE)
        if not isinstance(table, Resource):
            return table
        return stack.target(table, "transitGatewayId", types.TRANSIT_GATEWAY)

    return _grouped((each, hub(each)) for each in stack.of_type(types.TGW_ROUTE))


def _is_network(spoke: Resource) -> bool:
    return spoke.get("linkedVpcNetwork") is not None


# What is counted against which limit. A limit that the hubspoke at hand does not know yet is not in force.
_COUNTED: tuple[tuple[str, Counter], ...] = (
    ("transit-gateways", _all(types.TRANSIT_GATEWAY)),
    ("transit-gateway-route-tables", _per(types.TGW_ROUTE_TABLE, "transitGatewayId", types.TRANSIT_GATEWAY)),
    ("transit-gateway-routes", _static_routes),
    ("transit-gateway-attachments", _per(types.VPC_ATTACHMENT, "transitGatewayId", types.TRANSIT_GATEWAY)),
    ("transit-gateway-peerings", _per(types.TGW_PEERING, "transitGatewayId", types.TRANSIT_GATEWAY)),
    ("vpn-connections", _per(types.VPN_CONNECTION, "region")),
    ("private-gateways", _per(types.PRIVATE_GATEWAY, "region")),
    ("vpc-routes", _per(types.VPC_ROUTE, "routeTableId", types.VPC_ROUTE_TABLE)),
    ("security-group-rules", _per(types.INGRESS_RULE, "securityGroupId", types.SECURITY_GROUP)),
    ("security-group-rules", _per(types.EGRESS_RULE, "securityGroupId", types.SECURITY_GROUP)),
    *(("tags", _size(kind, "tags")) for kind in types.TAGGED),
    ("virtual-hub-networks", _per(types.HUB_CONNECTION, "virtualHubName", types.VIRTUAL_HUB)),
    ("virtual-hub-branches", _per(types.AZURE_CONNECTION, "gatewayName", types.AZURE_VPN_GATEWAY)),
    ("vpn-site-links", _size(types.AZURE_CONNECTION, "vpnLinkConnections")),
    ("vpn-scale-units", _size(types.AZURE_VPN_GATEWAY, "vpnGatewayScaleUnit")),
    ("network-security-group-rules", _size(types.NETWORK_SECURITY_GROUP, "securityRules")),
    ("route-table-routes", _size(types.AZURE_ROUTE_TABLE, "routes")),
    ("storage-accounts", _per(types.STORAGE_ACCOUNT, "location")),
    ("router-peers", _per(types.ROUTER_PEER, "router", types.ROUTER)),
    ("router-advertised-routes", _size(types.ROUTER, "bgp.advertisedIpRanges")),
    ("ncc-networks", _per(types.NCC_SPOKE, "hub", types.NCC_HUB, _is_network)),
    ("ncc-tunnels", _size(types.NCC_SPOKE, "linkedVpnTunnels.uris")),
    ("tunnel-name-length", _size(types.CLOUDFLARE_TUNNEL, "name")),
)
COUNTERS = tuple((LIMITS[name], counter) for name, counter in _COUNTED if name in LIMITS)
_NAMES = sorted({limit.name for limit, _ in COUNTERS})
_SETTINGS: Schema = {
    "limits": {
        "type": "object",
        "properties": {name: {"type": "integer", "minimum": 0} for name in _NAMES},
        "additionalProperties": False,
        "default": {},
        "description": "Limits that the cloud raised for you, by name. Without: "
        + ", ".join(f"{name} {LIMITS[name].value}" for name in _NAMES)
        + ".",
    }
}


def _check(stack: Stack, settings: Settings) -> Iterator[tuple[Resource, Finding]]:
    raised: dict[str, Any] = settings["limits"]
    for limit, counter in COUNTERS:
        most = raised.get(limit.name, limit.value)
        for found in counter(stack):
            if isinstance(found.number, Unknown):
                yield found.at, found.number
            elif found.number > most and found.unknown:
                yield found.at, found.unknown
            elif found.number > most:
                what = f"{found.number} for {found.what}: more than {most} {limit.unit} ({limit.name})"
                again = f"; have it raised, and say so in limits.{limit.name}" if limit.adjustable else ""
                yield found.at, f"{what}{again}; {limit.source}, {limit.date}"


POLICY = stack_rule(
    About(
        name="cloud-limits",
        title="Within the clouds' limits",
        description=(
            "What the stack makes stays within its clouds' limits, because a cloud refuses what is one too many in "
            "the middle of a run, when the rest is there already."
        ),
        severity=Severity.HIGH,
        remedy="Spread it over more hubs or accounts, or have the quota raised and set it in `limits`.",
        url="https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-quotas.html",
        tags=("limits",),
    ),
    _check,
    _SETTINGS,
)
