"""A plan's network without what some stacks make: the rest is as it was, and is not looked at."""

from functools import cache
from unittest.mock import patch

import pytest
from hubspoke.network.intended.context import Made
from hypothesis import given
from hypothesis import strategies as st

from tests.network.test_intended import example, network

ACCOUNTS = [account.key for account in example().accounts]
PARTS = ("links", "endpoints", "filters", "sessions")


@cache
def made() -> Made:
    return Made(example(), network())


@given(st.sets(st.sampled_from([*ACCOUNTS, "nobody"])))
def test_what_is_left_is_all_that_others_make(gone: set[str]) -> None:
    left, of = made().without(gone).network, made().of
    for name in PARTS:
        assert getattr(left, name) == tuple(p for p in getattr(network(), name) if of(p.origin) not in gone)
    for table in network().tables:
        routes = tuple(route for route in table.routes if of(route.origin) not in gone)
        filters = tuple(key for key in table.filters if of(network().filter[key].origin) not in gone)
        there = left.table.get(table.key)
        assert (there is not None) == (of(table.origin) not in gone or bool(routes))
        if there:
            assert (there.routes, there.filters, there.kind) == (routes, filters, table.kind)
            assert there.origin == ("" if of(table.origin) in gone else table.origin)
    assert [table.key for table in left.tables] == [t.key for t in network().tables if t.key in left.table]


@pytest.mark.parametrize("account", ACCOUNTS)
def test_only_tables_that_a_stack_has_a_part_in_are_made_anew(account: str) -> None:
    with patch.object(Made, "_table", autospec=True, side_effect=Made._table) as making:
        left = made().without([account]).network
    kept = {id(table) for table in network().tables} & set(map(id, left.tables))
    assert making.call_count == len(network().tables) - len(kept)
    assert kept
