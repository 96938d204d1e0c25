"""Resource hooks: the program's own functions that steps call before and after what they do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hubspoke.local.engine.events import EventSink
from hubspoke.local.engine.plugins import Refused
from hubspoke.local.engine.state import State
from hubspoke.local.engine.values import Properties


@dataclass(frozen=True)
class Occasion:
    """What a hook is told of."""

    state: State
    old: State | None
    deleting: bool
    values: Mapping[str, Properties]


@dataclass(frozen=True)
class Hook:
    """`call` gives what the program's function failed of, or ""."""

    call: Callable[[Occasion], str]
    on_dry_run: bool
    ignore_errors: bool


class Hooks:
    """Resource hooks by name. A failing "before" hook stops its step; a failing "after" hook fails the run."""

    def __init__(self, events: EventSink, *, dry_run: bool) -> None:
        self._events, self._dry_run = events, dry_run
        self._hooks: dict[str, Hook] = {}
        self.failed: list[tuple[str, str]] = []  # URN and message of "after" hooks

    @property
    def any(self) -> bool:
        """Whether the program has any."""
        return bool(self._hooks)

    def register(self, name: str, hook: Hook) -> None:
        if not name:
            raise ValueError("resource hook name cannot be empty")
        if name in self._hooks:
            raise ValueError(f'resource hook already registered for name "{name}"')
        self._hooks[name] = hook

    def run(
        self, kind: str, state: State, *, old: State | None = None, deleting: bool = False, **values: Properties
    ) -> None:
        """Raises `Refused` for a failing "before" hook."""
        for name in state.resource_hooks.get(kind, ()):
            hook = self._hooks.get(name)
            if hook is None:
                raise Refused(f'hook "{name}" was not registered')
            if not self._dry_run or hook.on_dry_run:
                self._run(kind, name, hook, Occasion(state, old, deleting, values))

    def _run(self, kind: str, name: str, hook: Hook, occasion: Occasion) -> None:
        error, urn = hook.call(occasion), occasion.state.urn
        if not error:
            return
        if hook.ignore_errors:
            self._events.warning(f'{kind} hook "{name}" failed: {error}', urn)
        elif kind.startswith("Before"):
            raise Refused(f'before hook "{name}" failed: {error}')
        else:
            message = f'after hook "{name}" failed: {error}'
            self._events.error(message, urn)
            self.failed.append((urn, message))
