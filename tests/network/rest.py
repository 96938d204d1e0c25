"""Where routes come to rest: BGP may do so in several ways, and what of them is so for good."""

from dataclasses import replace

from hubspoke.network.delta import changes
from hubspoke.network.known import Known
from hubspoke.network.model import Prefixes, Route
from hubspoke.network.settle import Settled, _Talk

from tests.network.networks import ADDRESSES

Won = tuple[frozenset[Route], bool]


def cells(settled: Settled) -> dict[str, dict[Won, int]]:
    """The winners of every table, but for whose they are and what to, and for which classes they win.

    A table that has come to few routes keeps those that stand for others where nothing was chosen anew.
    """
    found: dict[str, dict[Won, int]] = {}
    for table, cells in settled.cells.items():
        there = found.setdefault(table, {})
        for cell in cells:
            won = frozenset(replace(route, prefixes=(), origin="") for route in cell.routes), cell.sure
            there[won] = there.get(won, 0) | cell.bits
    return found


def at_addresses(settled: Settled) -> dict[tuple[str, str], set[Won]]:
    """The same for some addresses, whatever the classes are."""
    return {
        (table, address): {won for won, bits in there.items() if bits >> settled.classes.of(address) & 1}
        for table, there in cells(settled).items()
        for address in ADDRESSES
    }


def told_apart(known: Known) -> list[Prefixes]:
    """The prefixes of each class: those of a kept state may be finer than those of a network from the beginning."""
    return [known.classes.prefixes(1 << number) for number in range(1, len(known.classes))]


def rest_alike(kept: Known, fresh: Known) -> bool:
    """Whether the routes of a kept state are those of the network from the beginning. Where not, both are at rest."""
    compared = cells if told_apart(kept) == told_apart(fresh) else at_addresses
    if compared(kept.settled) == compared(fresh.settled):
        return True
    assert stays(kept.settled)
    assert stays(fresh.settled)
    return False


def stays(settled: Settled) -> bool:
    """Whether nothing changes where every table chooses anew, and every session says all again."""
    given = settled.given
    talk = _Talk(given, settled.classes, settled.sides, settled.offers)
    talk.resume(settled, changes(given, given))
    for table in given.table:
        talk.stir(table, settled.classes.all)
    return cells(talk.settled(set(settled.sides.by_key))) == cells(settled)
