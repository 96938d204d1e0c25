"""Tables are looked up in an index; each route of a table, asked whether it is to the address, says the same."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from itertools import chain

from hubspoke.network.classes import Classes
from hubspoke.network.look_ups import Index, Looked, LookUps
from hubspoke.network.model import Drop, Network, Route, Source, Table
from hubspoke.network.selection import Links, order_of, rank, usable
from hubspoke.network.settle import all_prefixes
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.network.networks import ADDRESSES, networks


def searched(table: Table, address: str, links: Links) -> Looked:
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
@given(st.lists(networks(talk=False), min_size=1, max_size=3))
def test_an_index_of_all_tables_says_of_each_what_a_search_of_it_says(several: list[Network]) -> None:
    """However many tables were asked before, whether or not the classes are those of one network alone."""
    links = several[0].health
    classes = Classes(chain.from_iterable(map(all_prefixes, several)))
    indexed, plain = LookUps(links, Index(classes)), LookUps(links)
    for network in several:
        for table in network.tables:
            for address in ADDRESSES:
                found = searched(table, address, links)
                assert indexed.of(table, int(IPv4Address(address))) == found
                assert plain.of(table, int(IPv4Address(address))) == found


@settings(max_examples=60)
@given(networks(talk=False), st.data())
def test_a_table_whose_routes_are_others_is_looked_up_as_if_it_were_the_first(
    network: Network, data: st.DataObject
) -> None:
    links, kept = network.health, LookUps(network.health, Index(Classes(all_prefixes(network))))
    some = [route for table in network.tables for route in table.routes]
    for _ in range(4):
        routes = data.draw(st.lists(st.sampled_from(some), max_size=4)) if some else []
        table = replace(network.tables[0], routes=tuple(routes))
        for address in ADDRESSES:
            assert kept.of(table, int(IPv4Address(address))) == searched(table, address, links)
        links = {**links, **dict.fromkeys(data.draw(st.lists(st.sampled_from([*links, "other"]))), "down")}
        kept = kept.over(links)


def test_of_a_long_table_only_what_is_around_the_address_is_looked_at() -> None:
    """Equal prefixes that are not the same object are found too."""
    several = [(f"10.{n}.0.0/16",) for n in range(200)]
    routes = [Route(each, Drop(), Source.STATIC, str(n)) for n, each in enumerate([*several, ("10.0.0.0/8",)])]
    again = replace(routes[7], prefixes=("10.7.0.0/16",))
    table = Table("t", "t", "router", (*routes, again), "t")
    found = Index(Classes(route.prefixes for route in table.routes)).routes(table, int(IPv4Address("10.7.1.1")))
    assert list(found) == [routes[7], routes[-1], again]
