# ruff: noqa: ARG002 - a protocol's methods take what others of its implementations need
"""One simulated cloud's provider: Pulumi's protocol on top of a store, a property table and the rules of a type."""

import sqlite3
from dataclasses import replace

from ..wire import UNKNOWN
from . import faults
from .check import check_properties
from .clock import Clock
from .diff import diff_properties, merge, same_value
from .faults import Call, Fault, FaultKind
from .inputs import complete_inputs, validation_failures
from .installed import UnknownType, sdk_version
from .lifecycle import create_record, delete_record, outputs_of, update_record
from .package import Package
from .protocol import (
    CheckFailure,
    CheckResult,
    CloudError,
    Created,
    DiffResult,
    PartialError,
    Properties,
    ReadState,
)
from .read import imported_inputs, refreshed_inputs
from .records import Record, Records
from .schema import ResourceSchema, provider_schema, resource_schema
from .store import Store
from .table import TypeTable
from .values import DEFAULTS, did_you_mean, has_unknown
from .view import Scope, View

_ENGINE_KEYS = ("version", "pluginDownloadURL")


class SimulatedProvider:
    """A provider of one package over one store. `scale` multiplies how long things take to be provisioned."""

    def __init__(self, package: Package, store: Store, scale: float = 0.0) -> None:
        self._package, self._store, self._scale = package, store, scale
        self.package, self.version = package.name, sdk_version(package.name)
        self._scope: Scope | None = None

    def check_config(self, inputs: Properties) -> CheckResult:
        schema = provider_schema(self.package)
        failures = [
            CheckFailure("", f"Invalid or unknown key. Examine values at '{name}'.{did_you_mean(name, schema)}")
            for name in inputs
            if name not in schema and name not in _ENGINE_KEYS and not name.startswith("__")
        ]
        return CheckResult(inputs, tuple(failures))

    def diff_config(self, old: Properties, new: Properties) -> DiffResult:
        return diff_properties(old, new)

    def configure(self, inputs: Properties) -> None:
        """Raises CloudError where the settings contradict each other."""
        self._scope = self._package.scope(inputs)

    @property
    def scope(self) -> Scope:
        """Where this provider stands; that of no settings at all if it was not configured."""
        if self._scope is None:
            self._scope = self._package.scope({})
        return self._scope

    def check(self, urn: str, type_: str, olds: Properties | None, news: Properties, seed: bytes) -> CheckResult:
        try:
            schema, table = resource_schema(type_), self._package.table(type_)
        except UnknownType as error:
            return CheckResult(news, (CheckFailure("", str(error)),))
        name = urn.rsplit("::", 1)[-1]
        prepared = self._package.prepare(self.scope, schema, news)
        checked, failures = check_properties(name, schema.inputs, prepared)
        inputs = complete_inputs(table, name, checked, olds or {}, seed)
        return CheckResult(inputs, failures + validation_failures(table, name, inputs))

    def diff(
        self, urn: str, type_: str, id_: str, old_inputs: Properties, old_outputs: Properties, news: Properties,
        ignore_changes: tuple[str, ...],
    ) -> DiffResult:  # fmt: skip
        schema, table = resource_schema(type_), self._package.table(type_)
        old, new = old_inputs, news
        kept = [name for name in schema.inputs if schema.settled_by_cloud(name)]
        if "region" in schema.inputs:
            kept.remove("region")
            old = {**old, "region": old_outputs.get("region")}
            new = {**new, "region": self._narrow(new).region if old["region"] else None}
        found = diff_properties(
            old, new, immutable={"region", *_immutable(table, old, new)},
            sets=table.sets, kept=kept, ignore_changes=ignore_changes,
        )  # fmt: skip
        first = bool(found.replaces) and (table.delete_first or _keeps_name(table, old, new))
        return replace(found, delete_before_replace=first)

    def create(self, urn: str, type_: str, news: Properties, *, preview: bool, timeout: float) -> Created:
        scope = self._narrow(news)
        if preview:
            return Created("", self._planned(scope, type_, news, {}))
        _refuse_unknown(type_, news)
        hit = self._hit(scope, type_, "create")
        with self._store.writing() as connection:
            view, slower = View(Records(connection), scope), faults.delay(hit)
            record = create_record(view, self._package.table, type_, news, urn=urn, scale=self._scale, slower=slower)
            outputs = self._told(view, record, news)
        _await(self._store.clock, record, timeout, outputs, news)
        _break_off(hit, record.id, outputs, news)
        return Created(record.id, outputs)

    def read(
        self, urn: str, type_: str, id_: str, inputs: Properties | None, outputs: Properties | None
    ) -> ReadState | None:
        inputs, outputs = inputs or {}, outputs or {}
        scope, own_id = self._package.identify(self.scope, {**outputs, **inputs}, id_)
        own_id = self._package.table(type_).own_id(own_id)
        hidden = [f for f in self._hit(scope, type_, "read", own_id) if f.kind is FaultKind.HIDDEN]
        with self._store.reading() as connection:
            view = View(Records(connection), scope)
            record = view.get(type_, own_id)
            if record is None or any(not f.seconds or self._now() < record.created + f.seconds for f in hidden):
                return None
            return self._state(record, inputs, self._told(view, record, outputs))

    def update(
        self, urn: str, type_: str, id_: str, old_inputs: Properties, old_outputs: Properties, news: Properties,
        *, preview: bool, timeout: float, ignore_changes: tuple[str, ...],
    ) -> Properties:  # fmt: skip
        scope = self._narrow({**old_outputs, **news})
        if preview:
            return self._planned(scope, type_, news, old_outputs)
        _refuse_unknown(type_, news)
        hit = self._hit(scope, type_, "update", id_)
        with self._store.writing() as connection:
            view = View(Records(connection), scope)
            record = _existing(view, type_, id_)
            merged = merge(_shapes(resource_schema(type_)), record.inputs, _plain(old_inputs), _plain(news))
            changed = update_record(view, self._package.table, record, merged)
            outputs = self._told(view, changed, news)
        _await(self._store.clock, record, timeout, outputs, news)
        if changed is not record:
            _break_off(hit, id_, outputs, news)
        return outputs

    def delete(self, urn: str, type_: str, id_: str, inputs: Properties, outputs: Properties, timeout: float) -> None:
        scope = self._narrow({**outputs, **inputs})
        hit = self._hit(scope, type_, "delete", id_)
        with self._store.writing() as connection:
            view = View(Records(connection), scope)
            record = view.get(type_, id_)
            if record is None:
                return  # gone already is what was wanted
            delete_record(view, self._package.table, record)
        _break_off(hit, id_, outputs, inputs)

    def invoke(self, token: str, args: Properties) -> Properties:
        """Raises CloudError("Unimplemented") for a function that is not simulated, naming those that are."""
        function = self._package.invokes.get(token)
        if function is None:
            known = ", ".join(sorted(self._package.invokes)) or "none"
            raise CloudError("Unimplemented", f"{token} is not simulated; functions that are: {known}")
        scope = self._narrow(args)
        self._hit(scope, token, "invoke")
        with self._store.reading() as connection:
            return function(View(Records(connection), scope), args)

    @property
    def prompt(self) -> bool:
        """Whether it is never waited for: nothing takes time to be provisioned, and there is no fault to slow it."""
        try:
            return not self._scale and not faults.active(self._store)
        except (CloudError, sqlite3.Error):  # which the call itself will say
            return False

    @property
    def eventual(self) -> bool:
        """Whether a read may not find what was just created."""
        return any(fault.kind is FaultKind.HIDDEN for fault in faults.active(self._store))

    def find_created(self, urn: str, type_: str, since: float = 0.0) -> ReadState | None:
        """The newest thing that a create under this URN made in the provider's account, if it happened.

        For whoever asked for a creation and never saw the answer; `since` when, in seconds since 1970.
        """
        with self._store.reading() as connection:
            records = Records(connection)
            for record in (r for r in records.created_as(urn, type_) if r.created >= since):
                scope = self._narrow({**record.inputs, **({"region": record.region} if record.region else {})})
                if record.account == scope.account:
                    told = self._told(View(records, scope), record, record.inputs)
                    return ReadState(record.id, dict(record.inputs), told)
        return None

    def _narrow(self, properties: Properties) -> Scope:
        return self._package.identify(self.scope, properties, "")[0]

    def _hit(self, scope: Scope, type_: str, action: str, id_: str = "") -> list[Fault]:
        call = Call(scope.account, scope.region, type_, action, id_, scope.actor)
        hit = faults.take(self._store, call)
        faults.refuse(hit, self.package, call, self._store.clock)
        return hit

    def _now(self) -> float:
        return self._store.clock.time()

    def _told(self, view: View, record: Record, known: Properties) -> Properties:
        """A record's outputs. What cannot be read back is taken from what the caller knows of it."""
        table = self._package.table(record.type)
        told = outputs_of(view, table, self._package.schema(record.type), record)
        return {**told, **{name: known[name] for name in table.unread(record) if name in known}}

    def _state(self, record: Record, inputs: Properties, told: Properties) -> ReadState:
        table, schema = self._package.table(record.type), resource_schema(record.type)
        in_id = self._package.in_id(schema)
        if inputs:
            unread = (*table.unread(record), *in_id)
            fresh = refreshed_inputs(schema.inputs, inputs, told, write_only=unread, sets=table.sets)
        else:
            usual = {row.property: row.value for row in table.defaults}
            known = {name: record.inputs[name] for name in in_id if name in record.inputs}
            fresh = {**known, **imported_inputs(schema.inputs, told, usual, table.unread(record))}
        return ReadState(record.id, fresh, told)

    def _planned(self, scope: Scope, type_: str, news: Properties, old: Properties) -> Properties:
        """The outputs as far as a preview can tell: inputs, what an update leaves alone, and unknowns."""
        table, schema = self._package.table(type_), resource_schema(type_)
        given = _plain(news)
        known = {n: v for n, v in {**old, **given}.items() if n in given or schema.outputs.get(n) is None
                 or schema.outputs[n].always}  # fmt: skip
        known.update(self._foretold(scope, table, given))
        unknown = {name: UNKNOWN for name, out in schema.outputs.items() if out.always and name not in known}
        return {**known, **unknown}

    def _foretold(self, scope: Scope, table: TypeTable, given: Properties) -> Properties:
        """What the cloud will fill in and is known already; it is asked only where there may be such a thing."""
        planned = [computed for computed in table.computed if computed.planned]
        if not planned:
            return {}
        draft = Record(scope.account, scope.region, table.type, "", given)
        with self._store.reading() as connection:
            view = View(Records(connection), scope)
            return {computed.property: computed.value(view, draft) for computed in planned}


