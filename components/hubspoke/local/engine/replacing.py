"""What a replacement entails: what forces it, what forbids it, and what must go before it."""

from collections.abc import Sequence

from hubspoke.local.engine import paths, urns
from hubspoke.local.engine import steps as ops
from hubspoke.local.engine.events import EventSink
from hubspoke.local.engine.goal import DENIED, Denied
from hubspoke.local.engine.graph import dependents
from hubspoke.local.engine.plugins import Difference, DiffUnavailable, Plugin
from hubspoke.local.engine.progress import Bail, Options, Progress, Recorded
from hubspoke.local.engine.registry import Registry
from hubspoke.local.engine.state import State
from hubspoke.local.engine.steps import Step
from hubspoke.local.engine.values import UNKNOWN, Properties, copied, shown

_INIT_ERROR = "#initerror"
_TO_REPLACE = {"add": "add-replace", "delete": "delete-replace", "update": "update-replace"}


def apply_ignore_changes(
    inputs: Properties, old_inputs: Properties, ignored: Sequence[str], urn: str, events: EventSink
) -> Properties:
    """The inputs with the ignored properties as they are recorded."""
    if not ignored:
        return inputs
    own: Properties = copied(inputs)
    failed = [path for path in ignored if not _reset(path, copied(old_inputs), own)]
    if failed:
        shown = ", ".join(failed)
        events.info(f'cannot ignore changes in added or removed elements of the path: "{shown}"', urn)
    return own


def _reset(path: str, old: Properties, new: Properties) -> bool:
    try:
        parsed = paths.parse(path)
    except ValueError:
        return True  # as Pulumi does: what names nothing ignores nothing
    return bool(parsed) and paths.reset(parsed, old, new)


def apply_replace_on_changes(found: Difference, paths_given: Sequence[str], init_errors: bool) -> Difference:
    """The difference, with a replacement wherever it touches one of the paths."""
    if not paths_given or not (found.changes or init_errors):
        return found
    wanted = [paths.parse(path) for path in paths_given]

    def hit(path: str) -> bool:
        parsed = paths.parse(path)
        return any(paths.contains(each, parsed) for each in wanted)

    detailed = {
        path: _TO_REPLACE.get(kind, kind) if hit(path) else kind for path, kind in (found.detailed or {}).items()
    }
    keys = dict.fromkeys([*found.replaces, *(key for key in found.changed if hit(key))])
    if init_errors and hit(_INIT_ERROR):
        keys[_INIT_ERROR] = None
        detailed[_INIT_ERROR] = "update-replace"
    changes = found.changes or _INIT_ERROR in keys
    known = None if found.detailed is None else detailed
    return Difference(changes, tuple(keys), found.changed, known, found.delete_before_replace)


