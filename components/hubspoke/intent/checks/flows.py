"""Flows must be possible, and must not contradict or repeat each other."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from hubspoke.intent.ends import Ends
from hubspoke.intent.model import Flow, Wan
from hubspoke.intent.problem import Issue
from hubspoke.intent.segments import reachable

Keyed = tuple[str, Flow]
Cell = tuple[str, bool, str, bool]  # source, is it the flow's own name, target, is it the flow's own name


def check_flows(wan: Wan) -> Iterator[Issue]:
    ends = Ends(wan)
    for key, flow in wan.flows.items():
        yield from _well_formed(key, flow, ends)
    known = [(key, flow) for key, flow in wan.flows.items() if flow.source in ends and flow.target in ends]
    yield from _reached(wan, known, ends)
    yield from _contradicted(known, ends)
    yield from _repeated(known, ends)


def _well_formed(key: str, flow: Flow, ends: Ends) -> Iterator[Issue]:
    if flow.port is not None and flow.protocol not in ("tcp", "udp"):
        what = f"protocol {flow.protocol} has no ports"
        yield Issue(("flows", key, "port"), what, "remove the port, or write protocol tcp or udp")
    if flow.source == flow.target and flow.source in ends.segment_of:
        yield Issue(("flows", key, "to"), f"{flow.source!r} is both ends", "name two different ends")


def _reached(wan: Wan, flows: list[Keyed], ends: Ends) -> Iterator[Issue]:
    reach = reachable(wan.segments)
    for key, flow in flows:
        source, target = ends.segment(flow.source), ends.segment(flow.target)
        if flow.access == "allowed" and {source, target} <= reach.keys() and target not in reach[source]:
            what = f"it is allowed, but segments {source!r} and {target!r} do not reach each other"
            yield Issue(("flows", key), what, f"add {target!r} to segments.{source}.reaches, or remove the flow")


def _contradicted(flows: list[Keyed], ends: Ends) -> Iterator[Issue]:
    allowed = [item for item in flows if item[1].access == "allowed"]
    denied = [item for item in flows if item[1].access == "denied"]
    for (key, _), (other, _) in _pairs(denied, allowed, ends, _share_packets):
        what = f"it is denied here, and allowed by flow {other!r}"
        yield Issue(("flows", key), what, "narrow one of the two so that no packet is both")


def _repeated(flows: list[Keyed], ends: Ends) -> Iterator[Issue]:
    """The same rule twice on one security group is refused by AWS (InvalidPermission.Duplicate)."""
    allowed = [item for item in flows if item[1].access == "allowed"]
    for (key, _), (other, _) in _pairs(allowed, allowed, ends, _same_rule):
        if other < key:
            what = f"flow {other!r} allows the same between the same ends, in part or whole"
            yield Issue(("flows", key), what, "keep one of the two, or narrow one")


def _share_packets(one: Flow, other: Flow) -> bool:
    protocols = "any" in (one.protocol, other.protocol) or one.protocol == other.protocol
    return protocols and (None in (one.port, other.port) or one.port == other.port)


def _same_rule(one: Flow, other: Flow) -> bool:
    return (one.protocol, one.port) == (other.protocol, other.port)


def _pairs(
    left: Iterable[Keyed], right: Iterable[Keyed], ends: Ends, match: Callable[[Flow, Flow], bool]
) -> Iterator[tuple[Keyed, Keyed]]:
    """The pairs whose ends overlap and that match. Takes time for the flows and the pairs found, not for all pairs."""
    index: dict[Cell, list[Keyed]] = defaultdict(list)
    for item in right:
        for cell in _cells(item[1], ends):
            index[cell].append(item)
    for item in left:
        for cell in _cells(item[1], ends):
            yield from (
                (item, other) for seen in _meeting(cell) for other in index.get(seen, ()) if match(item[1], other[1])
            )


def _cells(flow: Flow, ends: Ends) -> Iterator[Cell]:
    """A flow's ends by their own names and by their segments'."""
    for source, own_source in _names(flow.source, ends):
        for target, own_target in _names(flow.target, ends):
            yield source, own_source, target, own_target


def _names(name: str, ends: Ends) -> list[tuple[str, bool]]:
    return [(name, True), (ends.segment_of[name], False)] if name in ends.segment_of else [(name, True)]


def _meeting(cell: Cell) -> Iterator[Cell]:
    """The cells of flows that overlap: per end, at least one of the two flows must name it itself."""
    source, own_source, target, own_target = cell
    for other_source in (True, False) if own_source else (True,):
        for other_target in (True, False) if own_target else (True,):
            yield source, other_source, target, other_target
