"""The WAN that a stack is part of: its planned resources, judged within the Plan of all other stacks.

hubspoke is imported when it is first needed: a pack starts without it, and rules that are switched off never load it.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rules.resource import Resource, Stack
from rules.rule import Finding, Schema, Settings
from rules.values import Unknown

if TYPE_CHECKING:
    from hubspoke.network.judge import Judgement
    from hubspoke.network.questions import Example, Verdict
    from hubspoke.plan.model import Plan

WAN_SETTINGS: Schema = {
    "wan": {
        "type": "string",
        "default": "stacks/wan.yaml",
        "description": (
            "The intent, beside its .lock; relative to the folder of the project's Pulumi.yaml, at or above "
            "where Pulumi runs or the pack is. Empty in a program that has no intent: the policy then says nothing."
        ),
    }
}
_ROOT = "pulumi:pulumi:Stack"
_Finding = Iterator[tuple[Resource, Finding]]
Said = tuple[str, Finding]  # the URN of what it is about, "" for the stack, and what is found


def judged(find: "Callable[[Judgement, Settings], Iterator[Said]]") -> Callable[[Stack, Settings], _Finding]:
    """A check from what finds, in a judged network, pairs of the URN it is about and a message."""

    def check(stack: Stack, settings: Settings) -> _Finding:
        if settings["wan"] and stack.resources:
            judgement = judgement_of(stack, settings["wan"])
            if isinstance(judgement, str):
                yield _at(stack, ""), Unknown("the network", f"cannot be judged: {judgement}")
                return
            yield from ((_at(stack, urn), message) for urn, message in _said(find(judgement, settings)))

    return check


def _said(found: Iterator[Said]) -> Iterator[Said]:
    from hubspoke.network import Oscillation

    try:
        yield from found
    except Oscillation as error:  # nothing is settled until it is asked about
        yield "", Unknown("the network", f"cannot be judged: {error}")


def _at(stack: Stack, urn: str) -> Resource:
    """The resource; where it is not of this stack, the stack itself."""
    found = {each.urn: each for each in stack.resources}
    root = next((each for each in stack.resources if each.type == _ROOT), stack.resources[0])
    return found.get(urn.split("#")[0], root)


def about(verdict: "Verdict") -> Said:
    """The resource at fault, and what does not hold: the packet that shows it, and what to do."""
    from hubspoke.network.advice import advice, culprits

    urn = next((origin for origin in culprits(verdict) if origin.startswith("urn:")), "")
    case = f" when {verdict.case} fails" if verdict.case else ""
    told = "\n".join([*(line for each in verdict.examples[:1] for line in _lines(each)), f"to do: {advice(verdict)}"])
    if verdict.answer == "unknown":
        return urn, Unknown(f"{verdict.question.key}{case}", f"can be neither proven nor refuted\n{told}")
    return urn, f"{verdict.question.key} does not hold{case}\n{told}"


def _lines(example: "Example") -> Iterator[str]:
    from hubspoke.network import ways

    yield example.why
    for way in (way for way in (example.there, example.back) if way):
        yield from ways.lines(way)


# The network of a stack

_last: list[tuple[Stack, str, "Judgement | str"]] = []  # of the rules on one stack, the first works it out


def judgement_of(stack: Stack, wan: str) -> "Judgement | str":
    """The network with this stack in it, or why there is none."""
    if not any(_same(last, stack) and at == wan for last, at, _ in _last):
        _last[:] = [(stack, wan, _judge(stack, wan))]
    return _last[0][2]


def _same(one: Stack, other: Stack) -> bool:
    return one is other or one.key == other.key


def _judge(stack: Stack, wan: str) -> "Judgement | str":
    from hubspoke.collecting import uncollected

    with uncollected():
        return _judged(stack, wan)


def _judged(stack: Stack, wan: str) -> "Judgement | str":
    place, project = stack.resources[0].urn.split("::")[:2]
    name = place.rsplit(":", 1)[-1]
    found = _intent(wan, project)
    if found is None:
        return f"there is no {wan} in the project {project}: give its path in the setting wan, or set it empty"
    plan = _plan(found)
    if isinstance(plan, str):
        return plan
    if name not in {account.key for account in plan.accounts}:
        return f"{found} has no account {name}: a stack of the WAN is called as its account"
    return _network(stack, plan, name)


def _network(stack: Stack, plan: "Plan", name: str) -> "Judgement":
    """From the proofs of the plan, which most of the network is as: it is proven once, and what differs again."""
    from hubspoke.network.convert import changed
    from hubspoke.network.judge import Judgement
    from hubspoke.network.kept import shared
    from hubspoke.network.told import as_told

    kept = shared(plan)
    network = changed(as_told(_snapshot(stack), plan), kept.made.without([name]))
    return Judgement(plan, network, kept=kept, stacks=[name])


def _snapshot(stack: Stack) -> Any:
    from hubspoke.network import Resource as Found
    from hubspoke.network import Snapshot
    from hubspoke.network.snapshot import NOT_KNOWN

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(each) for key, each in value.items()}
        if isinstance(value, list):
            return [plain(each) for each in value]
        return NOT_KNOWN if isinstance(value, Unknown) else value

    def one(resource: Resource) -> Found:
        id_, depends = resource.get("id"), resource.dependencies
        known = id_ if isinstance(id_, str) else ""
        return Found(resource.urn, resource.type, known, {}, plain(resource.properties), depends, resource.parent)

    return Snapshot(tuple(one(each) for each in stack.resources))


# The intent


def _plan(wan: Path) -> "Plan | str":
    from hubspoke.intent import IntentError
    from hubspoke.plan.handed import OFFICE

    try:
        return OFFICE.plan(wan, wan.with_suffix(".lock"))
    except IntentError as error:
        return str(error)


def _intent(wan: str, project: str) -> Path | None:
    """The file, in the project's folder or by an absolute path."""
    roots = (root for start in (Path.cwd(), Path(__file__).resolve().parents[1]) for root in [start, *start.parents])
    found = (root / wan for root in roots if _is_project(root / "Pulumi.yaml", project))
    places = [Path(wan)] if Path(wan).is_absolute() else list(found)
    return next((path for path in places if path.is_file()), None)


def _is_project(file: Path, name: str) -> bool:
    return file.is_file() and bool(re.search(rf"^name:\s*['\"]?{re.escape(name)}['\"]?\s*$", file.read_text(), re.M))
