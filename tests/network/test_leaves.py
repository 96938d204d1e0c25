"""Leaves are looked past, and senders behind one door are asked about at once: that changes nothing but the time."""

from dataclasses import replace
from unittest.mock import patch

import pytest
from hubspoke.network import doors, leaves
from hubspoke.network.delta import with_tables
from hubspoke.network.known import Known
from hubspoke.network.leaves import Core, core, core_after
from hubspoke.network.model import (
    Deliver,
    Drop,
    End,
    Endpoint,
    Link,
    Network,
    NextHop,
    Route,
    Source,
    Table,
    Unknown,
    Via,
)
from hubspoke.network.prove import ask
from hubspoke.network.questions import Verdict
from hubspoke.network.steps import LOOP, LOST, Steps
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.network.changed import changes
from tests.network.networks import filters, networks
from tests.network.rest import rest_alike, told_apart
from tests.network.test_kept_state import after_or_not, known_or_not, questions, star

WAN = ("10.0.0.0/8",)
KEYS = st.lists(st.sampled_from(["f0", "f1"]), max_size=1).map(tuple)


@st.composite
def stars(draw: st.DrawFn) -> Network:
    """Two hubs with a few spokes each, most of which lead all but their own to the hub; tunnels between the hubs."""
    tunnels = tuple(
        Link(f"t{n}", (End("h0", ("h0",)), End("h1", ("h1",))), "t", risks=(f"tunnel {n}",)) for n in (0, 1)
    )
    links, tables, endpoints = [*tunnels], list[Table](), list[Endpoint]()
    for hub in ("h0", "h1"):
        routes = [Route(WAN, Via(("t0", "t1")), Source.STATIC, hub)]
        for n in range(draw(st.integers(1, 3))):
            key, own = f"{hub}s{n}", (f"10.{hub[1]}.{n}.0/24",)
            links.append(Link(f"at {key}", (End(key, (key,)), End(hub, (hub,))), key))
            routes.append(Route(own, Via((f"at {key}",)), Source.ATTACHED, key))
            tables.append(draw(_spoke(key, hub, own)))
            more = draw(st.sampled_from([(), (), (), (hub,)]))  # some begin in two tables
            endpoints.append(Endpoint(key, "s", own, (key, *more), key, draw(KEYS), draw(KEYS)))
        tables.append(Table(hub, hub, "router", tuple(routes), hub, draw(st.sampled_from([(), (), ("f2",)]))))
    return Network(tuple(tables), tuple(links), tuple(endpoints), draw(filters()))


@st.composite
def _spoke(draw: st.DrawFn, key: str, hub: str, own: tuple[str, ...]) -> Table:
    home: list[NextHop] = [Deliver(key), Deliver(key), Deliver(key), Via((f"at {key}",)), Drop()]
    on = Via((f"at {key}",))
    away: list[NextHop] = [on, on, on, on, Unknown("not known"), Deliver(key)]
    routes = [Route(own, draw(st.sampled_from(home)), Source.LOCAL, key)]
    routes += [
        Route(WAN, hop, Source.STATIC, key) for hop in draw(st.lists(st.sampled_from(away), min_size=1, max_size=2))
    ]
    other: list[NextHop] = [Drop(), Unknown("not known"), Via((f"at {key}",))]
    for n in draw(st.lists(st.integers(0, 2), max_size=1)):
        to = f"10.{1 - int(hub[1])}.{n}.0/24"
        routes.append(Route((to,), draw(st.sampled_from(other)), Source.STATIC, key))
    return Table(key, key, "router", tuple(routes), key)


def verdicts(known: Known) -> list[Verdict]:
    return ask(known, questions(known.settled.given))


@pytest.mark.parametrize("many", [0, doors.MANY])
@pytest.mark.parametrize("made", [stars(), networks()], ids=["stars", "any"])
@settings(max_examples=25)
@given(data=st.data())
def test_with_leaves_and_doors_all_is_answered_as_without(
    made: st.SearchStrategy[Network], many: int, data: st.DataObject
) -> None:
    """From the beginning and over changes, whether doors are kept or found again."""
    network = data.draw(made)
    with patch.object(doors, "MANY", many):
        known = known_or_not(network)
        for _ in range(3):
            with patch.object(leaves, "_leads_on", lambda *_: False):
                alone = known_or_not(network)
                assert not alone.forwarding.core.leaves
                asked = verdicts(alone)
            if not rest_alike(known, alone):
                return
            found = verdicts(known)
            if told_apart(known) == told_apart(alone):
                assert found == asked
            assert [each.answer for each in found] == [each.answer for each in asked]
            network = data.draw(changes(network))
            known_or_not(network)
            known = after_or_not(known, network)


