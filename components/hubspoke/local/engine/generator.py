"""Decides, for each resource that a program registers, what has to be done. One caller at a time."""

import os
from dataclasses import dataclass, replace
from typing import Protocol

from hubspoke.local.engine import steps as ops
from hubspoke.local.engine import urns
from hubspoke.local.engine.events import EventSink
from hubspoke.local.engine.goal import Goal, ReadGoal
from hubspoke.local.engine.naming import Names
from hubspoke.local.engine.plugins import Checked, Difference, DiffUnavailable, Plugin
from hubspoke.local.engine.progress import Bail, Options, Progress, Recorded
from hubspoke.local.engine.registry import Registry, diff_config
from hubspoke.local.engine.replacing import Replacing, apply_ignore_changes, apply_replace_on_changes
from hubspoke.local.engine.selection import Selection
from hubspoke.local.engine.state import State
from hubspoke.local.engine.states import looked_up, planned
from hubspoke.local.engine.steps import Step
from hubspoke.local.engine.values import Properties, adopt, has_unknowns, shown


class Judge(Protocol):
    """Runs policies over a resource before it is touched; may change its inputs. False where it must not go on."""

    def judge(self, state: State, goal: Goal, provider: State | None) -> bool: ...


@dataclass
class Chain:
    """Steps to be done in order. An import is looked at again once it has been read."""

    steps: list[Step]
    then: "Registration | None" = None


@dataclass
class Registration:
    """A registration on its way: what is asked for, what is recorded, what is to be."""

    goal: Goal
    urn: str
    old: State | None
    new: State
    plugin: Plugin | None
    valid: bool
    seed: bytes
    imported: bool = False


