"""Examples for verdicts: one packet for each way of failing, followed hop by hop."""

from collections.abc import Mapping
from dataclasses import replace

from hubspoke.network.classes import Bits, lowest
from hubspoke.network.filters import Cell, answer
from hubspoke.network.gaps import Gaps, Pair
from hubspoke.network.known import Known
from hubspoke.network.model import Endpoint, Protocol
from hubspoke.network.packet import Packet
from hubspoke.network.questions import Between, Example, Isolated, Routed, SameWayBack
from hubspoke.network.trace import Trace, owner_of, without_stateful

AT_MOST = 5  # examples of one verdict


def examples(known: Known, question: Between, gaps: Gaps, *, sure: bool) -> tuple[Example, ...]:
    """A packet for each of the first few ways in which pairs fail."""
    found: dict[object, Example] = {}
    sorts = [sort.bits for sort in known.sorting.targets(question.targets)] if gaps.gaps else ()
    for pair in gaps.pairs(sorts, sure=sure):
        if len(found) < AT_MOST:
            example = _example(known, question, pair, packet(known, pair.source, pair.target, gaps.cell))
            found.setdefault(_kind(example), example)
    return tuple(found.values())


def packet(known: Known, source: int, target: int, cell: Cell | None) -> Packet:
    """A packet between addresses of two classes."""
    ends = known.classes.sample(source), known.classes.sample(target)
    if cell is None or cell.protocol == "other":
        return Packet(*ends)
    protocol: Protocol = cell.protocol  # type: ignore[assignment]
    return Packet(*ends, protocol, cell.ports)


def _example(known: Known, question: Between, pair: Pair, sent: Packet) -> Example:
    source, target = _holder(known, pair.source), _holder(known, pair.target)
    there = known.walks.between(sent, source, target)
    if isinstance(question, Routed):
        return Example(_no_way(known, question, there), replace(there, filters=()))
    if isinstance(question, SameWayBack):
        why = f"packets from {sent.source} to {sent.destination} and their answers do not cross the same firewall"
        return Example(why, replace(there, filters=()), replace(_back(known, sent, source, target), filters=()))
    if isinstance(question, Isolated):
        return Example(f"{sent.source} reaches {sent.destination}", there)
    back = _back(known, sent, source, target) if pair.back else None
    if back and _fails(back) and not _fails(there):
        return Example(f"answers of {sent.destination} do not come back to {sent.source}", there, back)
    return Example(f"{sent.source} does not reach {sent.destination}", there, back if back and _fails(back) else None)


def _fails(way: Trace) -> bool:
    return bool(way.blockers) or any(path.ending != "delivered" for path in way.paths)


def _no_way(known: Known, question: Routed, there: Trace) -> str:
    """Short packets may have a way where long ones have none: the links that are too narrow are named."""
    ends = f"from {there.packet.source} to {there.packet.destination}"
    used = dict.fromkeys(hop.link for path in there.paths for hop in path.hops if hop.link)
    narrow = [f"{key} carries {mtu}" for key in used if (mtu := known.network.link[key].mtu) < question.mtu]
    size = f"for packets of {question.mtu} bytes " if narrow else ""
    return f"no way {size}{ends}{': ' if narrow else ''}{', '.join(narrow)}"


def _back(known: Known, sent: Packet, source: Endpoint, target: Endpoint) -> Trace:
    """Its answer."""
    return without_stateful(known.network, known.walks.between(answer(sent), target, source))


def _holder(known: Known, number: int) -> Endpoint:
    """The endpoint that has a class; of several, the one with the longest prefix."""
    holders = known.roster.owners[number]
    found = known.roster.by_key[holders[0]] if len(holders) == 1 else None
    return found or owner_of(known.network, known.classes.sample(number)) or known.roster.by_key[holders[0]]


def _kind(example: Example) -> object:
    """What two examples have in common that show the same."""
    ways = [way for way in (example.there, example.back) if way]
    paths = [path for way in ways for path in way.paths]
    ends = {(path.ending, path.endpoint or path.why, "" if path.endpoint else path.hops[-1].table) for path in paths}
    return frozenset(ends), frozenset(blocker.origin for way in ways for blocker in way.blockers)


def loop_examples(known: Known, found: Mapping[str, Bits]) -> tuple[Example, ...]:
    """For the first few tables, a destination that goes round in circles from there."""
    shown = []
    for table, bits in list(found.items())[:AT_MOST]:
        address = known.classes.sample(lowest(bits))
        path = next(path for path in known.walks.paths(table, address) if path.ending == "loop")
        shown.append(
            Example(f"{address} from {table}: " + " -> ".join(hop.table for hop in path.hops) + f", {path.why}")
        )
    return tuple(shown)
