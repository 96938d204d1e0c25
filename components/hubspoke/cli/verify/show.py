"""A verification for people: how many of each, then everything that is not proven, with an example to follow."""

from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from rich.console import Console
from rich.markup import escape

from hubspoke.cli.verify.outcome import KINDS, Outcome, case_of, kind_of
from hubspoke.network import ways
from hubspoke.network.advice import advice
from hubspoke.network.compare import Difference
from hubspoke.network.questions import Answer, Verdict

MARKS: dict[Answer, str] = {"proven": "[green]✓[/]", "refuted": "[red]✗[/]", "unknown": "[yellow]?[/]"}
_SHOWN = 20  # differences
_OF = {
    "plan": "The plan: the network as it is meant",
    "planned": "Planned: the network that previews would make",
    "recorded": "Recorded: the network that state files hold",
    "observed": "Observed: the network that clouds hold",
}


def show(console: Console, outcome: Outcome, *, full: bool) -> None:
    """All of it; without `full`, one example for each thing that fails and a few differences."""
    among = f", {', '.join(outcome.judged)} among the plan of the rest" if outcome.judged else ""
    _say(console, f"{_OF[outcome.of]}{among}")
    _counts(console, outcome)
    for case, verdicts in groupby(outcome.failing, key=lambda verdict: verdict.case):
        _case(console, case, list(verdicts), outcome, full)
    _differences(console, outcome.differences, full)
    for accepted in outcome.accepted:
        _say(console, f"  [yellow]accepted[/] {escape(str(accepted))}: its failure may cut {accepted.who} off")
    _say(console, f"{MARKS[outcome.answer]} [bold]{outcome.answer}[/]")


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, soft_wrap=True)


def _counts(console: Console, outcome: Outcome) -> None:
    failures = [case for case in outcome.cases if case]
    now = [v for v in outcome.verdicts if not v.case] or list(outcome.verdicts)
    if now and now[0].case:
        _say(console, f"  with {now[0].case} failed; down with it: {', '.join(now[0].cut_off) or 'nothing'}")
    for kind in KINDS.values():
        own = [verdict for verdict in now if kind_of(verdict) == kind]
        if own:
            _say(console, f"  {_tally(own)}  {kind}")
    if failures and len(failures) < len(outcome.cases):
        _say(console, f"  and again with each of {len(failures)} things failed:")
        bad = {v.case for v in outcome.failing if v.case}
        shown = f"  {MARKS['refuted']} {', '.join(sorted(bad))}" if bad else ""
        _say(console, f"  {MARKS['proven']} {len(failures) - len(bad)} change nothing{shown}")


def _tally(verdicts: list[Verdict]) -> str:
    answers = Counter(verdict.answer for verdict in verdicts)
    order: tuple[Answer, ...] = ("proven", "refuted", "unknown")
    return "  ".join(f"{MARKS[answer]} {answers[answer]}" for answer in order if answers[answer])


def _case(console: Console, case: str, verdicts: list[Verdict], outcome: Outcome, full: bool) -> None:
    """What does not hold in one case; what fails for the same reason is only counted."""
    places, told = outcome.places(), dict[str, int]()
    for verdict in verdicts:
        why = advice(verdict)
        told[why] = told.get(why, 0) + 1
        if full or told[why] == 1:
            _verdict(console, verdict, places.get(verdict.question.origin), outcome.wan.name, why)
    more = sum(told.values()) - len(told)
    if more and not full:
        when = f" when {case} fails" if case else ""
        _say(console, f"    [dim]and {more} more{escape(when)} for the same reasons; --full shows them[/]")


def _verdict(console: Console, verdict: Verdict, place: tuple[int, int] | None, file: str, why: str) -> None:
    where = f"  [dim]{file}:{place[0]}[/]" if place and place[0] else ""
    console.print()
    case = f" {case_of(verdict)}" if verdict.case else ""
    _say(console, f"{MARKS[verdict.answer]} [bold]{escape(verdict.question.key)}[/]{escape(case)}{where}")
    if verdict.cut_off:
        _say(console, f"    [dim]not asked about, as down with it: {', '.join(verdict.cut_off)}[/]")
    for example in verdict.examples[:1]:
        _say(console, f"    {escape(example.why)}")
        for way in (way for way in (example.there, example.back) if way):
            for line in ways.lines(way):
                _say(console, f"      {escape(line)}")
    _say(console, f"    [cyan]to do:[/] {escape(why)}")


def _differences(console: Console, differences: tuple[Difference, ...], full: bool) -> None:
    shown = differences if full else differences[:_SHOWN]
    if differences:
        console.print()
        _say(console, f"[yellow]≠[/] [bold]{len(differences)} differences from what is intended[/]")
    for place, own in groupby(shown, key=lambda each: each.place):
        _say(console, f"    {escape(place)}")
        _rows(console, own)
    if len(differences) > len(shown):
        _say(console, f"    [dim]and {len(differences) - len(shown)} more; --full shows all[/]")


def _rows(console: Console, differences: Iterable[Difference]) -> None:
    for each in differences:
        said = {
            "missing": f"{each.intended}",
            "extra": f"{each.actual}",
            "different": f"{each.intended} -> {each.actual}",
        }[each.kind]
        _say(console, f"      {each.kind:<9} {escape(each.what)}: {escape(said)}  [dim]{escape(each.origin)}[/]")