class Replacing:
    def __init__(
        self, recorded: Recorded, progress: Progress, options: Options, registry: Registry, events: EventSink
    ) -> None:
        self._recorded, self._progress, self._options = recorded, progress, options
        self._registry, self._events = registry, events
        self._pending: list[Step] = []
        self._pending_urns: set[str] = set()

    def plugin(self, urn: str, custom: bool, provider: str, type_: str) -> Plugin | None:
        """Who manages such a resource; nobody manages a component. Raises `Bail` for an unknown provider."""
        if not custom:
            return None
        if urns.is_provider_type(type_):
            return self._registry
        if provider.startswith(DENIED):
            self._events.error(str(Denied(provider.removeprefix(DENIED), urn)), urn)
            raise Bail
        plugin = self._registry.get(provider)
        if plugin is not None:
            return plugin
        provider_urn, id_ = urns.split_ref(provider)
        old = self._recorded.olds.get(provider_urn)
        if old is None or old.id != id_:
            self._events.error(f"unknown provider '{provider}' for resource '{urn}'", urn)
            raise Bail
        if old.urn not in self._pending_urns:
            self._pending_urns.add(old.urn)
            self._pending.append(ops.same(old, old.copy(), untargeted=True))
        return self._registry.ensure(provider, self._recorded.olds)

    def take_pending(self) -> list[Step]:
        """Providers that are only recorded, and must come before what uses them."""
        taken, self._pending = self._pending, []
        return taken

    def targeted(self, urn: str, old: State | None) -> bool:
        return (bool(self._options.replace) and urn in self._options.replace) or (old is not None and old.taint)

    def forced(self, urn: str, old: State, new: State) -> Difference | None:
        """A replacement for another reason than a difference of properties."""
        if self.targeted(urn, old):
            return Difference(changes=True, replaces=("id",))
        if any(each in self._progress.replaces for each in new.replace_with):
            return Difference(changes=True, replaces=("replaceWith",))
        if new.deleted_with and new.deleted_with in self._progress.replaces:
            return Difference(changes=True, replaces=("deletedWith",))
        return None

    def refuse_protected(self, urn: str, old: State, new: State) -> None:
        if not (old.protect and new.protect):
            return
        self._events.error(
            f'unable to replace resource "{urn}"\nas it is currently marked for protection. To unprotect the '
            "resource, remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`",
            urn,
        )
        self._progress.failed = True
        if not self._options.dry_run:
            raise Bail

    def refuse_imported(self, urn: str, old: State, new: State, difference: Difference) -> None:
        changes = [
            f"{key}: {shown(old.inputs.get(key))} => {shown(new.inputs.get(key))}" for key in difference.replaces
        ]
        message = (
            "previously-imported resources that still specify an ID may not be replaced; please remove the `import` "
            "declaration from your program;\n" + "\n".join(changes)
        )
        if self._options.dry_run:
            self._events.warning(message, urn)
            return
        self._events.error(message, urn)
        raise Bail

    def delete_first(self, urn: str, old: State, new: State, difference: Difference) -> list[Step]:
        """A replacement that deletes before it creates, and before that all that would have to be replaced with it."""
        found: list[Step] = []
        for state, keys in reversed([*self.dependents(old), *self._cascades(urn)]):
            if state in self._progress.pending_deletes:
                continue
            self._progress.dependent_keys[state.urn] = keys
            found.append(self._delete_dependent(urn, state))
            self._progress.deletes.add(state.urn)
            self._progress.pending_deletes.add(state)
        if old.provider:
            self._registry.ensure(old.provider, self._recorded.olds)
        if not old.pending_replacement:
            self._progress.deletes.add(old.urn)
            found.append(ops.deletion(old, replaced=True, pending_replacement=True))
        create, logical = ops.replacement(old, new, difference, pending_delete=False)
        return [*found, logical, create]

    def _delete_dependent(self, urn: str, state: State) -> Step:
        if state.delete:
            return ops.deletion(state)
        if state.protect:
            self._events.error(
                f'unable to replace resource "{state.urn}" as part of replacing "{urn}" as it is currently marked '
                "for protection. To unprotect the resource, remove the `protect` flag from the resource in your "
                f"Pulumi program and run `pulumi up`, or use the command:\n`pulumi state unprotect '{state.urn}'`",
                urn,
            )
            self._progress.failed = True
            raise Bail
        return ops.deletion(state, replaced=True, pending_replacement=True)

    def dependents(self, root: State) -> list[tuple[State, Sequence[str]]]:
        """The recorded resources that a replacement of `root` replaces too, in order, and the properties that do it.

        Whether one is replaced is asked of its provider, with unknowns for what comes from a replaced resource.
        """
        progress = self._progress
        decided = progress.reads | progress.creates | progress.sames | progress.updates
        decided |= progress.deletes | progress.replaces
        found: list[tuple[State, Sequence[str]]] = []
        replaced = {root.urn}
        # What is registered already cannot depend on what is being registered.
        for state in dependents(self._recorded.resources, root, decided.__contains__):
            keys = self._replaced_with(state, replaced)
            if keys is not None:
                found.append((state, keys))
                replaced.add(state.urn)
        return found

    def _replaced_with(self, state: State, replaced: set[str]) -> Sequence[str] | None:
        if not state.custom or state.external:
            return None
        if state.provider_urn() in replaced:
            self._registry.ensure(state.provider, self._recorded.olds)
            return ()
        if state.deleted_with in replaced:
            return ()
        touched = {
            key for key, found in state.property_dependencies.items() if key in state.inputs and replaced & set(found)
        }
        return self._diff_unknown(state, touched) if touched else None

    def _diff_unknown(self, state: State, touched: set[str]) -> Sequence[str] | None:
        news = {key: UNKNOWN if key in touched else value for key, value in state.inputs.items()}
        if state.is_provider:
            self._registry.same(state, checked=False)
        plugin = self._registry if state.is_provider else self._registry.ensure(state.provider, self._recorded.olds)
        try:
            found = plugin.diff(state.urn, state.id, state.inputs, state.outputs, news, state.ignore_changes)
        except DiffUnavailable:
            return None
        found = apply_replace_on_changes(found, state.replace_on_changes, init_errors=False)
        return found.replaces if found.is_replacement else None

    def _cascades(self, urn: str) -> list[tuple[State, Sequence[str]]]:
        """What is to be replaced, or is deleted, with the resource."""
        return [
            (state, ())
            for state in self._recorded.resources
            if not state.delete
            and (urn in state.replace_with or state.deleted_with == urn)
            and not self._progress.decided(state.urn)
        ]
