"""What examples of refuted verdicts show is what packets do that are followed without classes and what was kept."""

from dataclasses import replace

from hubspoke.network.known import Known
from hubspoke.network.model import Drop, Network, Route, Unknown
from hubspoke.network.prove import ask
from hubspoke.network.questions import Example, Reaches
from hubspoke.network.trace import Trace, answers, trace
from hypothesis import assume, given, settings

from tests.network.test_kept_state import known_or_not
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
