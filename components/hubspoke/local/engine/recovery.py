"""What to do about operations that a killed run had begun and nobody saw the end of."""

from collections.abc import Iterable, Mapping, Sequence

from hubspoke.local.engine.checkpoint import Deployment, Operation
from hubspoke.local.engine.plugins import CannotFind, Found, Refused
from hubspoke.local.engine.registry import Registry
from hubspoke.local.engine.state import State, now
from hubspoke.local.engine.values import mark

_CREATING = "creating"


def resolve(deployment: Deployment, interrupted: Iterable[Operation], registry: Registry) -> list[str]:
    """Settle what was interrupted, in the deployment; a message for each.

    A creation is asked after at the provider: what it made is recorded as if its answer had come. Where the provider
    cannot tell, the operation stays pending. Updates and deletions need nothing: what is recorded is what was there
    before, and the next run does them again.
    """
    operations = [*deployment.pending, *interrupted]
    deployment.pending = []
    return [_resolve(deployment, each, registry) for each in operations]


def _resolve(deployment: Deployment, operation: Operation, registry: Registry) -> str:
    urn = operation.state.urn
    if operation.type != _CREATING:
        return f"{urn} was interrupted while {operation.type}; it is looked at again"
    olds = {state.urn: state for state in deployment.resources if not state.delete}
    try:
        found = registry.ensure(operation.state.provider, olds).find_created(urn)
    except (CannotFind, Refused) as problem:
        deployment.pending.append(operation)
        return _unresolved(urn, problem)
    known = {state.id for state in deployment.resources if state.urn == urn}
    if found is None or found.id in known:
        return f"{urn} was interrupted while creating; nothing had been made"
    _record(deployment, operation.state, found, olds)
    return f"{urn} was interrupted while creating; it had been made ({found.id}) and is now recorded"


def _unresolved(urn: str, problem: Exception) -> str:
    reason = f" ({problem})" if str(problem) else ""
    return (
        f"{urn} was interrupted while creating, and its provider cannot say whether it was made{reason}. Look for it; "
        "if it exists, `pulumi import` it, then `pulumi refresh` clears the pending operation"
    )


def _record(deployment: Deployment, state: State, found: Found, olds: Mapping[str, State]) -> None:
    outputs = dict(found.outputs)
    mark(outputs, state.inputs)
    state.id, state.outputs = found.id, outputs
    state.created = state.modified = now()
    old = olds.get(state.urn)
    if old is not None and old.pending_replacement:
        deployment.resources.remove(old)
    elif old is not None:
        old.delete = True
    deployment.resources.insert(_place(deployment.resources, state), state)


def _place(resources: Sequence[State], state: State) -> int:
    """Right after all that it depends on, and so before all that may depend on it."""
    needed = {*state.all_dependency_urns(), *([state.provider_urn()] if state.provider else ())}
    return 1 + max((index for index, each in enumerate(resources) if each.urn in needed), default=-1)
