"""What examples of refuted verdicts show is what packets do that are followed without classes and what was kept."""

from dataclasses import replace

from hubspoke.network.delta import with_tables
from hubspoke.network.known import Known
from hubspoke.network.model import Drop, Filter, Network, Route, Unknown
from hubspoke.network.prove import ask
from hubspoke.network.questions import Example, Reaches
from hubspoke.network.trace import Trace, answers, trace
from hypothesis import assume, given, settings

from tests.network.test_kept_state import known_or_not, star
from tests.network.test_leaves import stars


def fails(way: Trace) -> bool:
    return bool(way.blockers) or any(path.ending != "delivered" for path in way.paths)


def shown(known: Known) -> list[Example]:
    everyone = tuple(endpoint.key for endpoint in known.network.endpoints)
    (verdict,) = ask(known, [Reaches("all", everyone, everyone, "tcp", (443, 443))])
    return list(verdict.examples)


def without_doubt(network: Network) -> Network:
    tables = tuple(replace(table, routes=tuple(map(_decided, table.routes))) for table in network.tables)
    filters = tuple(replace(f, rules=tuple(r for r in f.rules if r.action != "unknown")) for f in network.filters)
    return replace(network, tables=tables, filters=filters)


def _decided(route: Route) -> Route:
    return replace(route, next_hop=Drop()) if isinstance(route.next_hop, Unknown) else route


@settings(max_examples=60)
@given(stars())
def test_an_example_shows_each_way_that_fails_and_says_which_that_is(network: Network) -> None:
    known = known_or_not(without_doubt(network))
    assume(known.certain)
    for example in shown(known):
        assert example.there is not None
        sent = example.there.packet
        there, back = trace(known.network, sent), answers(known.network, sent)
        assert example.there == there
        assert example.back == (back if fails(back) else None)
        does = "does not reach" if fails(there) else "do not come back to"
        assert does in example.why


def test_a_reason_that_is_far_behind_another_is_shown_too() -> None:
    """What is to all networks but the one in the middle is lost, and that one lets nobody in."""
    network = star(50)
    hub, shut = network.table["hub"], Filter("shut", (), "shut")
    lost = tuple(replace(r, next_hop=Drop()) if r.origin != "s25" else r for r in hub.routes)
    endpoints = tuple(replace(e, ingress=("shut",)) if e.key == "s25" else e for e in network.endpoints)
    known = Known.of(with_tables(replace(network, endpoints=endpoints, filters=(shut,)), [replace(hub, routes=lost)]))
    reasons = {reason for example in shown(known) for reason in why(example)}
    assert reasons == {"blackhole", "shut"}


def why(example: Example) -> list[str]:
    ways = [way for way in (example.there, example.back) if way]
    lost = [path.why for way in ways for path in way.paths if path.ending != "delivered"]
    return lost + [blocker.filter for way in ways for blocker in way.blockers]