def _plain(properties: Properties) -> Properties:
    return {name: value for name, value in properties.items() if not name.startswith("__")}


def _shapes(schema: ResourceSchema) -> dict[str, str]:
    return {name: given.kind.shape for name, given in schema.inputs.items()}


def _immutable(table: TypeTable, old: Properties, new: Properties) -> set[str]:
    return {row.property for row in table.immutable if row.when(old.get(row.property), new.get(row.property))}


def _keeps_name(table: TypeTable, old: Properties, new: Properties) -> bool:
    """A name that somebody chose cannot exist twice, so the old one must go first (as the bridge decides it)."""
    name = table.auto_name.property if table.auto_name else None
    chosen = name is not None and name in new and name not in new.get(DEFAULTS, ())
    return chosen and name is not None and same_value(old.get(name), new.get(name))


def _existing(view: View, type_: str, id_: str) -> Record:
    record = view.get(type_, id_)
    if record is None:
        raise CloudError("NotFound", f"{type_} {id_} does not exist any more; refresh the stack to record that")
    return record


def _refuse_unknown(type_: str, inputs: Properties) -> None:
    if has_unknown(inputs):
        names = ", ".join(name for name, value in inputs.items() if has_unknown(value))
        raise CloudError("InvalidParameterValue", f"{type_}: not known yet, so nothing can be made: {names}")


def _await(clock: Clock, record: Record, timeout: float, outputs: Properties, inputs: Properties) -> None:
    """Waits until a thing is ready. Past the timeout (in seconds; 0 for none) it is done in part."""
    left = record.ready_at - clock.time()
    if timeout and left > timeout:
        clock.sleep(timeout)
        message = (
            f"timeout while waiting for {record.id} to become available (timeout: {timeout:g}s). It exists: run the "
            "command again to wait for it, or give the resource more time (custom_timeouts)"
        )
        raise PartialError("Timeout", message, record.id, outputs, inputs)
    if left > 0:
        clock.sleep(left)


def _break_off(hit: list[Fault], id_: str, outputs: Properties, inputs: Properties) -> None:
    for fault in hit:
        if fault.kind is FaultKind.PARTIAL:
            message = "done in part. What was made is recorded: run the command again to finish it"
            raise PartialError("InternalError", message, id_, outputs, inputs)
        if fault.kind is FaultKind.LOST:
            raise CloudError("RequestTimeout", "the connection was closed before the answer arrived")
