"""What a resource is called, and what it was called before."""

from collections.abc import Iterable

from hubspoke.local.engine import urns
from hubspoke.local.engine.events import EventSink
from hubspoke.local.engine.goal import Alias
from hubspoke.local.engine.progress import Bail, Progress, Recorded
from hubspoke.local.engine.state import State


class Names:
    def __init__(self, stack: str, project: str, recorded: Recorded, progress: Progress, events: EventSink) -> None:
        self._stack, self._project = stack, project
        self._recorded, self._progress, self._events = recorded, progress, events

    def claim(self, parent: str, type_: str, name: str) -> str:
        """The URN of a newly registered resource. Raises `Bail` where another one has it, or the parent is unknown."""
        if parent and parent not in self._progress.urns:
            self._events.error(f"could not find parent resource {parent}")
            raise Bail
        urn = urns.make(self._stack, self._project, parent, type_, name)
        if urn in self._progress.carried:
            self._progress.carried.discard(urn)
        elif urn in self._progress.urns:
            self._events.error(f"Duplicate resource URN '{urn}'; try giving it a unique name", urn)
            raise Bail
        self._progress.urns.add(urn)
        return urn

    def recorded(
        self, urn: str, name: str, type_: str, parent: str, aliases: Iterable[Alias] = ()
    ) -> tuple[State | None, str, bool]:
        """The recorded resource that this one continues, the alias it was found by, and whether the claim is good."""
        valid = True
        earlier = self._progress.aliased.get(urn)
        if earlier:
            self._events.error(
                f"Duplicate resource URN '{urn}' conflicting with alias on resource with URN '{earlier}'", urn
            )
            valid = False
        for candidate in (urn, *self._aliases(name, type_, parent, aliases)):
            old = self._recorded.olds.get(candidate)
            if old is not None:
                if candidate == urn:
                    return old, "", valid
                return old, candidate, self._take(urn, candidate) and valid
        return None, "", valid

    def _take(self, urn: str, alias: str) -> bool:
        claimed = urn if alias in self._progress.urns else self._progress.aliased.get(alias)
        if claimed:
            message = f"Duplicate resource alias '{alias}' applied to resource with URN '{urn}' conflicting with"
            self._events.error(f"{message} resource with URN '{claimed}'", urn)
        self._progress.aliased[alias] = urn
        self._progress.aliases[urn] = alias
        return not claimed

    def _aliases(self, name: str, type_: str, parent: str, aliases: Iterable[Alias]) -> list[str]:
        """The old URNs that the aliases stand for, and those that follow from a renamed parent."""
        own = [self._collapse(name, type_, parent, alias) for alias in aliases]
        parent_alias = self._progress.aliases.get(parent, "") if parent else ""
        inherited = []
        if parent_alias:
            above = urns.name_of(parent)
            names = [(type_, name), *((urns.type_of(urn), urns.name_of(urn)) for urn in own)]
            inherited = [self._inherited(kind, called, above, parent_alias) for kind, called in names]
        return list(dict.fromkeys([*own, *inherited]))

    def _collapse(self, name: str, type_: str, parent: str, alias: Alias) -> str:
        if alias.urn:
            return alias.urn
        above = self._progress.aliases.get(alias.parent, alias.parent) if alias.parent else parent
        if alias.no_parent:
            above = ""
        stack, project = alias.stack or self._stack, alias.project or self._project
        return urns.make(stack, project, above, alias.type or type_, alias.name or name)

    def _inherited(self, type_: str, name: str, parent_name: str, parent_alias: str) -> str:
        # A child named after its parent ("app-subnet" of "app") was named after the parent's old name.
        if name.startswith(parent_name):
            name = urns.name_of(parent_alias) + name.removeprefix(parent_name)
        return urns.make(self._stack, self._project, parent_alias, type_, name)
