"""How many there are of what a cloud limits: in a stack, on one hub, in one resource."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from rules import types
from rules.resource import Resource, Stack
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
Target = Resource | str | Unknown | None
End = tuple[str, str]  # the property that names it, and its type


def per(kind: str, name: str, target: str = "", only: Callable[[Resource], bool] | None = None) -> Counter:
    """Resources of a type by what a property refers to."""

    def count(stack: Stack) -> Iterator[Found]:
        judged = [each for each in stack.of_type(kind) if only is None or only(each)]
        return grouped((each, stack.target(each, name, target)) for each in judged)

    return count


def grouped(pairs: Iterable[tuple[Resource, Target]]) -> Iterator[Found]:
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


def between(kind: str, one: End, other: End) -> Counter:
    """Resources of a type by the two things that they join, where two of them may share the first."""

    def count(stack: Stack) -> Iterator[Found]:
        by_first: dict[object, list[Resource]] = {}
        first = {each: stack.target(each, *one) for each in stack.of_type(kind)}
        for each, on in first.items():
            by_first.setdefault(Unknown if isinstance(on, Unknown) else on, []).append(each)
        for joined in by_first.values():
            if len(joined) > 1:
                yield from grouped((each, _either(first[each], stack.target(each, *other))) for each in joined)

    return count


def _either(one: Target, other: Target) -> Target:
    """The second of two ends, for whoever shares the first; what is not known of the first is not known of both."""
    return one if isinstance(one, Unknown) else other


def size(kind: str, path: str) -> Counter:
    """The length of a list, a text or an object in each resource of a type; a number is its own size."""

    def count(stack: Stack) -> Iterator[Found]:
        for each in stack.of_type(kind):
            value = each.at(path)
            if value is not None:
                yield Found(each, path, value if isinstance(value, int | Unknown) else len(value))

    return count


def all_of(kind: str) -> Counter:
    """All resources of a type in the stack."""

    def count(stack: Stack) -> Iterator[Found]:
        if own := stack.of_type(kind):
            yield Found(own[0], "the stack", len(own))

    return count


def static_routes(stack: Stack) -> Iterator[Found]:
    """Static routes over all tables of a transit gateway. What is propagated is known only once it is there."""

    def hub(route: Resource) -> Target:
        table = stack.target(route, "transitGatewayRouteTableId", types.TGW_ROUTE_TABLE)
        if not isinstance(table, Resource):
            return table
        return stack.target(table, "transitGatewayId", types.TRANSIT_GATEWAY)

    return grouped((each, hub(each)) for each in stack.of_type(types.TGW_ROUTE))


def is_network(spoke: Resource) -> bool:
    return spoke.get("linkedVpcNetwork") is not None


def attachments(stack: Stack) -> Iterator[Found]:
    """All that is attached to a transit gateway: networks, VPN connections, and peerings from this side."""
    kinds = (types.VPC_ATTACHMENT, types.VPN_CONNECTION, types.TGW_PEERING)
    found = (each for kind in kinds for each in stack.of_type(kind) if each.get("transitGatewayId") is not None)
    return grouped((each, stack.target(each, "transitGatewayId", types.TRANSIT_GATEWAY)) for each in found)


def longest(kind: str, path: str, side: Literal["key", "value"]) -> Counter:
    """The length of the longest key, or value, of an object in each resource of a type.

    That the whole object is not known is said where it is counted.
    """

    def count(stack: Stack) -> Iterator[Found]:
        for each in stack.of_type(kind):
            held = each.at(path)
            if isinstance(held, Unknown):
                continue
            texts = list((held or {}).items() if side == "value" else ((key, key) for key in held or {}))
            yield from (Found(each, f"{path}.{key}", text) for key, text in texts if isinstance(text, Unknown))
            known = [(len(text), key) for key, text in texts if isinstance(text, str)]
            if known:
                yield Found(each, f"{path}.{max(known)[1]}", max(known)[0])

    return count


def gateway_connections(stack: Stack) -> Iterator[Found]:
    """Connections of each VPN gateway of a network's own."""

    def gateway(connection: Resource) -> Target:
        made_from = stack.target(connection, "virtualNetworkGateway1", types.VNET_GATEWAY)
        found: str | Unknown | None = connection.at("virtualNetworkGateway1.id")
        return made_from if isinstance(made_from, Resource) else found

    return grouped((each, gateway(each)) for each in stack.of_type(types.VNET_CONNECTION))


def routers(stack: Stack) -> Iterator[Found]:
    """Routers of one network in one region."""
    return grouped((each, _place(stack, each)) for each in stack.of_type(types.ROUTER))


def learned_routes(stack: Stack) -> Iterator[Found]:
    """Prefixes that sessions are told to have learned, by network and region, each counted once.

    What a session learns from its peer is known only once it is up.
    """
    found: dict[object, tuple[Resource, Target]] = {}
    for peer in stack.of_type(types.ROUTER_PEER):
        router = stack.target(peer, "router", types.ROUTER)
        named = [each for each in stack.of_type(types.ROUTER) if each.get("name") == router]
        router = named[0] if len(named) == 1 else router
        place = _place(stack, router) if isinstance(router, Resource) else router
        ranges = peer.get("customLearnedIpRanges")
        for each in [ranges] if isinstance(ranges, Unknown) else ranges or []:
            prefix = each if isinstance(each, Unknown) else each.get("range")
            unknown = next((value for value in (prefix, place) if isinstance(value, Unknown)), None)
            found[(id(unknown) if unknown else str(place), str(prefix))] = peer, unknown or place
    return grouped(found.values())


def _place(stack: Stack, router: Resource) -> str | Unknown:
    network, region = stack.target(router, "network", types.GCP_NETWORK), router.get("region")
    if isinstance(network, Unknown) or isinstance(region, Unknown):
        return network if isinstance(network, Unknown) else region
    return f"{network.name if isinstance(network, Resource) else network} in {region}"
