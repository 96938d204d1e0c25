"""What to do about a verdict, and which resource it is about."""

from collections.abc import Iterator

from hubspoke.network.filters import Judged
from hubspoke.network.model import Drop, Unknown
from hubspoke.network.questions import Example, Isolated, Verdict
from hubspoke.network.trace import NO_ROUTE, Path, Trace


def advice(verdict: Verdict) -> str:
    """One sentence; empty where it is proven."""
    if verdict.passed:
        return ""
    if verdict.answer == "unknown":
        return _unknown(verdict)
    if isinstance(verdict.question, Isolated):
        return f"close what lets it through: {'; '.join(dict.fromkeys(_open(verdict)))}"
    return _mend(verdict)


def culprits(verdict: Verdict) -> tuple[str, ...]:
    """Origins of what is at fault, the likeliest first: URNs of resources, or places in the plan."""
    found: list[str] = []
    for example in verdict.examples:
        if isinstance(verdict.question, Isolated):
            found += [rule.origin for way in _ways(example) for rule in way.filters if rule.action == "allow"]
        found += [blocker.origin for way in _ways(example) for blocker in way.blockers]
        ends = [path for way in _ways(example) for path in way.paths if path.hops]
        found += [origin for path in ends if path.ending != "delivered" and (origin := _origin(path))]
    found += [finding.origin for finding in verdict.findings]
    return tuple(dict.fromkeys(found))


def _ways(example: Example) -> Iterator[Trace]:
    yield from (way for way in (example.there, example.back) if way)


def _origin(path: Path) -> str:
    """Of the last route that was taken; where there was none, of the table's last hop before."""
    return next((hop.route.origin for hop in reversed(path.hops) if hop.route), "")


def _unknown(verdict: Verdict) -> str:
    if verdict.findings:
        first = verdict.findings[0]
        return f"{first.what} ({first.origin or 'the network'}): {first.remedy}"
    return "give what is not known a plain value, or ask again once it is deployed (--of recorded)"


def _open(verdict: Verdict) -> Iterator[str]:
    for example in verdict.examples[:1]:
        for way in _ways(example):
            yield from (_rule(each) for each in way.filters if each.action == "allow")
            yield from (f"the route from {_origin(path)}" for path in way.paths[:1] if not way.filters)


def _rule(judged: Judged) -> str:
    return f"{judged.filter} by {judged.origin}"


def _mend(verdict: Verdict) -> str:
    for example in verdict.examples:
        for way in _ways(example):
            if way.blockers:
                stopped = way.blockers[0]
                return f"open {stopped.filter} ({stopped.origin}) to this traffic, or take the flow out of the intent"
            for path in way.paths:
                if path.ending != "delivered":
                    return _mend_path(path, verdict.case)
    return "see the example; `hubspoke verify --from ... --to ...` follows any other packet"


def _acceptance(case: str, router: str) -> str:
    name = f"{case.replace(' ', '/', 1)}:{router.split(' ')[-1]}"
    return f"or accept it by name, in --accept or the policy's setting accepted: {name}"


def _mend_path(path: Path, case: str) -> str:
    last = path.hops[-1] if path.hops else None
    if path.ending == "loop":
        return f"take out the route that leads back ({_origin(path)})"
    if path.ending == "internet":
        return f"route it within the WAN: {_origin(path)} sends it out"
    if last is None:
        return "give the network a route to it"
    router = last.table.split("/")[0]
    if last.route is None and path.why != NO_ROUTE:
        over = path.why.removeprefix(f"{NO_ROUTE}, as ")
        return f"{over}: summarise what it is told, or have the quota raised and say so in `limits`"
    if last.route is None:
        return f"give {last.table} {f'another route to it, {_acceptance(case, router)}' if case else 'a route to it'}"
    hop = last.route.next_hop
    if case and not isinstance(hop, Drop | Unknown):
        return f"give {router} another way, as BGP does (`routing: bgp`), {_acceptance(case, router)}"
    return f"put right the route from {last.route.origin}: {path.why}"
