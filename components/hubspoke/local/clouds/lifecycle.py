"""How a thing in a cloud is created, changed, deleted and seen: one way, for engines and for out-of-band changes.

Every function runs inside a transaction of the caller's and raises CloudError where the cloud would refuse.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .diff import same_value
from .protocol import CloudError, Properties
from .records import Record
from .schema import ResourceSchema
from .table import Reference, TypeTable
from .view import MARK, View, new_id, values_at

Tables = Callable[[str], TypeTable]


def create_record(
    view: View, tables: Tables, type_: str, inputs: Properties, *,
    urn: str | None = None, id_: str | None = None, scale: float = 0.0, slower: float = 0.0,
    action: str = "create",
) -> Record:  # fmt: skip
    """Creates a thing by the cloud's rules, with what comes with it, its references and a line in the log.

    It is ready after its type's time, multiplied by `scale`, and `slower` seconds more.
    """
    table = tables(type_)
    now = view.records.now()
    settled = {name: value for name, value in inputs.items() if not name.startswith("__")}
    region = view.scope.region if table.regional else ""
    draft = Record(view.scope.account, region, type_, id_ or "", settled, urn=urn, created=now)
    refs = _check(view, table, draft, None)
    draft = replace(draft, id=id_ or _id_for(view, table, draft), ready_at=now + _seconds(table) * scale + slower)
    _refuse_twin(view, table, draft)
    draft = replace(draft, outputs=_assigned(view, table, draft))
    record = _with_companions(view, tables, table, view.records.insert(draft, refs))
    if table.effects:
        table.effects(view, record, None)
    view.records.note(view.scope.actor, action, record, settled)
    return record


def update_record(view: View, tables: Tables, record: Record, inputs: Properties, action: str = "update") -> Record:
    """Gives a thing new settings by the cloud's rules. Nothing is written where nothing differs."""
    changed = [
        name for name in {**record.inputs, **inputs}
        if not same_value(record.inputs.get(name), inputs.get(name))
    ]  # fmt: skip
    if not changed:
        return record
    table = tables(record.type)
    draft = replace(record, inputs=inputs)
    refs = _check(view, table, draft, record)
    draft = replace(draft, outputs={**_assigned(view, table, draft), **record.outputs})
    kept = view.records.change(draft, refs)
    if table.effects:
        table.effects(view, kept, record)
        kept = view.get(kept.type, kept.id) or kept  # with what its change did to itself
    view.records.note(view.scope.actor, action, kept, changed)
    return kept


def delete_record(view: View, tables: Tables, record: Record, *, force: bool = False, action: str = "delete") -> None:
    """Deletes a thing and what it owns. Refused while something uses it, unless forced."""
    if not force:
        _refuse_use(view, tables, record)
    _remove(view, tables, record, action)


def _remove(view: View, tables: Tables, record: Record, action: str) -> None:
    for owned in view.records.owned(record.key):
        _remove(view, tables, owned, action)
    view.records.remove(record)
    removed = tables(record.type).removed
    if removed:
        removed(view, record)
    view.records.note(view.scope.actor, action, record)


def outputs_of(view: View, table: TypeTable, schema: ResourceSchema | None, record: Record) -> Properties:
    """Everything a read of the thing tells."""
    known, unread = {**record.outputs, **record.inputs}, table.unread(record)
    outputs = {"id": record.id, **{name: value for name, value in known.items() if name not in unread}}
    for computed in table.computed:
        open_ = computed.overrides or record.inputs.get(computed.property) is None
        if open_ and not computed.assigned:
            outputs[computed.property] = computed.value(view, record)
    if schema is not None:
        outputs = {n: v for n, v in outputs.items() if n == "id" or n in schema.outputs}
    return {name: value for name, value in outputs.items() if value is not None}


def _check(view: View, table: TypeTable, draft: Record, before: Record | None) -> list[tuple[str, str]]:
    """Raises what the cloud refuses; gives the draft's references."""
    refs = [ref for reference in table.references for ref in _resolve(view, reference, draft)]
    for rule in table.rules:
        rule.check(view, draft, before)
    return refs + _marks(table, draft)


def _marks(table: TypeTable, record: Record) -> list[tuple[str, str]]:
    return [(MARK, mark) for mark in table.marks(record)] if table.marks else []


def _remembered(view: View, table: TypeTable, record: Record) -> list[tuple[str, str]]:
    """The references and marks of what the cloud itself makes or has made, without judging them."""
    loose = [replace(reference, loose=True) for reference in table.references]
    return [ref for reference in loose for ref in _resolve(view, reference, record)] + _marks(table, record)


def _resolve(view: View, reference: Reference, draft: Record) -> list[tuple[str, str]]:
    found = []
    for value in values_at(draft.inputs, reference.property):
        key = reference.named(draft, str(value)) if reference.named else reference.key(str(value))
        if not reference.loose and not _visible(view, reference, key):
            raise CloudError(reference.code, reference.message.format(id=value))
        found.append((reference.property, key))
    return found


def _visible(view: View, reference: Reference, id_: str) -> bool:
    candidates = view.anywhere(reference.types, id_)
    return any(view.owns(r) or (reference.shared is not None and reference.shared(view, r)) for r in candidates)


def _refuse_use(view: View, tables: Tables, record: Record) -> None:
    table = tables(record.type)
    for rule in table.deletion_rules:
        rule.check(view, record, record)
    owned = {r.key for r in view.records.owned(record.key)}
    for use in table.in_use:
        users = [r for r in view.referring(record, use.type, use.property) if r.key not in owned]
        users = [r for r in users if r.account == record.account] if use.local else users
        if users:
            raise CloudError(use.code, use.message.format(id=record.id, user=users[0].id, count=len(users)))
    for companion in view.records.owned(record.key):
        _refuse_use(view, tables, companion)


def _assigned(view: View, table: TypeTable, draft: Record) -> Properties:
    return {
        computed.property: computed.value(view, draft)
        for computed in table.computed
        if computed.assigned
        and (computed.overrides or draft.inputs.get(computed.property) is None)
        and computed.property not in draft.outputs
    }


def _with_companions(view: View, tables: Tables, table: TypeTable, record: Record) -> Record:
    made: dict[str, Any] = {}
    for companion in (c for c in table.companions if c.when(record)):
        theirs = tables(companion.type)
        draft = Record(
            record.account, record.region, companion.type, "", companion.inputs(view, record),
            owner=record.key, created=record.created, ready_at=record.ready_at,
        )  # fmt: skip
        draft = replace(draft, id=_id_for(view, theirs, draft))
        draft = replace(draft, outputs=_assigned(view, theirs, draft))
        made[companion.output] = view.records.insert(draft, _remembered(view, theirs, draft)).id
    if not made:
        return record
    whole = replace(record, outputs={**record.outputs, **made})
    view.records.restate(whole)
    return whole


def _id_for(view: View, table: TypeTable, draft: Record) -> str:
    if table.new_id is not None:
        return table.new_id(view, draft)
    return new_id(draft.type.rsplit(":", 1)[-1].lower())


def _refuse_twin(view: View, table: TypeTable, draft: Record) -> None:
    if view.get(draft.type, draft.id) is None:
        return
    if table.twin is not None:
        raise CloudError(table.twin.code, table.twin.message.format(id=draft.id, **draft.inputs))
    raise CloudError("AlreadyExists", f"{draft.type} {draft.id} exists already in account {draft.account}")


def _seconds(table: TypeTable) -> float:
    return table.provisioning.seconds if table.provisioning else 0.0
