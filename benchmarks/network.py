"""Proofs of a large network: `python benchmarks/network.py`, or `--json` for a document.

3,000 networks with 100,000 prefixes on 50 hubs of three clouds with Cloudflare in the middle: what it takes to build
the model and to prove every pair, to prove it again after one change, and in every case that one thing fails; beside
the naive way, a graph per prefix and a search per pair. Seconds of the processor, and how many times slower the naive
way is. It answers less: it asks no filter, and takes one address for each network.
"""

import argparse
import json
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Network

import networkx
from hubspoke.network.failures import failing
from hubspoke.network.known import Known
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
from hubspoke.network.trace import look_up

HUBS, SPOKES, PER_SPOKE = 50, 60, 34  # 3,000 networks, 102,000 prefixes
SEGMENTS = ("prod", "dev", "shared", "lab", "office")
REACH = {"prod": ("prod", "shared"), "dev": ("dev", "shared"), "shared": ("prod", "dev", "shared"),
         "lab": ("lab",), "office": ("office",)}  # fmt: skip
WAN: Prefixes = ("10.0.0.0/8",)
CLOUDS = ("aws", "aws static", "azure", "gcp", "gcp")
KINDS = {"aws": ("aws tgw", "aws vpc"), "aws static": ("aws tgw", "aws vpc"), "azure": ("azure hub", "azure subnet"),
         "gcp": ("gcp network", "gcp network")}  # fmt: skip


def build() -> Network:
    """The network, and nothing shared with the one before."""
    held: dict[str, list[str]] = {segment: [] for segment in SEGMENTS}
    tables: list[Table] = []
    links: list[Link] = []
    endpoints: list[Endpoint] = []
    sessions: list[Session] = []
    middle: list[Route] = []
    for number in range(HUBS):
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
        prefixes = tuple(f"10.{number * 4 + i // 16}.{n * 4 + i // 4 % 4}.{i % 4 * 64}/26" for i in range(PER_SPOKE))
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


def whole() -> Known:
    """Model, routes, and every pair."""
    network = build()
    known = Known.of(network)
    unproven = [verdict for verdict in ask(known, asked(network)) if not verdict.passed]
    assert not unproven, unproven[0]
    return known


def changed(known: Known, network: Network) -> None:
    """One route of one segment's table became a black hole; everything is asked again."""
    after = known.after(network)
    verdicts = ask(after, asked(network))
    assert [verdict.answer for verdict in verdicts].count("refuted") > 0


def one_route(network: Network) -> Network:
    """The network with the way to one spoke replaced by a black hole in one table."""
    table = network.table["hub 0/prod"]
    wrong = replace(table.routes[0], next_hop=Drop())
    tables = tuple(
        replace(table, routes=(wrong, *table.routes[1:])) if each is table else each for each in network.tables
    )
    return replace(network, tables=tables)


def failures(known: Known, network: Network, risks: tuple[str, ...]) -> dict[str, int]:
    """Tunnels, endpoints and hubs, one at a time: which cases do not pass, with how many questions."""
    found: dict[str, int] = {}
    for verdict in failing(known, network, asked(network), risks):
        if not verdict.passed:
            found[verdict.case] = found.get(verdict.case, 0) + 1
    return found


def all_failures(known: Known, every: int) -> float:
    """Seconds for all cases, from every so many of each kind: a tunnel is less than a hub."""
    network, total = known.settled.given, 0.0
    for kind in ("tunnel", "endpoint", "hub"):
        risks = tuple(risk for risk in network.risks if risk.startswith(f"{kind} "))
        some = risks[::every]
        total += seconds(lambda some=some: failures(known, network, some), 1) / len(some) * len(risks)  # type: ignore[misc]
    return total


def naive(known: Known, sample: int = 6) -> float:
    """Seconds for all pairs, from a sample of destinations: a graph of every table's winner, and who reaches it."""
    network = known.network
    links = {link.key: link.health for link in network.links}
    started = time.process_time()
    for endpoint in network.endpoints[:: len(network.endpoints) // sample][:sample]:
        address = int(IPv4Network(endpoint.prefixes[0])[1])
        graph = networkx.DiGraph()
        for table in network.tables:
            winners, _ = look_up(table, address, links)
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
    return (time.process_time() - started) / sample * len(network.endpoints)


def main() -> None:
    """Measures, and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--every", type=int, default=1, help="of the failures, every how many; the rest by estimate")
    parser.add_argument("--skip-naive", action="store_true")
    options = parser.parse_args()
    figures = {"build and prove all pairs": seconds(whole, options.runs)}
    network = build()
    known = whole()
    other = one_route(known.settled.given)
    figures["one changed route, first time"] = seconds(lambda: changed(known, other), 1)
    figures["one changed route"] = seconds(lambda: changed(known, other), options.runs)
    figures["all single failures"] = all_failures(known, options.every)
    figures["peak memory, MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if not options.skip_naive:
        figures["naive, all pairs (from a sample)"] = naive(known)
        figures["naive / ours"] = figures["naive, all pairs (from a sample)"] / figures["build and prove all pairs"]
        figures["naive / one changed route"] = (
            figures["naive, all pairs (from a sample)"] / figures["one changed route"]
        )
    figures["networks"], figures["risks"] = len(network.endpoints), len(network.risks)
    print(
        json.dumps(figures)
        if options.json
        else "\n".join(f"{name:35} {value:10.3f}" for name, value in figures.items())
    )


if __name__ == "__main__":
    main()
