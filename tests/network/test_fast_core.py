"""The fast core says of every address what following the packet hop by hop says."""

from dataclasses import replace

import pytest
from hubspoke.network.choose import Cell, Chooser
from hubspoke.network.classes import Classes, members, union
from hubspoke.network.filters import Admission, cells, judge
from hubspoke.network.forward import forwarding
from hubspoke.network.look_ups import Index, LookUps
from hubspoke.network.model import Filter, Network, Route, Source, Via
from hubspoke.network.offers import Offers
from hubspoke.network.packet import Packet
from hubspoke.network.settle import Settled, all_prefixes, resettle, settle
from hubspoke.network.spread import Aim, in_parts, spread
from hubspoke.network.trace import Path, Walks, walk
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.network.networks import ADDRESSES, PREFIXES, filters, networks, packets, settled_or_not


def paths_of(settled: Settled) -> dict[tuple[str, str], list[Path]]:
    network = settled.network
    return {(t.key, a): list(walk(network, t.key, a)) for t in network.tables for a in ADDRESSES}


@settings(max_examples=80)
@given(networks())
def test_addresses_arrive_as_the_packets_do(network: Network) -> None:
    settled = settled_or_not(network)
    made, paths = forwarding(settled), paths_of(settled)
    every, some = spread(made, Aim(every=True, best=False)), spread(made, Aim(every=False, best=True))
    terminates = spread(made, Aim(every=True, best=False, ends=True))
    for (table, address), found in paths.items():
        bit = 1 << settled.classes.of(address)
        endings = {path.ending for path in found}
        assert bool(every.at(table) & bit) == (endings == {"delivered"}), (table, address)
        assert bool(some.at(table) & bit) == bool(endings & {"delivered", "unknown"}), (table, address)
        assert bool(terminates.at(table) & bit) == ("loop" not in endings), (table, address)


@settings(max_examples=60)
@given(networks(), st.data())
def test_ways_that_were_walked_before_are_walked_again(network: Network, data: st.DataObject) -> None:
    """Whatever was asked first, and whichever state with the same links the look-ups were made in."""
    settled = settled_or_not(network)
    kept = LookUps(settled.network.health, Index(settled.classes))
    other = replace(settled.network, tables=tuple(replace(t, routes=t.routes[1:]) for t in settled.network.tables))
    starts = data.draw(st.permutations([(table.key, a) for table in network.tables for a in ADDRESSES]))
    for each in (settled.network, other):
        walks = Walks(each, kept)
        assert [list(walks.paths(*start)) for start in starts] == [list(walk(each, *start)) for start in starts]


@settings(max_examples=80)
@given(networks(), st.data())
def test_what_passes_tables_is_found_in_parts_as_it_is_at_once(network: Network, data: st.DataObject) -> None:
    some = data.draw(st.integers(0, 3))
    filtered = tuple(replace(table, filters=("f0",)) for table in network.tables[:some])
    settled = settled_or_not(replace(network, tables=filtered + network.tables[some:]))
    made, full = forwarding(settled), settled.classes.inhabited
    passes = {table.key: data.draw(st.integers(0, full)) & full for table in filtered}
    for every in (True, False):
        at_once, found = spread(made, Aim(every, False, tuple(passes.items()))), dict.fromkeys(network.table, 0)
        for bits, part in in_parts(passes, full):
            values = spread(made, Aim(every, False, part))
            found = {table: known | values.at(table) & bits for table, known in found.items()}
        assert found == {table: at_once.at(table) for table in network.table}


@settings(max_examples=80)
@given(networks())
def test_at_best_is_never_less_than_at_worst_and_the_same_where_all_is_known(network: Network) -> None:
    settled = settled_or_not(network)
    made = forwarding(settled)
    for every in (True, False):
        worst, best = (spread(made, Aim(every, b)) for b in (False, True))
        for table in network.table:
            assert worst.at(table) & ~best.at(table) == 0
            if made.certain:
                assert worst.at(table) == best.at(table)


