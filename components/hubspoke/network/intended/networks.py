"""Planned networks: spokes on their hubs, and single networks with a gateway of their own."""

from collections.abc import Iterator

from hubspoke.network.intended import names
from hubspoke.network.intended.parts import (
    ATTACHMENT_MTU,
    Parts,
    add_filters,
    add_sessions,
    add_tunnels,
    classic_routes,
    held,
    imported_routes,
    is_peered,
    tunnels,
)
from hubspoke.network.model import (
    Deliver,
    End,
    Endpoint,
    Link,
    PrefixFilter,
    Route,
    Session,
    Source,
    Speaker,
    Table,
    Via,
)
from hubspoke.plan.model import ONRAMP, HubPlan, OnRampPlan, Plan, SpokePlan
from hubspoke.plan.sessions import sessions, silent_addresses

KINDS = {"aws": "aws vpc", "azure": "azure subnet", "gcp": "gcp network"}


def add_spoke(parts: Parts, spoke: SpokePlan, hub: HubPlan, others: list[SpokePlan]) -> None:
    """A spoke: its tables, its attachment, its filters. `others` are all spokes of the hub."""
    router = names.spoke(spoke.key)
    tables = tuple(names.table(router, key) for key in _table_keys(spoke))
    routes = (_local(parts, spoke), *_to_hub(parts, spoke, hub, others))
    for table in tables:
        parts.tables.append(Table(table, router, KINDS[spoke.cloud], routes, f"plan: {table}"))
    at_hub = End(names.hub(hub.key), (_behind(hub, spoke),))
    link = names.attachment(spoke.key)
    mtu = ATTACHMENT_MTU[spoke.cloud]
    parts.links.append(Link(link, (End(router, tables), at_hub), f"plan: {router}", mtu, risks=(names.hub(hub.key),)))
    if hub.cloud == "gcp" and hub.routing == "bgp":
        _learn(parts, spoke, hub, others, tables)
    if hub.cloud == "azure":
        teller = Speaker(names.hub(hub.key), hub.asn, announces=at_hub.tables)
        _exchange(parts, spoke, teller, tables)
    _endpoint(parts, spoke, router, tables, names.hub(hub.key))


def _behind(hub: HubPlan, spoke: SpokePlan) -> str:
    """The hub's table that a spoke's packets are looked up in."""
    router = names.hub(hub.key)
    if is_peered(hub):
        return names.peered(router)
    return names.table(router, ONRAMP if hub.cloud == "gcp" else spoke.segment)


def add_onramp(parts: Parts, plan: Plan, onramp: OnRampPlan) -> None:
    """A single network: its table, its tunnels, its filters."""
    router = names.onramp(onramp.key)
    tables = tuple(names.table(router, key) for key in _table_keys(onramp))
    add_tunnels(parts, onramp, router, tables[0])
    routes = [_local(parts, onramp), *_to_cloudflare(parts, onramp, router)]
    if onramp.routing == "bgp":
        told = parts.shared(onramp.advertised or (onramp.cidr,))
        taken = PrefixFilter("allow", parts.shared(onramp.wan_prefixes)) if _is_routed(onramp) else None
        add_sessions(parts, plan, onramp, Speaker(router, onramp.asn, prefixes=told, learns=tables, imports=taken))
    for table in tables:
        made = Table(table, router, KINDS[onramp.cloud], tuple(routes), f"plan: {table}", quota=parts.quota_of(onramp))
        parts.tables.append(made)
    _endpoint(parts, onramp, router, tables, router)


def _is_routed(onramp: OnRampPlan) -> bool:
    """Whether tables of an adopted network have routes to its Azure gateway. Their owner may have switched off what
    the gateway programs, so that these routes are the only ones to count on."""
    return onramp.cloud == "azure" and onramp.adopted is not None and bool(onramp.adopted.route_tables)


