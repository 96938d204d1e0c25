"""Doing one step: what is asked of a provider, and what becomes of the states. Raises `Refused`."""

from collections.abc import Callable, Mapping
from contextlib import suppress

from hubspoke.local.engine import steps as ops
from hubspoke.local.engine.events import EventSink
from hubspoke.local.engine.hooks import Hooks
from hubspoke.local.engine.plugins import Plugin, Protected, Refused
from hubspoke.local.engine.progress import Options, Progress, Recorded
from hubspoke.local.engine.registry import Registry
from hubspoke.local.engine.replacing import apply_ignore_changes
from hubspoke.local.engine.state import State, now
from hubspoke.local.engine.steps import Step
from hubspoke.local.engine.values import UNKNOWN

_PROMPTLY = {ops.CREATE, ops.CREATE_REPLACEMENT, ops.UPDATE, ops.REFRESH}


class Applier:
    def __init__(
        self, recorded: Recorded, progress: Progress, options: Options, registry: Registry, events: EventSink,
        hooks: Hooks,
    ) -> None:  # fmt: skip
        self._recorded, self._progress, self._options = recorded, progress, options
        self._registry, self._events, self._hooks = registry, events, hooks
        self._methods: Mapping[str, Callable[[Step], None]] = {
            ops.SAME: self._same, ops.CREATE: self._create, ops.CREATE_REPLACEMENT: self._create,
            ops.UPDATE: self._update, ops.READ: self._read, ops.READ_REPLACEMENT: self._read,
            ops.REFRESH: self._refresh, ops.IMPORT: self._import, ops.IMPORT_REPLACEMENT: self._import,
            **dict.fromkeys(ops.DELETES, self._delete),
        }  # fmt: skip

    def apply(self, step: Step) -> None:
        method = self._methods.get(step.op)
        if method:
            method(step)

    def is_prompt(self, step: Step) -> bool:
        """Whether a cloud is asked to make, change or read something that does it at once."""
        return step.op in _PROMPTLY and bool(getattr(self._found(step.res), "prompt", False))

    def _found(self, state: State) -> Plugin | None:
        """The provider, if there is one: what is wrong with it, the step itself says, which asks for it again."""
        with suppress(Exception):
            return self._registry.ensure(state.provider, self._recorded.olds)
        return None

    def _plugin(self, state: State) -> Plugin:
        if state.is_provider:
            return self._registry
        return self._registry.ensure(state.provider, self._recorded.olds)

    def _same(self, step: Step) -> None:
        old, new = _both(step)
        new.id, new.outputs = old.id, dict(old.outputs)
        if new.is_provider and not step.skipped and not step.untargeted:
            # With the inputs as recorded: those of a provider that calls a change no difference stay what they were.
            self._registry.same(new.copy(inputs=old.inputs), checked=True)

    def _create(self, step: Step) -> None:
        new = step.new
        assert new
        self._hooks.run("BeforeCreate", new, new_inputs=new.inputs)
        try:
            self._make(new)
        except Refused as refusal:
            if refusal.partial is None:
                raise
            new.id, new.outputs, new.init_errors = refusal.partial.id, refusal.partial.outputs, [str(refusal)]
            _stamp(new, step)
            raise
        _stamp(new, step)
        if new.custom:
            self._hooks.run("AfterCreate", new, new_inputs=new.inputs, new_outputs=new.outputs)

    def _make(self, new: State) -> None:
        if not new.custom:
            return
        timeout = new.custom_timeouts.get("create", 0.0)
        made = self._plugin(new).create(new.urn, new.inputs, timeout, preview=self._options.dry_run)
        if not made.id and not self._options.dry_run:
            raise Refused("provider did not return an ID from Create")
        new.id, new.outputs = made.id, made.outputs

    def _update(self, step: Step) -> None:
        old, new = _both(step)
        new.id, new.created, new.modified = old.id, old.created, old.modified
        self._hooks.run(
            "BeforeUpdate", new, old=old, new_inputs=new.inputs, old_inputs=old.inputs, old_outputs=old.outputs
        )
        if not new.custom:
            return
        try:
            new.outputs = self._plugin(new).update(
                new.urn, old.id, old.inputs, old.outputs, new.inputs, new.custom_timeouts.get("update", 0.0),
                step.ignore_changes, preview=self._options.dry_run,
            )  # fmt: skip
        except Refused as refusal:
            if refusal.partial:
                # What exists was not made with the new inputs, whatever its outputs are by now.
                new.outputs, new.init_errors, new.inputs = refusal.partial.outputs, [str(refusal)], dict(old.inputs)
                new.modified = now()
            raise
        new.modified = now()
        self._hooks.run(
            "AfterUpdate", new, old=old, new_inputs=new.inputs, old_inputs=old.inputs, new_outputs=new.outputs,
            old_outputs=old.outputs,
        )  # fmt: skip

    def _delete(self, step: Step) -> None:
        old = step.old
        assert old
        self._hooks.run("BeforeDelete", old, deleting=True, old_inputs=old.inputs, old_outputs=old.outputs)
        if old.protect and step.op in (ops.DELETE, ops.DISCARD):
            raise Protected(
                f'resource "{old.urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, either '
                "remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`, or use the "
                f"command:\n`pulumi state unprotect '{old.urn}'`"
            )
        if self._must_delete(old):
            timeout = old.custom_timeouts.get("delete", 0.0)
            self._plugin(old).delete(old.urn, old.id, old.inputs, old.outputs, timeout)
        if step.pending_replacement:
            # Only now: a deletion that failed has to be tried again.
            old.pending_replacement = True
        self._hooks.run("AfterDelete", old, deleting=True, old_inputs=old.inputs, old_outputs=old.outputs)

    def _must_delete(self, old: State) -> bool:
        kept = self._options.dry_run or old.external or old.retain_on_delete or not old.custom
        return not kept and old.deleted_with not in self._progress.deletes

    def _read(self, step: Step) -> None:
        new = step.new
        assert new
        if new.id != UNKNOWN:
            found = self._plugin(new).read(new.urn, new.id, new.inputs, new.inputs)
            if found is None:
                raise Refused(f"resource '{new.id}' does not exist")
            new.id, new.outputs = found.id or new.id, found.outputs
        if step.op == ops.READ_REPLACEMENT and step.old:
            step.old.delete = True
        if step.old:
            _carry_times(step.old, new)

    def _refresh(self, step: Step) -> None:
        old = step.old
        assert old
        if not old.custom or old.is_provider or old.pending_replacement:
            return
        plugin = self._plugin(old)
        found = plugin.read(old.urn, old.id, old.inputs, old.outputs)
        if found is None or not found.id:
            step.gone = True
            return
        new = old.copy(id=found.id, inputs=found.inputs or old.inputs, outputs=found.outputs, init_errors=[])
        _carry_times(old, new)
        step.new = new
        if old.external:
            return
        # What an update would have to do to bring it back, turned round: what has happened to it.
        difference = plugin.diff(old.urn, new.id, new.inputs, new.outputs, old.inputs, old.ignore_changes).inverted()
        step.diffs, step.detailed = difference.changed, difference.detailed or {}
        step.keys = difference.replaces

    def _import(self, step: Step) -> None:
        new = step.new
        assert new
        found = self._plugin(new).read(new.urn, new.import_id, None, None)
        if found is None:
            raise Refused(f"resource '{new.import_id}' does not exist")
        new.id, new.inputs, new.outputs = found.id or new.import_id, found.inputs, found.outputs
        new.created = new.modified = now()
        new.inputs = apply_ignore_changes(new.inputs, found.inputs, step.ignore_changes, new.urn, self._events)
        if step.original:
            step.original.delete = True


def _both(step: Step) -> tuple[State, State]:
    assert step.old
    assert step.new
    return step.old, step.new


def _stamp(new: State, step: Step) -> None:
    new.created = new.modified = now()
    if step.pending_delete and step.old:
        step.old.delete = True


def _carry_times(old: State, new: State) -> None:
    changed = old.inputs != new.inputs or old.outputs != new.outputs
    new.created, new.modified = old.created, now() if changed else old.modified


def refresh_result(step: Step) -> str:
    """What a refresh found to have been done to the resource: nothing (same), an update, or its deletion."""
    if step.gone:
        return ops.DELETE
    old, new = _both(step)
    if new is old:
        return ops.SAME
    changed = old.outputs != new.outputs if old.external else bool(step.detailed or step.keys)
    return ops.UPDATE if changed else ops.SAME
