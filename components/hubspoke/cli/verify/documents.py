"""A verification for machines and for pull requests: JSON, SARIF 2.1.0 and Markdown."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from hubspoke.cli.verify.outcome import KINDS, Outcome, case_of, kind_of
from hubspoke.network import ways
from hubspoke.network.advice import advice, culprits
from hubspoke.network.questions import Answer, Example, Verdict

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ORDER: tuple[Answer, ...] = ("proven", "refuted", "unknown")


def to_json(outcome: Outcome) -> dict[str, Any]:
    """All of it, as plain values."""
    return {
        "of": str(outcome.of),
        "stacks": list(outcome.judged),
        "answer": outcome.answer,
        "verdicts": [_verdict(verdict) for verdict in outcome.verdicts],
        "differences": [asdict(each) for each in outcome.differences],
        "findings": [asdict(each) for each in outcome.findings],
        "accepted": [str(each) for each in outcome.accepted],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "question": verdict.question.key,
        "kind": kind_of(verdict),
        "origin": verdict.question.origin,
        "case": verdict.case,
        "answer": verdict.answer,
        "failing": verdict.failing,
        "cut_off": list(verdict.cut_off),
        "to_do": advice(verdict),
        "resources": [origin for origin in culprits(verdict) if origin.startswith("urn:")],
        "examples": [_example(example) for example in verdict.examples],
        "findings": [asdict(each) for each in verdict.findings],
    }


def _example(example: Example) -> dict[str, Any]:
    found = {"there": example.there, "back": example.back}
    return {"why": example.why} | {name: ways.plain(way) for name, way in found.items() if way}


def to_sarif(outcome: Outcome, uri: str) -> dict[str, Any]:
    """What is not proven, each at its line of the intent; `uri` is the intent's path in the repository."""
    places = outcome.places()
    results = [_result(v, uri, places.get(v.question.origin, (1, 1))) for v in outcome.failing]
    results += [_note("as-intended", text, uri) for text in _differences(outcome)]
    results += [_note("accepted", f"{each}: its failure may cut {each.who} off", uri) for each in outcome.accepted]
    kinds = [*KINDS.values(), "as intended", "accepted"]
    rules = [{"id": _id(kind), "shortDescription": {"text": kind}} for kind in kinds]
    driver = {"name": "hubspoke verify", "rules": rules}
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _id(kind: str) -> str:
    return kind.replace(" ", "-")


def _result(verdict: Verdict, uri: str, place: tuple[int, int]) -> dict[str, Any]:
    said = [f"{verdict.question.key} is {verdict.answer} {case_of(verdict)}".strip()]
    said += [line for example in verdict.examples[:1] for line in _lines(example)]
    level = "warning" if verdict.case else "error"
    text = "\n".join([*said, f"To do: {advice(verdict)}"])
    return _sarif(_id(kind_of(verdict)), level, text, uri, place, f"{verdict.question.key}/{verdict.case}")


def _note(rule: str, text: str, uri: str) -> dict[str, Any]:
    return _sarif(rule, "note", text, uri, (1, 1), text)


def _sarif(rule: str, level: str, text: str, uri: str, place: tuple[int, int], key: str) -> dict[str, Any]:
    region = {"startLine": max(place[0], 1), "startColumn": max(place[1], 1)}
    return {
        "ruleId": rule,
        "level": level,
        "message": {"text": text},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}],
        "partialFingerprints": {"hubspoke/v1": key},
    }


def _differences(outcome: Outcome) -> Iterator[str]:
    for each in outcome.differences:
        change = f"{each.intended or 'nothing'} is meant, {each.actual or 'nothing'} is there"
        yield f"{each.kind} in {each.place}: {each.what}: {change} ({each.origin})"


def _lines(example: Example) -> Iterator[str]:
    yield example.why
    for way in (way for way in (example.there, example.back) if way):
        yield from ways.lines(way)


def to_markdown(outcome: Outcome) -> str:
    """A summary for a pull request."""
    marks = {"proven": "✅", "refuted": "❌", "unknown": "❓"}
    lines = [f"### {marks[outcome.answer]} The network ({outcome.of}) is {outcome.answer}", ""]
    lines += ["| | proven | refuted | unknown |", "|---|---|---|---|"]
    for title, own in _groups(outcome):
        answers = Counter(verdict.answer for verdict in own)
        lines.append(f"| {title} | {' | '.join(str(answers[answer]) for answer in _ORDER)} |")
    lines += [f"\nAccepted: `{accepted}`." for accepted in outcome.accepted]
    for verdict in outcome.failing:
        lines += _details(verdict)
    if outcome.differences:
        lines += ["", f"<details><summary>{len(outcome.differences)} differences from intent</summary>", ""]
        lines += [*(f"- {text}" for text in _differences(outcome)), "", "</details>"]
    return "\n".join(lines) + "\n"


def _groups(outcome: Outcome) -> Iterator[tuple[str, list[Verdict]]]:
    for kind in KINDS.values():
        if own := [v for v in outcome.verdicts if not v.case and kind_of(v) == kind]:
            yield kind, own
    if own := [v for v in outcome.verdicts if v.case]:
        yield f"with each of {len({v.case for v in own})} things failed", own


def _details(verdict: Verdict) -> list[str]:
    title = f"{verdict.question.key} {case_of(verdict)}".strip()
    shown = [line for example in verdict.examples[:1] for line in _lines(example)]
    code = ["```", *shown, "```", ""] if shown else []
    head = f"<details><summary>{verdict.answer}: {title}</summary>"
    return ["", head, "", *code, f"To do: {advice(verdict)}", "", "</details>"]