@settings(max_examples=50)
@given(networks(), networks())
def test_settling_from_a_kept_state_changes_nothing_but_the_time(network: Network, other: Network) -> None:
    before = settled_or_not(network)
    again = resettle(before, network)
    assert (again.network, again.cells) == (before.network, before.cells)
    changed = Network(network.tables, network.links, network.endpoints, other.filters, ())
    assert resettle(before, changed).network.tables == settle(changed).network.tables


@settings(max_examples=80)
@given(filters(), packets())
def test_filters_pass_classes_as_they_pass_packets(found: tuple[Filter, ...], packet: Packet) -> None:
    tuples = [p for f in found for r in f.rules for p in (r.sources, r.destinations)]
    classes = Classes([*tuples, PREFIXES])
    admission = Admission(classes)
    for filter_ in found:
        by_cell = {judged.cell: judged.action for judged in judge(filter_, packet)}
        for cell in cells(packet.protocol, packet.ports, (filter_,)):
            out = admission.passing((filter_,), cell, "source", classes.of(packet.source))
            back = admission.passing((filter_,), cell, "destination", classes.of(packet.destination))
            target, source = classes.of(packet.destination), classes.of(packet.source)
            for passing, free in ((out, target), (back, source)):
                assert bool(passing.surely >> free & 1) == (by_cell[cell] == "allow")
                assert bool(passing.maybe >> free & 1) == (by_cell[cell] != "deny")


def test_classes_are_as_many_as_can_be_told_apart() -> None:
    mine = ("10.1.0.0/24", "10.1.1.0/24", "10.2.0.0/16")
    classes = Classes([("10.0.0.0/8",), mine, ("10.9.0.0/16",)])
    assert len(classes) == 4  # nowhere, 10/8, mine, 10.9
    assert classes.of("10.1.0.9") == classes.of("10.2.200.1") != classes.of("10.1.2.1") == classes.of("10.3.0.0")
    assert classes.of("11.0.0.0") == 0
    assert sorted(members(classes.within(classes.own(("10.0.0.0/8",))))) == [1, 2, 3]
    assert {classes.sample(n) for n in range(4)} == {"0.0.0.1", "10.0.0.1", "10.1.0.1", "10.9.0.1"}


def test_prefixes_that_the_classes_do_not_tell_apart_are_refused() -> None:
    classes = Classes([("10.1.0.0/24", "10.2.0.0/16"), ("10.9.0.0/16",)])
    assert classes.own(("10.2.0.0/16", "10.1.0.0/24")) == classes.own(("10.1.0.0/24", "10.2.0.0/16"))
    for unknown in (("10.1.0.0/24",), ("10.9.0.0/16", "10.1.0.0/24"), ("10.3.0.0/16",)):
        with pytest.raises(KeyError):
            classes.own(unknown)


@settings(max_examples=60)
@given(networks(), st.data())
def test_what_tables_learned_is_chosen_among_once_as_if_it_were_for_each(network: Network, data: st.DataObject) -> None:
    """For several tables that learned the same, whatever their own routes are."""
    classes = Classes(all_prefixes(network))
    chooser, offers = Chooser(classes, network.health), Offers(classes)
    heard = [replace(r, source=Source.BGP) for t in network.tables for r in t.routes if isinstance(r.next_hop, Via)]
    learned = [(route, classes.own(route.prefixes)) for route in heard]
    for table in data.draw(st.permutations(network.tables)):
        own = offers.of(table)
        at_once = chooser.choose_all(table, own, learned)
        anew = Chooser(classes, network.health).choose(table, [*own, *learned], classes.all)
        assert won(at_once) == won(anew)


def won(cells: list[Cell]) -> dict[int, tuple[frozenset[Route], bool]]:
    assert sum(cell.bits.bit_count() for cell in cells) == union(cell.bits for cell in cells).bit_count()
    return {number: (frozenset(cell.routes), cell.sure) for cell in cells for number in members(cell.bits)}
