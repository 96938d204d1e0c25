"""Proofs of a large network: `python benchmarks/network.py`, or `--json` for a document.

3,000 networks with 100,000 prefixes on 50 hubs of three clouds with Cloudflare in the middle: what it takes to build
the model and to prove every pair, to prove it again after one change, and in every case that one thing fails. Beside
it the naive way, a graph per network and a search in it, on networks so small that it comes to an end: it answers less,
as it asks no filter and takes one address for each network. Seconds of the processor.
"""

import argparse
import json
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from ipaddress import IPv4Network
from itertools import chain, islice

import networkx
from hubspoke.collecting import uncollected
from hubspoke.network.classes import Classes
from hubspoke.network.failures import failing
from hubspoke.network.known import Known
from hubspoke.network.look_ups import Index, LookUps
from hubspoke.network.model import (
    Deliver,
    Drop,
    End,
    Endpoint,
    Filter,
    Link,
    Network,
    Prefixes,
    Route,
    Rule,
    Session,
    Source,
    Speaker,
    Table,
    Via,
)
from hubspoke.network.prove import ask
from hubspoke.network.questions import Isolated, Question, Reaches
from hubspoke.network.settle import all_prefixes

HUBS, SPOKES, PER_SPOKE = 50, 60, 34  # 3,000 networks, 102,000 prefixes
CHANGES = 50  # of one route each
SEGMENTS = ("prod", "dev", "shared", "lab", "office")
REACH = {"prod": ("prod", "shared"), "dev": ("dev", "shared"), "shared": ("prod", "dev", "shared"),
         "lab": ("lab",), "office": ("office",)}  # fmt: skip
WAN: Prefixes = ("10.0.0.0/8",)
CLOUDS = ("aws", "aws static", "azure", "gcp", "gcp")
KINDS = {"aws": ("aws tgw", "aws vpc"), "aws static": ("aws tgw", "aws vpc"), "azure": ("azure hub", "azure subnet"),
         "gcp": ("gcp network", "gcp network")}  # fmt: skip


@uncollected()
def build(hubs: int = HUBS) -> Network:
    """The network, and nothing shared with the one before."""
    held: dict[str, list[str]] = {segment: [] for segment in SEGMENTS}
    tables: list[Table] = []
    links: list[Link] = []
    endpoints: list[Endpoint] = []
    sessions: list[Session] = []
    middle: list[Route] = []
    for number in range(hubs):
        _hub(number, tables, links, endpoints, sessions, middle, held)
    tables.append(Table("cloudflare", "cloudflare", "cloudflare", tuple(middle), "cloudflare", ("firewall",)))
    return Network(tuple(tables), tuple(links), tuple(endpoints), _filters(held), tuple(sessions))


