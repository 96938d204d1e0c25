"""Sessions that are told more prefixes than they take: with the clouds' own numbers, and in random networks."""

from dataclasses import replace

import pytest
from hubspoke.network.intended import intended
from hubspoke.network.limits import exceeded
from hubspoke.network.model import Deliver, Network, Route, Source, Speaker, Via
from hubspoke.network.prove import prove
from hubspoke.network.questions import Isolated, Question, Reaches
from hubspoke.network.settle import Oscillation, resettle, settle
from hubspoke.plan import Plan
from hubspoke.plan.prefixes_taken import CLOUDFLARE_TAKES, prefixes_taken
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.network.networks import networks
from tests.network.test_intended import example


def taken(network: Network) -> dict[str, tuple[int, int]]:
    """What each side of a session takes, by the router that has it with Cloudflare."""
    bgp = (session for session in network.sessions if session.key.startswith("bgp "))
    return {session.speakers[0].router: (session.speakers[0].limit, session.speakers[1].limit) for session in bgp}


def test_every_cloud_has_its_own_number() -> None:
    assert taken(intended(example())) == {"hub use1": (1_000, 5_000)}
    assert [prefixes_taken("aws", hub=False), prefixes_taken("gcp", hub=True), CLOUDFLARE_TAKES] == [100, 5_000, 5_000]
    assert prefixes_taken("azure", hub=True) == 0  # any number: none is documented


def with_networks(plan: Plan, count: int) -> Network:
    """The WAN with a site in Frankfurt that has so many small networks, all of which Cloudflare tells of."""
    network = intended(plan)
    prefixes = tuple(f"10.{200 + n // 250}.{n % 250}.0/24" for n in range(count))
    route = Route(prefixes, Deliver("frankfurt"), Source.ATTACHED, "many")
    table = network.table["cloudflare"]
    many = replace(table, routes=(*table.routes, route))
    return replace(network, tables=tuple(many if each is table else each for each in network.tables))


def told(network: Network, link: str) -> int:
    """How many prefixes the cloud's side of a session hears."""
    table = settle(network).network.table["hub use1/prod"]
    heard = (route for route in table.routes if route.source is Source.BGP and route.next_hop == Via((link,)))
    return len({prefix for route in heard for prefix in route.prefixes})


def test_one_prefix_too_many_resets_every_session_of_a_transit_gateway() -> None:
    """1,000 routes of a VPN on a transit gateway: the next one takes all four tunnels' sessions down."""
    plan = example()
    room = 1_000 - told(intended(plan), "tunnel use1-e1-a")
    asked: list[Question] = [
        Reaches("web to ledger", ("web",), ("frankfurt",)),
        Isolated("ledger from web", ("frankfurt",), ("web",)),
    ]
    full = with_networks(plan, room)
    assert settle(full).network.findings == ()
    assert told(full, "tunnel use1-e1-a") == 1_000
    settled = settle(with_networks(plan, room + 1)).network
    assert [finding.what for finding in settled.findings] == [
        f"bgp tunnel use1-{end}-{slot} is reset: hub use1 takes 1000 prefixes from cloudflare and is told 1001"
        for end in ("e1", "e2") for slot in "ab"
    ]  # fmt: skip
    assert not [r for r in settled.table["hub use1/prod"].routes if r.source is Source.BGP]
    verdicts = prove(with_networks(plan, room + 1), asked)
    assert [verdict.answer for verdict in verdicts] == ["refuted", "unknown"]
    assert {finding.what[:11] for finding in verdicts[1].findings} == {"bgp tunnel "}


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(networks(), st.integers(1, 3))
def test_no_session_of_a_settled_network_is_over_its_limit(network: Network, most: int) -> None:
    """Those that are left are within theirs, whatever was reset, and it is the same from a state before."""

    def limited(speaker: Speaker) -> Speaker:
        return replace(speaker, limit=most)

    sessions = tuple(replace(s, speakers=(limited(s.speakers[0]), limited(s.speakers[1]))) for s in network.sessions)
    made = replace(network, sessions=sessions)
    try:
        settled = settle(made)
        again = resettle(settle(network), made)
    except Oscillation:
        assume(False)
    assert exceeded(settled.given, settled.told) == {}
    assert len(settled.network.findings) == len(made.sessions) - len(settled.network.sessions)
    assert (again.network.sessions, again.network.findings) == (settled.network.sessions, settled.network.findings)


@pytest.mark.parametrize("limit", [0, 2])
def test_any_number_is_no_limit(limit: int) -> None:
    """A session without a number is never reset, and one is counted by prefixes and not by routes."""
    plan = example()
    network = intended(plan)
    sessions = tuple(
        replace(s, speakers=(replace(s.speakers[0], limit=limit), s.speakers[1])) for s in network.sessions
    )
    settled = settle(replace(network, sessions=sessions)).network
    assert bool(settled.findings) is bool(limit)
