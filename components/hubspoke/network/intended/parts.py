"""What the planned parts of every cloud have in common: tunnels, sessions, filters, and the middle."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network
from typing import Literal

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
    PrefixFilter,
    Quota,
    Route,
    Rule,
    Session,
    Source,
    Speaker,
    Table,
    Via,
)
from hubspoke.plan.model import Connection, FilterRule, FirewallPlan, HubPlan, OnRampPlan, Plan, SpokePlan, StaticRoute
from hubspoke.plan.prefixes_taken import CLOUDFLARE_TAKES, prefixes_taken
from hubspoke.plan.sessions import owned, sessions

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
    quota: Quota | None = None  # of a Google network that learns
    _tuples: dict[Prefixes, Prefixes] = field(default_factory=dict)

    def shared(self, prefixes: Iterable[str]) -> Prefixes:
        """The one tuple that means these prefixes."""
        made = tuple(prefixes)
        return self._tuples.setdefault(made, made)

    def quota_of(self, owner: HubPlan | OnRampPlan) -> Quota | None:
        """Of the tables that a gateway teaches."""
        return self.quota if (owner.cloud, owner.routing) == ("gcp", "bgp") else None

    def network(self) -> Network:
        """What was put together."""
        return Network(
            tuple(self.tables), tuple(self.links), tuple(self.endpoints), tuple(self.filters), tuple(self.sessions),
            tuple(self.findings), self.quota,
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
    """BGP between a hub or on-ramp and Cloudflare over each of its tunnels that has a session."""
    table, (imports, exports) = (names.CLOUDFLARE,), _profiles(parts, owner)
    middle = Speaker(
        names.CLOUDFLARE,
        plan.cloudflare.asn,
        announces=table,
        learns=table,
        imports=imports,
        exports=exports,
        limit=CLOUDFLARE_TAKES,
    )
    speaker = replace(speaker, limit=prefixes_taken(owner.cloud, hub=isinstance(owner, HubPlan)))
    for link in map(names.tunnel, sorted(sessions(owner))):
        parts.sessions.append(Session(f"bgp {link}", link, (speaker, middle), f"plan: {speaker.router}"))


def _profiles(parts: Parts, owner: HubPlan | OnRampPlan) -> tuple[PrefixFilter | None, PrefixFilter | None]:
    """What Cloudflare learns and tells: what the hub or network owns, and the WAN."""
    accepted = owned(owner)
    if not accepted:
        return None, None
    return PrefixFilter("allow", parts.shared(accepted)), PrefixFilter("allow", parts.shared(owner.wan_prefixes))


_GOOGLE_PRIORITY = 1000  # of a static route there, unless it says another


def is_peered(hub: HubPlan) -> bool:
    """Whether networks are peered with a hub: Google's, where routing is static."""
    return hub.cloud == "gcp" and hub.routing == "static"


def classic_routes(parts: Parts, owner: HubPlan | OnRampPlan, origin: str) -> Iterable[Route]:
    """The static routes of a Google network over its tunnels: the WAN, and each tunnel's inside addresses."""
    for connection in owner.connections:
        for tunnel in connection.tunnels:
            prefixes = parts.shared((*owner.wan_prefixes, tunnel.inside_cidr))
            way = Via((names.tunnel(tunnel.key),))
            yield Route(prefixes, way, Source.STATIC, origin, _GOOGLE_PRIORITY)


def imported_routes(parts: Parts, hub: HubPlan, way: Via, origin: str) -> Route:
    """What a peered network imports of them."""
    inside = (tunnel.inside_cidr for connection in hub.connections for tunnel in connection.tunnels)
    return Route(parts.shared((*hub.wan_prefixes, *inside)), way, Source.STATIC, origin, _GOOGLE_PRIORITY)


def cloudflare_routes(parts: Parts, key: str, routes: Iterable[StaticRoute]) -> Iterable[Route]:
    """The static routes to a network at Cloudflare."""
    for route in routes:
        way = Via((names.tunnel(route.key),))
        origin = f"plan: route {key}/{route.key}"
        yield Route(parts.shared((route.prefix,)), way, Source.STATIC, origin, priority=route.priority)


def held(parts: Parts, network: SpokePlan | OnRampPlan) -> Prefixes:
    """What a network has addresses of: on Google that is its subnetworks, elsewhere all of its prefix."""
    subnets = [subnet.cidr for subnet in network.subnets] if network.cloud == "gcp" else []
    return parts.shared(subnets or [network.cidr])


def add_filters(parts: Parts, network: SpokePlan | OnRampPlan, router: str) -> None:
    """What a network's flows open, both ways; the rest of the WAN is closed."""
    for inwards, key, rules in (
        (True, names.inbound(router), network.ingress),
        (False, names.outbound(router), network.egress),
    ):
        flows = tuple(_rule(parts, network, inwards, rule.peer, rule) for rule in rules)
        parts.filters.append(
            Filter(key, flows + _rest(parts, network, inwards), f"plan: {router}", _default(network, inwards))
        )


def _router(network: SpokePlan | OnRampPlan) -> str:
    return names.spoke(network.key) if isinstance(network, SpokePlan) else names.onramp(network.key)


def _default(network: SpokePlan | OnRampPlan, inwards: bool) -> Literal["allow", "deny"]:
    """The clouds' own last rule, for traffic with what is not in the WAN: that of `convert` for each of them."""
    return "allow" if network.cloud == "azure" or (network.cloud == "gcp" and not inwards) else "deny"


def _rule(parts: Parts, network: SpokePlan | OnRampPlan, inwards: bool, peer: str, rule: FilterRule) -> Rule:
    ports = ALL_PORTS if rule.port is None else (rule.port, rule.port)
    ends = _ends(parts, network, inwards, (peer,))
    return Rule("allow", f"plan: {_router(network)}, rule {rule.key}", *ends, rule.protocol, ports)


def _ends(parts: Parts, network: SpokePlan | OnRampPlan, inwards: bool, peers: Prefixes) -> tuple[Prefixes, Prefixes]:
    """Sources and destinations. Azure's rules name the network's own prefix, the others' are about it anyway."""
    own = parts.shared((network.cidr,)) if network.cloud == "azure" else ()
    far = parts.shared(sorted(peers, key=IPv4Network))
    return (far, own) if inwards else (own, far)


def _rest(parts: Parts, network: SpokePlan | OnRampPlan, inwards: bool) -> tuple[Rule, ...]:
    """Where a cloud's own rules would let more in: what stays in the network, and no to the rest of the WAN.

    What stays inside is let pass on Azure, and left to the owner's rules on Google.
    """
    if network.cloud == "aws":
        return ()
    origin = f"plan: {_router(network)}"
    within = _ends(parts, network, inwards, (network.cidr,))
    rest = _ends(parts, network, inwards, network.wan_prefixes)
    return (
        Rule("allow" if network.cloud == "azure" else "unknown", f"{origin}, within", *within),
        Rule("deny", f"{origin}, the rest of the WAN", *rest),
    )


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
