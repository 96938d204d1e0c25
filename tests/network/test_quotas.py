"""Prefixes over a quota of learned ones: with Google's own number, and in random networks."""

from dataclasses import replace
from pathlib import Path

import pytest
from hubspoke.network.advice import advice
from hubspoke.network.intended import context, intended
from hubspoke.network.model import Deliver, Network, Route, Session, Source, Speaker
from hubspoke.network.prove import prove
from hubspoke.network.questions import Routed
from hubspoke.network.settle import Oscillation, Settled, resettle, settle
from hubspoke.plan import Plan, load_plan
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.network.networks import networks, settled_or_not

STACKS = Path(__file__).parents[2] / "stacks"
HUB, SITE = "hub euw4/onramp", "frankfurt"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(STACKS / "wan.yaml", STACKS / "wan.lock")


def with_networks(network: Network, count: int) -> Network:
    """With a site that has so many small networks more, longer than any other, all of which Cloudflare tells of.

    Without sessions with the VPC in Sydney, whose gateway takes 100 and would be reset.
    """
    prefixes = tuple(f"10.{200 + n // 100}.{100 + n % 100}.0/28" for n in range(count))
    table, site = network.table["cloudflare"], network.endpoint[SITE]
    many = replace(table, routes=(*table.routes, Route(prefixes, Deliver(SITE), Source.ATTACHED, "many")))
    holds = replace(site, prefixes=(*site.prefixes, *prefixes))
    return replace(
        network,
        tables=tuple(many if each is table else each for each in network.tables),
        endpoints=tuple(holds if each is site else each for each in network.endpoints),
        sessions=tuple(each for each in network.sessions if each.speakers[0].router != "onramp syd"),
    )


def learned(settled: Settled, table: str) -> set[str]:
    """The prefixes that a table knows from its sessions."""
    routes = settled.network.table[table].routes[len(settled.given.table[table].routes) :]
    return {prefix for route in routes for prefix in route.prefixes}


def test_tables_that_routers_teach_have_googles_number_or_the_one_it_raised_it_to(plan: Plan) -> None:
    """And no others: what a hub hands on to its networks is not counted by it."""
    network = intended(plan)
    rationed = {table.key: table.quota for table in network.tables if table.quota}
    assert rationed == {HUB: (250, 250)}
    raised = replace(plan, limits=(("router-learned-routes", 400),))
    assert intended(raised).table[HUB].quota == context(raised, ["gc-network"]).quota == (400, 250)


def test_one_prefix_too_many_is_dropped_and_said_to_be(plan: Plan) -> None:
    """250 are taken. Of 251 the one that sorts last goes, whatever else there is, and no session is reset."""
    room = 250 - len(learned(settle(with_networks(intended(plan), 0)), HUB))
    full, over = (settle(with_networks(intended(plan), count)) for count in (room, room + 1))
    last = f"10.{200 + room // 100}.{100 + room % 100}.0/28"
    assert learned(over, HUB) == learned(full, HUB)
    assert (len(learned(over, HUB)), last in learned(over, HUB), over.network.findings) == (250, False, ())
    asked = [Routed("all", ("lake",), (SITE,))]
    (held,), (lost,) = prove(full.given, asked), prove(with_networks(intended(plan), room + 1), asked)
    assert (held.answer, lost.answer, lost.failing) == ("proven", "refuted", 1)
    assert lost.examples[0].there is not None
    assert lost.examples[0].there.paths[0].why == f"no route, as it is over the quota of {HUB}"
    assert advice(lost) == (
        f"it is over the quota of {HUB}: summarise what it is told, or have the quota raised and say so in `limits`"
    )


def test_a_session_that_is_told_too_much_is_reset_before_anything_is_dropped(plan: Plan) -> None:
    """5,000 of one peer: the quota of 250 does not keep the session up."""
    settled = settle(with_networks(intended(plan), 5_001))
    reset = {finding.what.split(" is reset: ")[1] for finding in settled.network.findings if "euw4" in finding.what}
    assert len(reset) == 1
    assert next(iter(reset)).startswith("hub euw4 takes 5000 prefixes from cloudflare and is told ")
    assert learned(settled, HUB) == set()


# Random networks


@st.composite
def rationed(draw: st.DrawFn) -> Network:
    """A random network whose tables have quotas. Who teaches one teaches no other."""
    network = draw(networks())

    def taught(speaker: Speaker) -> Speaker:
        return replace(speaker, learns=speaker.learns[:1], remote=draw(st.booleans()))

    def told(session: Session) -> Session:
        return replace(session, speakers=(taught(session.speakers[0]), taught(session.speakers[1])))

    quota = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    return replace(
        network,
        tables=tuple(replace(table, quota=quota) for table in network.tables),
        sessions=tuple(map(told, network.sessions)),
    )


def in_order(prefix: str) -> tuple[int, ...]:
    address, length = prefix.split("/")
    return int(length), *map(int, address.split("."))


def as_text(prefix: str) -> tuple[int, str]:
    return int(prefix.split("/")[1]), prefix


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(rationed())
def test_what_a_table_hears_is_the_first_of_what_it_is_told(network: Network) -> None:
    """By either order; what only one of them takes is in doubt. It is the same from the state of before."""
    settled = settled_or_not(network)
    plain = replace(network, tables=tuple(replace(table, quota=None) for table in network.tables))
    try:
        again = resettle(settle(plain), network)
    except Oscillation:
        assume(False)
    assert again.network.sessions == settled.network.sessions
    for key, table in network.table.items():
        for remote, most in zip((False, True), table.quota or (), strict=False):
            told, sure, doubtful = set[str](), set[str](), set[str]()
            for session in settled.given.sessions:
                for side in (0, 1):
                    listener = session.speakers[1 - side]
                    if key in listener.learns and listener.remote is remote:
                        told |= {prefix for each in settled.told(session, side) for prefix in each}
                        for (_, doubt), news in settled.heard.get(f"{session.key}/{side}", {}).items():
                            (doubtful if doubt else sure).update(news.route.prefixes)
            first = [set(sorted(told, key=order)[:most]) for order in (in_order, as_text)]
            assert (sure, doubtful) == (first[0] & first[1], first[0] ^ first[1])