@settings(max_examples=25)
@given(stars(), st.data())
def test_states_beside_each_other_keep_doors_of_one_state_before(network: Network, data: st.DataObject) -> None:
    """What one of them finds of its own is not taken for the other's."""
    known = known_or_not(network)
    others = [data.draw(changes(network)) for _ in range(3)]
    after = [(known_or_not(other), after_or_not(known, other)) for other in others]
    for fresh, kept in after:
        if rest_alike(kept, fresh):
            assert [each.answer for each in verdicts(kept)] == [each.answer for each in verdicts(fresh)]


def ways(core: Core) -> tuple[dict[str, Steps], dict[str, Steps]]:
    return core.steps, core.leaves


def test_packets_go_past_leaves_and_round_in_circles_among_them() -> None:
    """a and b fork; c leads to d, and d to b or nowhere; e and f lead to each other."""
    steps: dict[str, Steps] = {
        "a": {(("c",), True): 0b0011, (("c", "e"), True): 0b1100}, "b": {(("=x", "a"), True): 0b1111},
        "c": {(("d",), True): 0b0111, (("=x",), True): 0b1000}, "d": {(("b",), True): 0b0101},
        "e": {(("f",), True): 0b1111}, "f": {(("e",), True): 0b0111, (("=x",), True): 0b1000},
    }  # fmt: skip
    found = core(steps, ())
    assert ways(found) == (
        {
            "a": {(("b",), True): 0b0001, ((LOST,), True): 0b0010, ((LOOP, "b"), True): 0b0100, (("=x",), True): 0b1000},
            "b": {(("=x", "a"), True): 0b1111},
        },
        {
            "c": {(("b",), True): 0b0101, ((LOST,), True): 0b0010, (("=x",), True): 0b1000}, "d": steps["d"],
            "e": {((LOOP,), True): 0b0111, (("=x",), True): 0b1000},
            "f": {((LOOP,), True): 0b0111, (("=x",), True): 0b1000},
        },
    )  # fmt: skip
    assert ways(core(steps, ("c",)))[0].keys() == {"a", "b", "c"}
    other = steps | {"d": {(("=y",), True): 0b0111}}
    after, fresh = core_after(found, other, ["d"]), core(other, ())
    assert ways(after) == ways(fresh)
    assert (after.detoured, set(after.changed)) == (frozenset({"c", "d"}), {"a"})
    forking = steps | {"d": {(("=y", "=x"), True): 0b0111}}
    assert ways(core_after(after, forking, ["d"])) == ways(core(forking, ()))
    assert replace(core_after(found, steps, []), detoured=frozenset()) == found


def test_of_senders_behind_one_door_each_is_counted() -> None:
    """Together where they are alike towards the targets; alone where one has some of them, or sends them elsewhere."""
    one, other, third = (doors.Sender(key, own, own, 0b11110 & ~own) for key, own in (("a", 2), ("b", 4), ("c", 4)))
    arrived = {"hub": 0b01000}

    def unmet(*senders: doors.Sender, wanted: int) -> list[tuple[int, int]]:
        door = doors.Door("hub", list(senders), ("x",), ("hub",))
        return list(door.unmet(wanted, arrived.__getitem__, lambda _: 0))

    assert unmet(one, other, wanted=0b11000) == [(0b110, 0b10000)]
    assert unmet(one, other, wanted=0b11100) == [(0b010, 0b10100), (0b100, 0b10000)]
    assert unmet(other, third, wanted=0b11000) == [(0b100, 0b10000), (0b100, 0b10000)]
    assert unmet(one, other, wanted=0b11001) == [(0b010, 0b10001), (0b100, 0b10001)]
    assert unmet(one, other, wanted=0b01000) == []


def test_only_doors_behind_which_something_moved_are_asked_about() -> None:
    """Those whose table of the core is among what moved, and alone a sender that leads elsewhere by now."""
    network = star(5)
    known = Known.of(network)
    senders = known.roster.senders(tuple(endpoint.key for endpoint in network.endpoints))

    def stirred(found: doors.Doors, *moved: str) -> list[tuple[str, list[str]]]:
        return [(door.table, [each.key for each in door.senders]) for door in found.stirred(senders, set(moved))]

    assert stirred(known.doors) == stirred(known.doors, "elsewhere") == []
    assert stirred(known.doors, "hub", "elsewhere") == [("hub", ["s0", "s1", "s2", "s3", "s4", "site"])]
    lost = replace(network.table["s3"], routes=network.table["s3"].routes[:1])
    after = known.after(with_tables(network, [lost])).doors
    assert stirred(after) == [("", ["s3"])]
    others = [("hub", [key]) for key in ("s0", "s1", "s2", "s4", "site")]
    assert stirred(after, "hub") == [*others[:3], ("", ["s3"]), *others[3:]]
