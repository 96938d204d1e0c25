"""Runs limited to some resources: what is included, and what stays as it is."""

from collections.abc import Iterator

from hubspoke.local.engine import steps as ops
from hubspoke.local.engine.events import EventSink
from hubspoke.local.engine.progress import Bail, Options, Progress, Recorded
from hubspoke.local.engine.state import State
from hubspoke.local.engine.steps import Step
from hubspoke.local.engine.targets import Targets


class Selection:
    def __init__(self, recorded: Recorded, progress: Progress, options: Options, events: EventSink) -> None:
        self._recorded, self._progress, self._options, self._events = recorded, progress, options, events
        self._reached = options.targets.copy()

    def includes(self, state: State) -> bool:
        if not self._options.targets or state.urn in self._options.targets:
            return True
        if not self._options.target_dependents:
            return False
        provider = state.provider_urn()
        return bool(provider and provider in self._reached) or any(
            urn in self._reached for urn in state.all_dependency_urns()
        )

    def reach(self, urn: str, state: State) -> None:
        """What depends on an included resource may be included through it."""
        if self._options.targets and self.includes(state):
            self._reached.add(urn)

    def untouched(self, old: State) -> list[Step]:
        """The resource stays as it is recorded, and so does what it depends on and nothing has come to yet."""
        return list(self._untouched(old))

    def _untouched(self, old: State) -> Iterator[Step]:
        if old.delete:
            return
        self._progress.urns.add(old.urn)
        self._progress.sames.add(old.urn)
        needed = [*([old.provider_urn()] if old.provider else ()), *old.all_dependency_urns()]
        for urn in needed:
            if not self._progress.decided(urn) and not self._progress.operated_on(urn):
                yield from self._untouched(self._needed(old, urn))
        carried = old.copy()
        self._recorded.olds[old.urn] = carried  # should the program come to register it yet
        self._progress.carried.add(old.urn)
        yield ops.same(old, carried, untargeted=True)

    def _needed(self, old: State, urn: str) -> State:
        found = self._recorded.olds.get(urn)
        if found is None:
            self._events.error(f"dependency {urn} of untargeted resource {old.urn} has no old state", old.urn)
            raise Bail
        return found

    def validated(self, steps: list[Step]) -> list[Step]:
        """The steps; an error for one that needs a resource whose creation the targets leave out."""
        if not self._options.targets and not self._options.replace:
            return steps
        for step in steps:
            if step.new is not None and not step.skipped:
                self._refuse_skipped(step, step.new)
        return steps

    def _refuse_skipped(self, step: Step, new: State) -> None:
        provider = [new.provider_urn()] if new.provider else []
        for urn in {*new.all_dependency_urns(), *provider} & self._progress.skipped_creates:
            self._events.error(
                f"Resource '{step.urn}' depends on '{urn}' which was was not specified in --target list.", step.urn
            )
            self._progress.failed = True
            if not self._options.dry_run:
                raise Bail
            self._progress.skipped_creates.discard(urn)

    def check(self, targets: Targets) -> None:
        """Raises `Bail` for a target that is neither recorded nor registered."""
        if self.missing(targets):
            raise Bail

    def missing(self, targets: Targets) -> bool:
        """Whether a target is neither recorded nor registered; each of these is reported."""
        missing = [urn for urn in targets.given if urn not in self._known()]
        for urn in missing:
            hint = "" if "$" in urn else (
                " Did you forget to escape $ in your shell?"
            )  # fmt: skip
            self._events.error(f"Target '{urn}' could not be found in the stack.{hint}")
        return bool(missing)

    def _known(self) -> set[str]:
        return {state.urn for state in self._recorded.resources} | self._progress.urns

    def refreshed(self) -> Iterator[State]:
        """What a refresh looks at: the targets, and their dependents where asked for."""
        reached = self._options.targets.copy()
        for state in self._recorded.resources:
            if reached.allows(state.urn):
                yield state
            elif self._options.target_dependents and any(urn in reached for urn in state.all_dependency_urns()):
                reached.add(state.urn)
                yield state
