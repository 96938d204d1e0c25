"""The ways of a packet, as lines: paths that differ only in which of several tunnels they take are one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from hubspoke.network.filters import Judged
from hubspoke.network.model import ALL_PORTS, Route
from hubspoke.network.packet import Packet
from hubspoke.network.trace import Hop, Path, Trace


@dataclass(frozen=True)
class Step:
    """One look-up on one or more paths, and the links that they take from there."""

    hop: Hop
    links: tuple[str, ...]


def ways(trace: Trace) -> list[tuple[Path, list[Step]]]:
    """The paths of a packet; those through the same tables by the same next hops together."""
    found: dict[object, list[Path]] = {}
    for path in trace.paths:
        key = tuple(_of(hop) for hop in path.hops), path.ending, path.endpoint, path.why
        found.setdefault(key, []).append(path)
    return [(paths[0], list(_steps(paths))) for paths in found.values()]


def _of(hop: Hop) -> object:
    """What two hops have in common that lead the same way: routes over several tunnels are one each."""
    return hop.table, hop.route and (hop.route.prefixes, hop.route.source)


def _steps(paths: list[Path]) -> Iterator[Step]:
    for number, hop in enumerate(paths[0].hops):
        links = dict.fromkeys(path.hops[number].link for path in paths)
        yield Step(hop, tuple(link for link in links if link))


def lines(trace: Trace) -> Iterator[str]:
    """The packet; every way it may take, hop by hop, each with the route that decided; and what filters say."""
    yield f"{packet(trace.packet)}, from {trace.source}"
    for path, steps in ways(trace):
        yield from (f"  {line}" for line in _aligned(steps, trace.packet.destination))
        yield f"  {ending(path)}"
    yield from (f"  {rule(judged)}" for judged in unlike(trace.filters))


def unlike(filters: Iterable[Judged]) -> list[Judged]:
    """What filters say, once each: those that stop the packet first."""
    found = {(each.filter, each.action, each.origin): each for each in filters}
    return sorted(found.values(), key=lambda each: each.action == "allow")


def packet(sent: Packet) -> str:
    """ "10.0.0.1 -> 10.1.0.1 tcp 443"."""
    ports = "" if sent.ports == ALL_PORTS else f" {sent.ports[0]}"
    ports += f"-{sent.ports[1]}" if ports and sent.ports[0] != sent.ports[1] else ""
    return f"{sent.source} -> {sent.destination} {sent.protocol}{ports}"


def ending(path: Path) -> str:
    """Where a path ends."""
    unsure = "" if path.sure else " (which of equal routes is taken is not known)"
    return f"{path.ending}: {path.endpoint or path.why}{unsure}"


def rule(judged: Judged) -> str:
    """What a filter does, and the rule that says so."""
    word = {"allow": "let through by", "deny": "stopped by", "unknown": "not known at"}[judged.action]
    by = f", {judged.origin}" if judged.rule else f", no rule for {judged.cell} ({judged.origin})"
    return f"{word} {judged.filter}{by}"


def _aligned(steps: list[Step], destination: str) -> Iterator[str]:
    width = max((len(step.hop.table) for step in steps), default=0)
    for step in steps:
        if step.hop.route is None:
            yield f"{step.hop.table:<{width}}  no route"
            continue
        over = f" over {' or '.join(step.links)}" if step.links else ""
        yield f"{step.hop.table:<{width}}  {covering(step.hop.route, destination)} ({step.hop.route.source}){over}"
        yield f"{'':<{width}}  from {step.hop.route.origin}"


def covering(route: Route, destination: str) -> str:
    """The prefix of a route that won for an address, of as many as it has."""
    fitting = [prefix for prefix in map(IPv4Network, route.prefixes) if IPv4Address(destination) in prefix]
    return str(max(fitting, key=lambda prefix: prefix.prefixlen))


def plain(trace: Trace) -> dict[str, Any]:
    """A packet's ways as plain values."""
    return {
        "packet": {
            "source": trace.packet.source, "destination": trace.packet.destination,
            "protocol": trace.packet.protocol, "ports": list(trace.packet.ports),
        },
        "from": trace.source,
        "paths": [_path(path, steps, trace.packet.destination) for path, steps in ways(trace)],
        "filters": [{"filter": f.filter, "action": f.action, "origin": f.origin} for f in unlike(trace.filters)],
    }  # fmt: skip


def _path(path: Path, steps: list[Step], destination: str) -> dict[str, Any]:
    return {
        "hops": [_hop(step, destination) for step in steps],
        "ending": path.ending, "endpoint": path.endpoint, "why": path.why, "sure": path.sure,
    }  # fmt: skip


def _hop(step: Step, destination: str) -> dict[str, Any]:
    route = step.hop.route
    found = (
        {"prefix": covering(route, destination), "source": str(route.source), "origin": route.origin} if route else None
    )
    return {"table": step.hop.table, "route": found, "links": list(step.links)}
