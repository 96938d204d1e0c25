"""Routes that differ only in their prefixes and origin are chosen among as one."""

from dataclasses import replace
from unittest.mock import patch

from hubspoke.network import offers
from hubspoke.network.classes import Classes
from hubspoke.network.model import Route, Source, Table, Via
from hubspoke.network.offers import Offers
from hypothesis import given
from hypothesis import strategies as st

TUNNELS = ("t0", "t1")
ROUTES = tuple(
    Route((f"10.{n}.0.0/16",), Via((tunnel,)), Source.STATIC, f"route {n}", 100)
    for n in range(100)
    for tunnel in TUNNELS
)
TABLE = Table("middle", "middle", "cloudflare", ROUTES, "middle")


def test_a_table_is_offered_as_many_routes_as_it_has_ways() -> None:
    classes = Classes(route.prefixes for route in ROUTES)
    every = classes.all & ~1
    found = Offers(classes).of(TABLE)
    assert found == [(Route((), Via((tunnel,)), Source.STATIC, "", 100), every) for tunnel in TUNNELS]


def test_what_decides_between_routes_keeps_them_apart() -> None:
    one = ROUTES[0]
    others = [
        replace(one, next_hop=Via(("t1",))),
        replace(one, source=Source.BGP),
        replace(one, priority=10),
        replace(one, as_path=(64512,)),
        replace(one, med=0),
        replace(one, communities=frozenset({"13335:60010"})),
        replace(one, remote=True),
    ]
    found = Offers(Classes([one.prefixes]))
    assert len({id(found.alike(route)) for route in (one, *others)}) == 8
    assert found.alike(replace(one, prefixes=(), origin="another")) is found.alike(one)


def test_offers_are_made_again_for_other_routes_alone() -> None:
    kept = Offers(Classes(route.prefixes for route in ROUTES))
    before = kept.of(TABLE)
    assert kept.of(replace(TABLE, origin="another")) is before
    assert kept.of(replace(TABLE, routes=ROUTES[2:])) != before


@given(st.lists(st.lists(st.sampled_from(range(12)), max_size=12), min_size=1, max_size=4), st.integers(0, 2))
def test_offers_made_again_after_changes_are_those_made_at_once(several: list[list[int]], few: int) -> None:
    """Whatever comes, goes, moves, or is there twice."""
    some = [replace(route, priority=n % 2) for n, route in enumerate(ROUTES[:12])]
    classes = Classes(route.prefixes for route in some)
    kept = Offers(classes)
    with patch.object(offers, "FEW", few):
        for places in several:
            table = replace(TABLE, routes=tuple(some[place] for place in places))
            found, anew = kept.of(table), Offers(classes).of(table)
            assert sorted(found, key=str) == sorted(anew, key=str)