class Generator:
    def __init__(
        self, names: Names, recorded: Recorded, progress: Progress, options: Options, registry: Registry,
        events: EventSink, judge: Judge,
    ) -> None:  # fmt: skip
        self._names, self._recorded, self._progress, self._options = names, recorded, progress, options
        self._registry, self._events, self._judge = registry, events, judge
        self._replacing = Replacing(recorded, progress, options, registry, events)
        self.selection = Selection(recorded, progress, options, events)

    def read(self, goal: ReadGoal) -> Chain:
        """A resource that the program looks up; what was managed under its URN is given up."""
        urn = self._names.claim(goal.parent, goal.type, goal.name)
        old, alias, _ = self._names.recorded(urn, goal.name, goal.type, goal.parent)
        if not goal.id:
            self._events.error(f"Expected an ID for {urn}", urn)
            raise Bail
        new = looked_up(goal, urn, alias)
        if old is not None and not old.external and old.id != goal.id:
            self._progress.replaces.add(urn)
            _, logical = ops.replacement(old, new, Difference(changes=True), pending_delete=True)
            return Chain([Step(ops.READ_REPLACEMENT, old, new), logical])
        self._progress.reads.add(urn)
        return Chain([Step(ops.READ, old, new)])

    def register(self, goal: Goal) -> Chain:
        """Raises `Bail` where the resource cannot be; `Refused` where its provider could not be asked."""
        urn = self._names.claim(goal.parent, goal.type, goal.name)
        old, alias, valid = self._names.recorded(urn, goal.name, goal.type, goal.parent, goal.aliases)
        if alias and urns.is_provider_type(goal.type):
            self._registry.alias(urn, alias)
        self._progress.goals[urn] = goal
        new = planned(goal, urn, alias, old)
        if new.is_provider:
            self._progress.providers.update(dict.fromkeys((urn, *new.aliases), new))
        plugin = self._replacing.plugin(urn, goal.custom, goal.provider, goal.type)
        registration = Registration(goal, urn, old, new, plugin, valid, os.urandom(32))
        return self._import(registration) if _is_import(goal, old) else Chain(self._checked(registration))

    def _import(self, found: Registration) -> Chain:
        self._progress.imports.add(found.urn)
        new = found.new.copy()  # the one that is read; found.new stays what the program asks for
        then = replace(found, imported=True)
        ignored = found.goal.ignore_changes
        if found.old is None or found.urn in self._progress.deletes:
            return Chain([Step(ops.IMPORT, None, new, ignore_changes=ignored)], then)
        step = Step(ops.IMPORT_REPLACEMENT, None, new, ignore_changes=ignored, original=found.old)
        _, logical = ops.replacement(found.old, new, Difference(changes=True), pending_delete=True)
        return Chain([step, logical], then)

    def after_import(self, found: Registration, read: State) -> list[Step]:
        """What is still to be done to bring what was read to what was asked for; nothing, where it is the same."""
        found.old = read
        found.new.created, found.new.modified = read.created, read.modified
        return self._checked(found)

    def _checked(self, found: Registration) -> list[Step]:
        new, old = found.new, found.old
        fresh = self._is_fresh(found)
        inputs = new.inputs
        if old is not None:
            inputs = apply_ignore_changes(inputs, old.inputs, found.goal.ignore_changes, found.urn, self._events)
        included = self._included(found)
        if found.plugin is not None:
            new.inputs = self._check(found, inputs, fresh=fresh, included=included)
        self._events.masker.learn_from(new.inputs)
        if old is not None:
            adopt(new.inputs, old.inputs)
        if not self._judge.judge(new, found.goal, self._provider_state(new)):
            found.valid = False
        if not found.valid:
            raise Bail
        pending = self._replacing.take_pending()
        return self.selection.validated([*pending, *self._decide(found, included=included)])

    def _is_fresh(self, found: Registration) -> bool:
        """Whether the recorded inputs say nothing about the new ones."""
        old = found.old
        return (
            old is None or old.external or found.urn in self._progress.deletes
            or self._replacing.targeted(found.urn, old)
        )  # fmt: skip

    def _included(self, found: Registration) -> bool:
        # Providers and the stack are always included: without them nothing else can be done.
        if found.new.is_provider or found.goal.type == urns.STACK_TYPE:
            return True
        included = self.selection.includes(found.new)
        if included:
            self.selection.reach(found.urn, found.new)
        return included

    def _check(self, found: Registration, inputs: Properties, *, fresh: bool, included: bool) -> Properties:
        assert found.plugin is not None
        if not included:
            return found.old.inputs if found.old is not None else found.goal.properties
        news = found.goal.properties if fresh else inputs
        olds = None if fresh or found.old is None else found.old.inputs
        checked = found.plugin.check(found.urn, olds, news, found.seed)
        self._report_failures(found, checked)
        return checked.inputs

    def _report_failures(self, found: Registration, checked: Checked) -> None:
        kind, name = found.goal.type, found.goal.name
        for failure in checked.failures:
            found.valid = False
            if failure.property:
                value = shown(found.goal.properties.get(failure.property.split(".")[0].split("[")[0]))
                message = f"{kind} resource '{name}': property {failure.property} value {value} has a problem"
            else:
                message = f"{kind} resource '{name}' has a problem"
            self._events.error(f"{message}: {failure.reason}", found.urn)

    def _decide(self, found: Registration, *, included: bool) -> list[Step]:
        urn, old, new = found.urn, found.old, found.new
        if old is not None and urn in self._progress.deletes:
            return self._recreate(found, old)
        if old is not None and old.external:
            self._progress.creates.add(urn)
            return list(ops.replacement(old, new, Difference(changes=True), pending_delete=True))
        if old is not None:
            return self._changed(found, old) if included else self.selection.untouched(old)
        if not included:
            self._progress.sames.add(urn)
            self._progress.skipped_creates.add(urn)
            return [ops.skipped_create(new)]
        self._progress.creates.add(urn)
        return [Step(ops.CREATE, None, new)]

    def _recreate(self, found: Registration, old: State) -> list[Step]:
        """It was deleted earlier in this run, because something that it depends on had to be deleted first."""
        self._progress.deletes.discard(found.urn)
        self._progress.replaces.add(found.urn)
        keys = tuple(self._progress.dependent_keys.get(found.urn, ()))
        create, logical = ops.replacement(old, found.new, Difference(changes=True, replaces=keys), pending_delete=False)
        logical.keys = ()
        return [logical, create]

    def _changed(self, found: Registration, old: State) -> list[Step]:
        triggered = self._trigger(found, old)
        difference = Difference(changes=True) if triggered else self._diff(found, old)
        difference = apply_replace_on_changes(difference, found.goal.replace_on_changes, bool(old.init_errors))
        if (difference.changes and (difference.is_replacement or triggered)) or old.pending_replacement:
            return self._replace(found, old, difference)
        if difference.changes or old.init_errors:
            self._progress.updates.add(found.urn)
            ignored = found.goal.ignore_changes
            return [
                Step(
                    ops.UPDATE, old, found.new, diffs=difference.changed, detailed=difference.detailed,
                    ignore_changes=ignored,
                )
            ]  # fmt: skip
        if found.imported:
            return []
        self._progress.sames.add(found.urn)
        return [ops.same(old, found.new)]

    def _trigger(self, found: Registration, old: State) -> bool:
        new, before = found.new.replacement_trigger, old.replacement_trigger
        if has_unknowns(new) and not self._options.dry_run:
            self._events.error(f"replacement trigger contains unknowns for {found.urn}", found.urn)
            raise Bail
        if has_unknowns(new) or has_unknowns(before):
            return True
        return new is not None and before is not None and new != before

    def _diff(self, found: Registration, old: State) -> Difference:
        forced = self._replacing.forced(found.urn, old, found.new)
        if forced is not None:
            return forced
        if self._provider_changed(old, found.new):
            return Difference(changes=True, replaces=("provider",))
        if found.plugin is None:
            return Difference(changes=old.inputs != found.new.inputs)
        try:
            return found.plugin.diff(
                found.urn, old.id, old.inputs, old.outputs, found.new.inputs, found.goal.ignore_changes
            )
        except DiffUnavailable as reason:
            self._events.warning(str(reason), found.urn)
            return Difference(changes=True)

    def _provider_changed(self, old: State, new: State) -> bool:
        """Whether another provider manages the resource now, one that cannot go on with what there is."""
        if old.provider == new.provider:
            return False
        if not old.provider or not new.provider:
            return True
        before, after = old.provider_urn(), new.provider_urn()
        if self._progress.aliased.get(before) == after:
            return False
        plugin = self._registry.get(new.provider)
        old_state, new_state = self._recorded.olds.get(before), self._progress.providers.get(after)
        assert plugin is not None
        assert old_state is not None
        assert new_state is not None
        return bool(diff_config(plugin, old_state.inputs, new_state.inputs).is_replacement)

    def _replace(self, found: Registration, old: State, difference: Difference) -> list[Step]:
        goal = found.goal
        self._replacing.refuse_protected(found.urn, old, found.new)
        if goal.import_id:
            self._replacing.refuse_imported(found.urn, old, found.new, difference)
        self._progress.replaces.add(found.urn)
        if found.plugin is not None and not self._replacing.targeted(found.urn, old):
            # The defaults that were kept from the old resource are not those of a new one.
            checked = found.plugin.check(found.urn, None, goal.properties, found.seed)
            self._report_failures(found, checked)
            if not found.valid:
                raise Bail
            found.new.inputs = checked.inputs
        first = difference.delete_before_replace if goal.delete_before_replace is None else goal.delete_before_replace
        if first:
            return self._replacing.delete_first(found.urn, old, found.new, difference)
        return list(ops.replacement(old, found.new, difference, pending_delete=True))

    def _provider_state(self, state: State) -> State | None:
        urn = state.provider_urn()
        return self._progress.providers.get(urn) or self._recorded.olds.get(urn)


def _is_import(goal: Goal, old: State | None) -> bool:
    if not goal.custom or not goal.import_id:
        return False
    return old is None or old.external or (old.import_id or old.id) != goal.import_id
