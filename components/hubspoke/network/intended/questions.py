"""What must hold of a planned network: its flows, its segments, its routes."""

from collections.abc import Iterator, Mapping

from hubspoke.network.model import ALL_PORTS
from hubspoke.network.questions import Isolated, LoopFree, Question, Reaches, Routed, SameWayBack
from hubspoke.plan.model import FlowPlan, Plan

# Cloudflare has TCP's segments clamped to 1360 bytes or less: packets of 1400 (IPsec tunnels, 2026-10).
PACKET = 1400
Ends = tuple[str, ...]  # endpoints by key


def questions(plan: Plan) -> tuple[Question, ...]:
    """Every flow, every pair of segments that must not meet, the routes of those that do, and no loop anywhere."""
    members = _members(plan)
    flows = tuple(_flow(flow, members) for flow in plan.flows)
    return (*flows, *_segments(plan, members), LoopFree(origin="routes"))


def _members(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Endpoints by the names that flows may give: themselves, and segments."""
    ends = [(spoke.key, spoke.segment) for account in plan.accounts for spoke in account.spokes]
    ends += [(onramp.key, onramp.segment) for account in plan.accounts for onramp in account.onramps]
    ends += [(site.key, site.segment) for site in plan.sites]
    single = {key: (key,) for key, _ in ends}
    segments = {s.key: tuple(sorted(key for key, segment in ends if segment == s.key)) for s in plan.segments}
    return segments | single


def _flow(flow: FlowPlan, members: Mapping[str, tuple[str, ...]]) -> Question:
    kind = Reaches if flow.access == "allowed" else Isolated
    ports = ALL_PORTS if flow.port is None else (flow.port, flow.port)
    ends = members[flow.source], members[flow.target]
    return kind(f"flow {flow.key}", *ends, flow.protocol, ports, f"flows.{flow.key}")


def _segments(plan: Plan, members: Mapping[str, tuple[str, ...]]) -> Iterator[Question]:
    for one in plan.segments:
        origin = f"segments.{one.key}"
        for other in plan.segments:
            if other.key not in one.reaches and members[one.key] and members[other.key]:
                key = f"segment {one.key} apart from {other.key}"
                yield Isolated(key, members[one.key], members[other.key], origin=origin)
        reached = tuple(member for other in one.reaches for member in members[other])
        if members[one.key]:
            yield from _routes(f"segment {one.key}", members[one.key], reached, origin, _edges(plan))


def _edges(plan: Plan) -> dict[str, frozenset[str]]:
    """Networks at the edge of a star, each with the others there: they reach the centre and what is beyond only."""
    found: dict[str, frozenset[str]] = {}
    for hub in (hub for account in plan.accounts for hub in account.hubs if hub.topology == "star"):
        spokes = (spoke for account in plan.accounts for spoke in account.spokes if spoke.hub == hub.key)
        edge = frozenset(spoke.key for spoke in spokes if spoke.segment not in hub.center)
        found |= {key: edge - {key} for key in edge}
    return found


def _routes(
    name: str, sources: Ends, targets: Ends, origin: str, edges: Mapping[str, frozenset[str]]
) -> Iterator[Question]:
    """The sources together; one at the edge of a star by itself."""
    groups = {name: (tuple(key for key in sources if key not in edges), targets)}
    for key in sources:
        if key in edges:
            groups[f"network {key}"] = (key,), tuple(target for target in targets if target not in edges[key])
    for whose, (some, reached) in groups.items():
        if some and reached:
            yield Routed(f"routes of {whose}", some, reached, origin=origin)
            yield Routed(f"packets of {PACKET} bytes from {whose}", some, reached, PACKET, origin)
            yield SameWayBack(f"answers to {whose}", some, reached, origin)
