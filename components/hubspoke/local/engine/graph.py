"""Who depends on whom, over a list of resources in which each comes after what it depends on.

Everything here is linear in the length of the list.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from hubspoke.local.engine.state import State


def dependents(
    resources: Sequence[State], root: State, ignored: Callable[[str], bool], *, children: bool = False
) -> Iterator[State]:
    """What depends on `root`, directly or not, in order. Children count where asked for."""
    reached = {root.urn}
    begun = False
    for state in resources:
        if not begun:
            begun = state is root
            continue
        if not ignored(state.urn) and not reached.isdisjoint(_needs(state, parent=children)):
            reached.add(state.urn)
            yield state


def _needs(state: State, *, parent: bool) -> Iterator[str]:
    yield from state.dependency_urns()
    if state.provider:
        yield state.provider_urn()
    if parent and state.parent:
        yield state.parent


def deletion_order(resources: Sequence[State], condemned: Collection[State]) -> list[list[State]]:
    """The condemned in groups: what is in one can be deleted together, once the groups before it are gone.

    A resource's level is one more than the highest level of the condemned that it depends on: its parent, its
    provider, its dependencies, and, where it depends on a component, all that is in the component.
    """
    levels = _Levels(condemned)
    for state in resources:
        levels.place(state)
    groups: dict[int, list[State]] = defaultdict(list)
    for state in resources:
        if state in levels.of:
            groups[levels.of[state]].append(state)
    return [groups[level] for level in sorted(groups, reverse=True)]


class _Levels:
    def __init__(self, condemned: Collection[State]) -> None:
        self.of: dict[State, int] = {}
        self._condemned = condemned
        self._highest: dict[str, int] = {}  # by URN, of the resource itself
        self._inside: dict[str, int] = {}  # by URN of a component, of all below it
        self._parents: dict[str, str] = {}
        self._components: set[str] = set()

    def place(self, state: State) -> None:
        self._parents[state.urn] = state.parent
        if not state.custom:
            self._components.add(state.urn)
        if state not in self._condemned:
            return
        level = 1 + max((self._level(urn) for urn in _needs(state, parent=False)), default=-1)
        level = max(level, 1 + self._highest.get(state.parent, -1))
        self.of[state] = level
        self._raise(state, level)

    def _level(self, urn: str) -> int:
        level = self._highest.get(urn, -1)
        return max(level, self._inside.get(urn, -1)) if urn in self._components else level

    def _raise(self, state: State, level: int) -> None:
        self._highest[state.urn] = max(level, self._highest.get(state.urn, -1))
        ancestor = state.parent
        while ancestor and self._inside.get(ancestor, -1) < level:
            self._inside[ancestor] = level
            ancestor = self._parents.get(ancestor, "")


def rebuilt(resources: Iterable[State]) -> list[State]:
    """The resources left after a refresh found others gone: no reference to what is not there remains.

    A child whose parent is gone becomes the child of the parent's parent.
    """
    left: list[State] = []
    present: set[str] = set()
    for state in resources:
        _drop_references(state, present)
        present.add(state.urn)
        left.append(state)
    _reparent(left, present)
    return left


def _drop_references(state: State, present: set[str]) -> None:
    if state.dependencies:
        state.dependencies = [urn for urn in state.dependencies if urn in present]
    if state.replace_with:
        state.replace_with = [urn for urn in state.replace_with if urn in present]
    if state.deleted_with and state.deleted_with not in present:
        state.deleted_with = ""
    kept = {key: [urn for urn in found if urn in present] for key, found in state.property_dependencies.items()}
    state.property_dependencies = {key: found for key, found in kept.items() if found}


def _reparent(resources: Iterable[State], present: set[str]) -> None:
    # The parents of what is gone are not known here any more: only the chain of those that are left is.
    above: dict[str, str] = {}
    for state in resources:
        if state.parent and state.parent not in present:
            state.parent = above.get(state.parent, "")
        above[state.urn] = state.parent


def ordered(resources: Sequence[State]) -> list[State]:
    """The resources, each after what it depends on. What is in order stays as it is.

    A run limited to targets may take a resource along before what it depends on is updated.
    """
    seen: set[str] = set()
    for state in resources:
        if not seen.issuperset(_needs(state, parent=True)):
            return _sorted(resources)
        seen.add(state.urn)
    return list(resources)


def _sorted(resources: Sequence[State]) -> list[State]:
    # Of two states of one URN, one waits to be deleted: what waits too refers to that one, what does not to the other.
    by_key: dict[tuple[str, bool], State] = {(state.urn, state.delete): state for state in resources}
    placed: dict[State, None] = {}

    def place(state: State, path: frozenset[State]) -> None:
        if state in placed or state in path:
            return
        for urn in _needs(state, parent=True):
            needed = by_key.get((urn, state.delete)) or by_key.get((urn, not state.delete))
            if needed is not None:
                place(needed, path | {state})
        placed[state] = None

    for state in resources:
        place(state, frozenset())
    return list(placed)
