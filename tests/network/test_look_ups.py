"""Tables are looked up in an index; each route of a table, asked whether it is to the address, says the same."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from unittest.mock import patch

from hubspoke.network import look_ups
from hubspoke.network.look_ups import LookUps
from hubspoke.network.model import Network, Table
from hubspoke.network.selection import Links, order_of, rank, usable
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.network.networks import ADDRESSES, networks, prefixes


def searched(table: Table, address: str, links: Links) -> look_ups.Looked:
    """Every prefix of every route is asked."""
    at = IPv4Address(address)
    found = [
        (prefix.prefixlen, route)
        for route in table.routes
        for prefix in map(IPv4Network, route.prefixes)
        if at in prefix and usable(table, route, links)
    ]
    order = order_of(table)
    shield = min((length for length, route in found if route.source in order.shields), default=33)
    found = [(length, route) for length, route in found if length < shield or route.source not in order.shielded]
    longest = max((length for length, _ in found), default=0)
    routes = [route for length, route in found if length == longest]
    best = min((rank(table, route, links) for route in routes), default=())
    won, lost = ([r for r in routes if (rank(table, r, links) == best) is wins] for wins in (True, False))
    return tuple(won), tuple(lost)


@settings(max_examples=80)
@given(st.lists(networks(talk=False), min_size=1, max_size=3), st.integers(0, 40), st.integers(0, 8))
def test_an_index_of_all_tables_says_of_each_what_a_search_of_it_says(
    several: list[Network], kept: int, layers: int
) -> None:
    """However many tables were asked before, and when what they were told is forgotten in between."""
    links = several[0].health
    with patch.object(look_ups, "AT_MOST", kept), patch.object(look_ups, "LAYERS", layers):
        indexed = LookUps(links)
        for network in several:
            for table in network.tables:
                for address in ADDRESSES:
                    found = indexed.of(table, int(IPv4Address(address)))
                    assert found == searched(table, address, links)


@settings(max_examples=60)
@given(networks(talk=False), st.data())
def test_a_table_whose_routes_are_others_is_looked_up_as_if_it_were_the_first(
    network: Network, data: st.DataObject
) -> None:
    links, kept = network.health, LookUps(network.health)
    some = [route for table in network.tables for route in table.routes]
    for _ in range(4):
        routes = data.draw(st.lists(st.sampled_from(some), max_size=4)) if some else []
        table = replace(network.tables[0], routes=tuple(routes))
        for address in ADDRESSES:
            assert kept.of(table, int(IPv4Address(address))) == searched(table, address, links)
        links = {**links, **dict.fromkeys(data.draw(st.lists(st.sampled_from([*links, "other"]))), "down")}
        kept = LookUps(links, kept)


@given(st.lists(prefixes(), min_size=1, max_size=6))
def test_prefixes_that_are_equal_but_not_the_same_are_indexed_once(several: list[tuple[str, ...]]) -> None:
    holders = look_ups._Holders()
    copies = [holders.alike((*each,)) for each in several * 2]
    assert copies[: len(several)] == several
    assert all(one is other for one, other in zip(copies, copies[len(several) :], strict=False))
    assert len(holders) == len(set(several))