def _to_cloudflare(parts: Parts, onramp: OnRampPlan, router: str) -> Iterator[Route]:
    """The WAN by way of the network's own gateway, as far as it is static. An Azure gateway knows a prefix over one
    connection only, and over each connection the far ends' inside addresses that have no BGP session. It programs
    what it knows into the subnets' tables.
    """
    origin, static = f"plan: {router}, WAN", onramp.routing == "static"
    if onramp.cloud == "gcp" and static:
        yield from classic_routes(parts, onramp, origin)
    elif onramp.cloud == "aws" and static:
        yield Route(parts.shared(onramp.wan_prefixes), Via(tunnels(onramp.connections)), Source.ATTACHED, origin)
    elif onramp.cloud == "azure":
        source = Source.STATIC if _is_routed(onramp) else Source.BGP
        if static:
            yield Route(parts.shared(onramp.wan_prefixes), Via(tunnels(onramp.connections[:1])), source, origin)
        for connection in () if _is_routed(onramp) else onramp.connections:
            silent = parts.shared(silent_addresses(connection, sessions(onramp)))
            yield Route(silent, Via(tunnels([connection])), source, origin)


def _table_keys(network: SpokePlan | OnRampPlan) -> list[str]:
    """A new network has one table; an adopted one those that the intent names, if its cloud has such.

    A virtual hub programs all of a network's tables itself, so that one stands for all.
    """
    programmed = isinstance(network, SpokePlan) and network.cloud == "azure"
    adopted = network.adopted.route_tables if network.adopted and not programmed else ()
    return [key for key, _ in adopted] or ["main"]


def _local(parts: Parts, network: SpokePlan | OnRampPlan) -> Route:
    return Route(held(parts, network), Deliver(network.key), Source.LOCAL, f"plan: network {network.key}")


def _to_hub(parts: Parts, spoke: SpokePlan, hub: HubPlan, others: list[SpokePlan]) -> Iterator[Route]:
    """The WAN by way of the hub. Google's spokes learn each other's subnets, as the hub's topology lets them; those
    that are peered with the hub do not, as peering is not transitive."""
    way, origin = Via((names.attachment(spoke.key),)), f"plan: spoke {spoke.key}, WAN"
    if hub.cloud == "aws":
        yield Route(parts.shared(spoke.wan_prefixes), way, Source.STATIC, origin)
    elif is_peered(hub):
        yield imported_routes(parts, hub, way, origin)
    elif hub.cloud == "gcp":
        for other in others:
            if other.key != spoke.key and _joined(hub, spoke, other):
                yield Route(held(parts, other), way, Source.PEER, f"plan: spoke {other.key}")


def _joined(hub: HubPlan, one: SpokePlan, other: SpokePlan) -> bool:
    """In a star, edges see the centre only. Network Connectivity Center, "Preset topologies", 2026-08."""
    return hub.topology == "mesh" or one.segment in hub.center or other.segment in hub.center


def _learn(parts: Parts, spoke: SpokePlan, hub: HubPlan, others: list[SpokePlan], tables: tuple[str, ...]) -> None:
    """What the hub's router learned, handed on to a spoke; the spokes' own subnets go their own way."""
    router = names.hub(hub.key)
    theirs = PrefixFilter("deny", parts.shared(sorted(prefix for other in others for prefix in held(parts, other))))
    teller = Speaker(router, hub.asn, announces=(names.table(router, ONRAMP),), exports=theirs)
    _exchange(parts, spoke, teller, tables)


def _exchange(parts: Parts, spoke: SpokePlan, teller: Speaker, tables: tuple[str, ...]) -> None:
    """What a hub tells a network by itself."""
    link, router = names.attachment(spoke.key), names.spoke(spoke.key)
    listener = Speaker(router, 0, learns=tables)
    parts.sessions.append(Session(f"exchange {link}", link, (teller, listener), f"plan: {router}"))


def _endpoint(parts: Parts, network: SpokePlan | OnRampPlan, router: str, tables: tuple[str, ...], risk: str) -> None:
    add_filters(parts, network, router)
    parts.endpoints.append(
        Endpoint(
            network.key, network.segment, held(parts, network), tables, f"plan: {router}",
            (names.inbound(router),), (names.outbound(router),), (risk,),
        )
    )  # fmt: skip
