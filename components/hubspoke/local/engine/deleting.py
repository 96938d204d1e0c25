"""What is to be deleted once the program has registered all that it wants."""

from hubspoke.local.engine import steps as ops
from hubspoke.local.engine.events import EventSink
from hubspoke.local.engine.graph import deletion_order, dependents
from hubspoke.local.engine.progress import Options, Progress, Recorded
from hubspoke.local.engine.registry import Registry
from hubspoke.local.engine.replacing import Replacing
from hubspoke.local.engine.state import State
from hubspoke.local.engine.steps import Step


class Deleting:
    def __init__(
        self, recorded: Recorded, progress: Progress, options: Options, registry: Registry, events: EventSink
    ) -> None:
        self._recorded, self._progress, self._options = recorded, progress, options
        self._registry, self._events = registry, events
        self._replacing = Replacing(recorded, progress, options, registry, events)

    def steps(self) -> tuple[list[Step], list[list[Step]]]:
        """What stays though nothing registered it (untargeted), and the deletions in groups, one after another."""
        allowed = self._allowed()
        kept: list[Step] = []
        found: dict[State, Step] = {}
        for state in self._recorded.resources:
            if allowed is not None and state.urn not in allowed:
                if not state.delete and not self._progress.operated_on(state.urn):
                    kept.append(ops.same(state, state.copy(), untargeted=True))
                continue
            step = self._step(state)
            if step is not None:
                found[state] = step
                if state.provider:
                    self._registry.ensure(state.provider, self._recorded.olds)
        if self._refuse_untargeted(found):
            return [], []
        groups = deletion_order(self._recorded.resources, found.keys())
        return kept, [[found[state] for state in group] for group in groups]

    def _step(self, state: State) -> Step | None:
        if state.delete:
            if state in self._progress.pending_deletes:
                return None
            self._progress.deletes.add(state.urn)
            return ops.deletion(state, replaced=True)
        if self._progress.operated_on(state.urn):
            return None
        self._progress.deletes.add(state.urn)
        if state.pending_replacement:
            return Step(ops.REMOVE_PENDING_REPLACE, state)
        return ops.deletion(state)

    def _allowed(self) -> set[str] | None:
        """The targets, all that depends on them, and all that would have to be replaced with those. None: all."""
        targets = self._options.targets
        if not targets:
            return None
        allowed: set[str] = set()
        for root in [state for state in self._recorded.resources if state.urn in targets]:
            if root.urn in allowed:
                continue
            reached = [root, *dependents(self._recorded.resources, root, allowed.__contains__, children=True)]
            allowed.update(state.urn for state in reached)
            for state in reached:
                allowed.update(each.urn for each, _ in self._replacing.dependents(state))
        return allowed

    def _refuse_untargeted(self, found: dict[State, Step]) -> bool:
        """Whether nothing may be done because something would be deleted that is no target."""
        if not self._options.targets or self._options.target_dependents:
            return False
        beyond = [state.urn for state in found if state.urn not in self._options.targets]
        for urn in beyond:
            self._events.error(
                f"Resource '{urn}' will be destroyed but was not specified in --target list.\n"
                "Either include resource in --target list or pass --target-dependents to proceed.",
                urn,
            )
        if beyond:
            self._progress.failed = True
        return bool(beyond) and not self._options.dry_run
