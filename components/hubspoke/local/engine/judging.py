"""Runs policy packs over what a program asks for, and over the stack that it would make."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from hubspoke.local.engine.analyzer_types import AnalyzedProvider, AnalyzedResource, PackInfo, Violation
from hubspoke.local.engine.events import EventSink
from hubspoke.local.engine.goal import Goal
from hubspoke.local.engine.progress import Progress
from hubspoke.local.engine.state import State
from hubspoke.local.engine.values import ATOMS, Properties, ResourceRef, Secret, plain
from hubspoke.local.wire import SECRET_SIG, SIG

_INTERNAL = "__internal"


class Analyzes(Protocol):
    """A running policy pack."""

    info: PackInfo

    def analyze(self, resource: AnalyzedResource) -> list[Violation]: ...
    def analyze_all(self, resources: Sequence[AnalyzedResource]) -> Iterator[list[Violation]]: ...
    def remediate(self, resource: AnalyzedResource) -> tuple[Properties | None, list[Violation]]: ...
    def analyze_stack(self, resources: Iterable[AnalyzedResource]) -> list[Violation]: ...
    def close(self) -> None: ...


class PackJudge:
    """With `dry_run` a mandatory violation is noted and the rest is judged too; without, it ends the run.

    A preview has no need to wait for a verdict before it goes on, so its packs judge when the program has ended.
    """

    def __init__(self, packs: Sequence[Analyzes], progress: Progress, events: EventSink, *, dry_run: bool) -> None:
        self._packs, self._progress, self._events, self._dry_run = packs, progress, events, dry_run
        self.violations: list[Violation] = []
        self._open: list[AnalyzedResource] = []
        self._known: dict[State, AnalyzedProvider] = {}

    @property
    def waits(self) -> bool:
        """Whether a registration has to wait for a pack's answer."""
        return bool(self._packs) and (not self._dry_run or any(map(_remediates, self._packs)))

    @property
    def versions(self) -> dict[str, str]:
        return {pack.info.name: pack.info.version for pack in self._packs}

    @property
    def mandatory(self) -> list[Violation]:
        return [each for each in self.violations if each.level == "mandatory"]

    def judge(self, state: State, goal: Goal, provider: State | None) -> bool:
        if not self._packs:
            return True
        for pack in filter(_remediates, self._packs):
            changed, notes = pack.remediate(analyzed(state, goal, self._provider(provider), state.inputs))
            self._note(notes)
            if changed is not None:
                state.inputs = changed
        if self._dry_run:
            self._open.append(analyzed(state, goal, self._provider(provider), state.inputs))
            return True
        before = len(self.mandatory)
        for pack in self._packs:
            self._note(pack.analyze(analyzed(state, goal, self._provider(provider), state.inputs)))
        if len(self.mandatory) == before:
            return True
        self._progress.failed = True
        return False

    def collect(self) -> None:
        """What packs have to say of a preview's resources. To be called when the last has been planned."""
        for answers in zip(*(pack.analyze_all(self._open) for pack in self._packs), strict=True):
            for found in answers:
                self._note(found)
        self._open.clear()
        if self.mandatory:
            self._progress.failed = True

    def judge_stack(self, states: Iterable[State], providers: Mapping[str, State]) -> None:
        if not self._packs:
            return
        goals = self._progress.goals
        resources = [
            analyzed(state, goals.get(state.urn), self._provider(providers.get(state.provider_urn())), state.outputs)
            for state in states
        ]
        before = len(self.mandatory)
        for pack in self._packs:
            self._note(pack.analyze_stack(resources))
        if len(self.mandatory) > before:
            self._progress.failed = True

    def _provider(self, state: State | None) -> AnalyzedProvider | None:
        """A provider is the same for all of its resources: it is there before the first of them."""
        if state is None:
            return None
        if state not in self._known:
            self._known[state] = analyzed_provider(state)
        return self._known[state]

    def _note(self, violations: Iterable[Violation]) -> None:
        for each in violations:
            self.violations.append(each)
            self._events.policy(each.pack, each.pack_version, each.policy, each.level, each.message, each.urn)

    def close(self) -> None:
        for pack in self._packs:
            pack.close()


def _remediates(pack: Analyzes) -> bool:
    return any(policy.level == "remediate" for policy in pack.info.policies)


def analyzed(
    state: State, goal: Goal | None, provider: AnalyzedProvider | None, properties: Properties
) -> AnalyzedResource:
    """A resource as a pack gets it, with the given properties; `goal` is what the program asked for, if it did."""
    return AnalyzedResource(
        urn=state.urn, type=state.type, name=state.name, properties=_judged(properties), id=state.id,
        parent=state.parent, provider=provider, protect=state.protect,
        ignore_changes=tuple(state.ignore_changes),
        delete_before_replace=goal.delete_before_replace if goal else None,
        additional_secret_outputs=tuple(state.additional_secret_outputs), aliases=tuple(state.aliases),
        custom_timeouts=dict(state.custom_timeouts), dependencies=tuple(state.dependencies),
        property_dependencies={key: tuple(found) for key, found in state.property_dependencies.items()},
    )  # fmt: skip


def analyzed_provider(state: State) -> AnalyzedProvider:
    """The same of a provider, with its inputs."""
    return AnalyzedProvider(state.urn, state.type, state.name, _judged(state.inputs))


def _judged(value: Any) -> Any:
    """As a pack gets it: references flattened, what is the engine's own left out, secrets marked."""
    if isinstance(value, dict):
        told = ((key, each) for key, each in value.items() if key != _INTERNAL)
        return {key: each if type(each) in ATOMS else _judged(each) for key, each in told}
    if isinstance(value, list):
        return [_judged(each) for each in value]
    if isinstance(value, Secret):
        return {SIG: SECRET_SIG, "value": _judged(value.value)}
    return plain(value) if isinstance(value, ResourceRef) else value
