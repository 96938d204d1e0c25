"""What is in use changes only as its cloud lets it, and one tunnel of a hub at a time.

A pack sees the wanted state only, so what is recorded is compared with it, by the table in `hubspoke.plan.changes`.
Each resource is judged as it comes, with what came before it: so an `up` stops before the change that is too much.
"""

from collections.abc import Iterator
from functools import cache
from threading import Lock

from hubspoke.plan.changes import (
    TYPES,
    Effect,
    Judge,
    JudgedStep,
    Recorded,
    RecordedState,
    Step,
    changed_paths,
    value_at,
)
from pulumi_policy import Severity

from rules.recorded import recorded_state
from rules.resource import Resource
from rules.rule import About, Finding, Schema, Settings, resource_rule
from rules.values import Unknown

_SETTINGS: Schema = {
    "atOnce": {
        "type": "integer",
        "minimum": 1,
        "default": 1,
        "description": "Tunnels of a hub that a run may interrupt; both tunnels of an Azure link count as one.",
    }
}


class Run:
    """What has been judged so far of one run. Resources may be judged at the same time."""

    def __init__(self, state: RecordedState | Unknown) -> None:
        self._state, self._lock, self._told = state, Lock(), False
        self._steps: dict[str, JudgedStep] = {}

    def findings(self, resource: Resource, at_once: int) -> list[Finding]:
        with self._lock:
            if isinstance(self._state, Unknown):
                told, self._told = self._told, True
                return [] if told else [self._state]  # once is loud enough: the run is stopped
            return list(self._judge(self._state, resource, at_once))

    def _judge(self, state: RecordedState, resource: Resource, at_once: int) -> Iterator[Finding]:
        found = (state.at(urn) for urn in (resource.urn, *resource.aliases))
        recorded = next((each for each in found if each), None)
        if recorded is None:
            return
        judge = Judge(state, at_once)
        judged = judge.step(_step(recorded, resource))
        self._steps[recorded.urn] = judged
        yield from _refusals(judged)
        if judged.effect in (Effect.INTERRUPTS, Effect.REPLACES):
            for hub in sorted({tunnel.hub for tunnel in judged.tunnels}):
                if problem := judge.count(hub, self._steps.values()).problem:
                    yield f"hub {hub}: {problem}; {_remedy(judged)}"


def _step(recorded: Recorded, resource: Resource) -> Step:
    changed = changed_paths(recorded.inputs, resource.properties)
    return Step(recorded.urn, recorded.type, "update", changed, recorded.inputs, resource.properties)


def _refusals(judged: JudgedStep) -> Iterator[Finding]:
    for reason in judged.reasons:
        if reason.effect is Effect.REFUSED:
            new = value_at(judged.step.new, reason.path)
            yield new if isinstance(new, Unknown) else f"{reason.path}: {reason.why}; {reason.remedy}"


def _remedy(judged: JudgedStep) -> str:
    return next(reason.remedy for reason in judged.reasons if reason.effect is judged.effect)


@cache
def _run() -> Run:
    return Run(recorded_state())


def _check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    yield from _run().findings(resource, settings["atOnce"])


POLICY = resource_rule(
    About(
        name="change-while-in-use",
        title="No change that cuts off what is in use",
        description=(
            "Nothing in use is changed in a way its cloud refuses, and no more than one tunnel of a hub is "
            "interrupted at once, because a preview calls both a plain update: the run then ends half-way, or with "
            "a hub cut off."
        ),
        severity=Severity.CRITICAL,
        remedy=(
            "Look at `hubspoke plan --changes`: it says of each step what it does and what to do instead. Change one "
            "tunnel a run, and wait until it is up."
        ),
        url="https://docs.aws.amazon.com/vpn/latest/s2svpn/endpoint-replacements.html",
        tags=("availability", "change", "vpn"),
    ),
    dict.fromkeys(sorted(TYPES), _check),
    _SETTINGS,
    begin=_run,
)