def _hub(
    number: int, tables: list[Table], links: list[Link], endpoints: list[Endpoint], sessions: list[Session],
    middle: list[Route], held: dict[str, list[str]],
) -> None:  # fmt: skip
    cloud, hub = CLOUDS[number % len(CLOUDS)], f"hub {number}"
    hub_kind, spoke_kind = KINDS[cloud]
    onramp, tunnels = f"{hub}/onramp", tuple(f"tunnel {number}-{n}" for n in range(4))
    for n, tunnel in enumerate(tunnels):
        ends = End(hub, (onramp,)), End("cloudflare", ("cloudflare",))
        links.append(Link(tunnel, ends, tunnel, 1446, risks=(tunnel, f"endpoint {n // 2}", hub)))
    routes: dict[str, list[Route]] = {segment: [] for segment in SEGMENTS}
    all_routes: list[Route] = []
    speaks = cloud in ("aws", "gcp")
    for n in range(SPOKES):
        spoke, segment = f"spoke {number}-{n}", SEGMENTS[n % len(SEGMENTS)]
        tails = [f".{n * 4 + i}.{last}/26" for i in range(4) for last in (0, 64, 128, 192)]
        prefixes = tuple(islice((f"10.{number * 4 + i}{tail}" for i in range(4) for tail in tails), PER_SPOKE))
        held[segment] += prefixes
        route = Route(prefixes, Via((f"at {spoke}",)), Source.ATTACHED, spoke)
        all_routes.append(route)
        for other in REACH[segment]:
            routes[other].append(route)
        ends = End(spoke, (spoke,)), End(hub, (f"{hub}/{segment}",))
        links.append(Link(f"at {spoke}", ends, spoke, 8500, risks=(hub,)))
        own = Route(prefixes, Deliver(spoke), Source.LOCAL, spoke)
        out = Route(WAN, Via((f"at {spoke}",)), Source.BGP if cloud == "azure" else Source.STATIC, spoke)
        tables.append(Table(spoke, spoke, spoke_kind, (own, out), spoke))
        endpoints.append(Endpoint(spoke, segment, prefixes, (spoke,), spoke, (f"{segment} in",), ("out",), (hub,)))
        if not speaks:
            middle += [Route(prefixes, Via((tunnel,)), Source.STATIC, spoke, 100) for tunnel in tunnels]
    if not speaks:
        way = tunnels[:2] if cloud == "aws static" else tunnels
        for segment in SEGMENTS:
            routes[segment].append(Route(WAN, Via(way), Source.STATIC, hub))
    tables.append(Table(onramp, hub, hub_kind, tuple(all_routes), hub))
    tables.extend(Table(f"{hub}/{segment}", hub, hub_kind, tuple(routes[segment]), hub) for segment in SEGMENTS)
    if speaks:
        _speak(number, hub, onramp, tunnels, sessions)


def _speak(number: int, hub: str, onramp: str, tunnels: tuple[str, ...], sessions: list[Session]) -> None:
    ours = Speaker(hub, 64512 + number, announces=(onramp,), learns=tuple(f"{hub}/{segment}" for segment in SEGMENTS))
    theirs = Speaker("cloudflare", 13335, announces=("cloudflare",), learns=("cloudflare",))
    sessions.extend(Session(f"bgp {tunnel}", tunnel, (ours, theirs), hub) for tunnel in tunnels)


def _filters(held: dict[str, list[str]]) -> tuple[Filter, ...]:
    space = {segment: tuple(prefixes) for segment, prefixes in held.items()}
    into = tuple(
        Filter(f"{s} in", tuple(Rule("allow", s, space[o], (), "tcp", (443, 443)) for o in REACH[s]), s)
        for s in SEGMENTS
    )
    out = Filter("out", (Rule("allow", "out", (), WAN),), "out")
    pairs = tuple(Rule("allow", "pair", space[a], space[b]) for a in SEGMENTS for b in REACH[a])
    firewall = Filter("firewall", (*pairs, Rule("deny", "rest", WAN, WAN)), "firewall", "allow", stateful=False)
    return (*into, out, firewall)


def asked(network: Network) -> list[Question]:
    """Every pair: those of segments that reach each other on port 443, and no packet between the others."""
    members = {s: tuple(e.key for e in network.endpoints if e.segment == s) for s in SEGMENTS}
    return [
        Reaches(f"{a} to {b}", members[a], members[b], "tcp", (443, 443))
        if b in REACH[a]
        else Isolated(f"{a} from {b}", members[a], members[b])
        for a in SEGMENTS
        for b in SEGMENTS
    ]


def seconds(work: Callable[[], object], runs: int) -> float:
    """Median of some runs, in seconds of the processor: a busy machine does not change it much."""
    took = []
    for _ in range(runs):
        started = time.process_time()
        work()
        took.append(time.process_time() - started)
    return statistics.median(took)


def whole(hubs: int = HUBS) -> Known:
    """Model, routes, and every pair."""
    network = build(hubs)
    known = Known.of(network)
    unproven = [verdict for verdict in ask(known, asked(network)) if not verdict.passed]
    assert not unproven, unproven[0]
    return known


def changed(known: Known, network: Network, questions: list[Question]) -> None:
    """One route became a black hole; everything is asked again."""
    verdicts = ask(known.after(network), questions)
    assert [verdict.answer for verdict in verdicts].count("refuted") > 0


