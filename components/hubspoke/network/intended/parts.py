"""What the planned parts of every cloud have in common: tunnels, sessions, filters, and the middle."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hubspoke.network.intended import names
from hubspoke.network.model import (
    ALL_PORTS,
    End,
    Endpoint,
    Filter,
    Finding,
    Link,
    Network,
    Prefixes,
    Route,
    Rule,
    Session,
    Source,
    Speaker,
    Table,
    Via,
)
from hubspoke.plan.model import Connection, FilterRule, FirewallPlan, HubPlan, OnRampPlan, Plan, SpokePlan, StaticRoute

# Bytes of the packets that links carry whole. AWS: VPN and transit gateway guides, 2026-08; Azure: "About VPN devices",
# 2026-08; Google: "MTU considerations" of Cloud VPN with AES-GCM, and of VPC networks, 2026-08.
TUNNEL_MTU: Mapping[str, int] = {"aws": 1446, "azure": 1400, "gcp": 1406}
ATTACHMENT_MTU: Mapping[str, int] = {"aws": 8500, "azure": 1500, "gcp": 1460}
# Clouds whose gateway instance or interface by the slot's name serves a tunnel of every connection.
SHARED_GATEWAYS = ("azure", "gcp")


@dataclass
class Parts:
    """A network while it is put together. Equal tuples of prefixes become one, so that they are parsed once."""

    tables: list[Table] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    endpoints: list[Endpoint] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    _tuples: dict[Prefixes, Prefixes] = field(default_factory=dict)

    def shared(self, prefixes: Iterable[str]) -> Prefixes:
        """The one tuple that means these prefixes."""
        made = tuple(prefixes)
        return self._tuples.setdefault(made, made)

    def network(self) -> Network:
        """What was put together."""
        return Network(
            tuple(self.tables), tuple(self.links), tuple(self.endpoints), tuple(self.filters), tuple(self.sessions),
            tuple(self.findings),
        )  # fmt: skip


def add_tunnels(parts: Parts, owner: HubPlan | OnRampPlan, router: str, table: str) -> None:
    """The tunnels of a hub or on-ramp: where they end, what takes them down, and BGP over them."""
    for connection in owner.connections:
        for tunnel in connection.tunnels:
            risks = [names.tunnel(tunnel.key), names.endpoint(connection.key), router]
            if owner.cloud in SHARED_GATEWAYS:
                risks.append(names.gateway(owner.key, tunnel.slot))
            ends = End(router, (table,)), End(names.CLOUDFLARE, (names.CLOUDFLARE,))
            origin = f"plan: tunnel {tunnel.key}"
            mtu = TUNNEL_MTU[owner.cloud]
            parts.links.append(Link(names.tunnel(tunnel.key), ends, origin, mtu, risks=tuple(risks)))


def tunnels(connections: Iterable[Connection]) -> tuple[str, ...]:
    """The links of these connections."""
    return tuple(names.tunnel(tunnel.key) for connection in connections for tunnel in connection.tunnels)


def add_sessions(parts: Parts, plan: Plan, owner: HubPlan | OnRampPlan, speaker: Speaker) -> None:
    """BGP between a hub or on-ramp and Cloudflare over each of its tunnels."""
    middle = Speaker(names.CLOUDFLARE, plan.cloudflare.asn, announces=(names.CLOUDFLARE,), learns=(names.CLOUDFLARE,))
    for link in tunnels(owner.connections):
        parts.sessions.append(Session(f"bgp {link}", link, (speaker, middle), f"plan: {speaker.router}"))


def cloudflare_routes(parts: Parts, key: str, routes: Iterable[StaticRoute]) -> Iterable[Route]:
    """The static routes to a network at Cloudflare."""
    for route in routes:
        way = Via((names.tunnel(route.key),))
        origin = f"plan: route {key}/{route.key}"
        yield Route(parts.shared((route.prefix,)), way, Source.STATIC, origin, priority=route.priority)


def add_filters(parts: Parts, network: SpokePlan | OnRampPlan, router: str) -> None:
    """What a network's flows open, both ways; all else is closed."""
    prefixes = parts.shared
    into = tuple(_rule(router, rule, sources=prefixes((rule.peer,))) for rule in network.ingress)
    out = tuple(_rule(router, rule, destinations=prefixes((rule.peer,))) for rule in network.egress)
    parts.filters.append(Filter(names.inbound(router), into, f"plan: {router}"))
    parts.filters.append(Filter(names.outbound(router), out, f"plan: {router}"))


def _rule(router: str, rule: FilterRule, sources: Prefixes = (), destinations: Prefixes = ()) -> Rule:
    ports = ALL_PORTS if rule.port is None else (rule.port, rule.port)
    return Rule("allow", f"plan: {router}, rule {rule.key}", sources, destinations, rule.protocol, ports)


def add_firewall(parts: Parts, firewall: FirewallPlan, wan: Iterable[str]) -> None:
    """Cloudflare's filter between segments. It keeps no state, so an answer needs leave of its own.

    Sources: developers.cloudflare.com, Network Firewall, "Ruleset logic" (first match, else allowed), 2026-10.
    """
    held = {key: parts.shared(prefixes) for key, prefixes in firewall.segments}
    space = parts.shared(wan)
    allowed = tuple(
        Rule("allow", f"plan: firewall {one} to {other}", held[one], held[other]) for one, other in firewall.allowed
    )
    denied = Rule("deny", "plan: firewall, all else in the WAN", space, space)
    parts.filters.append(Filter(names.FIREWALL, (*allowed, denied), "plan: firewall", default="allow", stateful=False))