def one_route(network: Network, number: int = 0) -> Network:
    """The network with one route replaced by a black hole: of a segment, an on-ramp, a spoke, or in the middle."""
    hub, segment = number % HUBS, SEGMENTS[number % len(SEGMENTS)]
    places = f"hub {hub}/{segment}", f"hub {hub}/onramp", f"spoke {hub}-{number % SPOKES}", "cloudflare"
    table = network.table[places[number % len(places)]]
    place = number * 7 % len(table.routes)
    wrong = replace(table.routes[place], next_hop=Drop())
    other = replace(table, routes=(*table.routes[:place], wrong, *table.routes[place + 1 :]))
    return replace(network, tables=tuple(other if each is table else each for each in network.tables))


def failures(known: Known, kind: str) -> dict[str, int]:
    """Every tunnel, endpoint or hub, one at a time: which cases do not pass, with how many questions."""
    network, found = known.settled.given, dict[str, int]()
    risks = [risk for risk in network.risks if risk.startswith(f"{kind} ")]
    for verdict in failing(known, network, asked(network), risks):
        if not verdict.passed:
            found[verdict.case] = found.get(verdict.case, 0) + 1
    return found


def naive(network: Network) -> None:
    """All pairs: for each network, a graph of every table's winner, and who gets there in it."""
    look_ups = LookUps(network.health, Index(Classes(all_prefixes(network))))
    for endpoint in network.endpoints:
        address = int(IPv4Network(endpoint.prefixes[0])[1])
        graph = networkx.DiGraph()
        for table in network.tables:
            winners, _ = look_ups.of(table, address)
            for route in winners:
                match route.next_hop:
                    case Via(ways):
                        graph.add_edges_from(
                            (table.key, end) for way in ways for end in network.link[way].far(table.router).tables
                        )
                    case Deliver(key):
                        graph.add_edge(table.key, f"={key}")
                    case _:
                        pass
        networkx.ancestors(graph, f"={endpoint.key}")


def large(runs: int) -> Iterator[tuple[str, float]]:
    """What the whole takes."""
    yield "build and prove all pairs", seconds(whole, runs)
    known = whole()
    network, questions = known.settled.given, asked(known.settled.given)
    other = one_route(network)
    yield "one changed route, first time", seconds(lambda: changed(known, other, questions), 1)
    yield "one changed route", seconds(lambda: changed(known, other, questions), runs * 3)
    others = [one_route(network, number) for number in range(CHANGES)]
    took = [seconds(partial(changed, known, each, questions), 1) for each in others]  # each for the first time
    yield f"{CHANGES} routes of all sorts, median", statistics.median(took)
    yield f"{CHANGES} routes of all sorts, worst", max(took)
    cases = {kind: seconds(partial(failures, known, kind), 1) for kind in ("tunnel", "endpoint", "hub")}
    yield from ((f"  without each {kind}", took) for kind, took in cases.items())
    yield f"all {len(network.risks)} single failures", sum(cases.values())
    yield "peak memory, MiB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def small(hubs: int) -> Iterator[tuple[str, float]]:
    """All pairs of a smaller network, and the naive way."""
    known = whole(hubs)
    ours, theirs = seconds(lambda: whole(hubs), 3), seconds(lambda: naive(known.network), 1)
    yield f"{hubs * SPOKES} networks, all pairs", ours
    yield f"{hubs * SPOKES} networks, naive", theirs
    yield f"  times as long, {hubs * SPOKES}", theirs / ours


def main() -> None:
    """Measures, and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--naive", type=int, nargs="*", default=[5, 10], help="hubs of the networks for the naive way")
    options = parser.parse_args()
    figures: list[tuple[str, float]] = []
    for name, value in chain(large(options.runs), *map(small, options.naive)):
        figures.append((name, value))
        if not options.json:
            print(f"{name:35} {value:10.3f}", flush=True)
    if options.json:
        print(json.dumps(dict(figures)))


if __name__ == "__main__":
    main()
