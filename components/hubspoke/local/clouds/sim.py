"""The simulated clouds from outside any engine: what is there, what was done, and changes behind an engine's back.

A change made here obeys the same rules as one made by a provider, and is logged under whoever made it.
"""

import time
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any, TypeVar

from . import faults
from .check import check_properties
from .clock import Clock
from .faults import Fault
from .inputs import complete_inputs, validation_failures
from .installed import UnknownType
from .lifecycle import create_record, delete_record, outputs_of, update_record
from .package import Package
from .packages import STORED, package, package_of
from .protocol import CheckFailure, Properties
from .records import LogEntry, Record, Records
from .schema import Kind
from .store import Cloud
from .values import did_you_mean, parse_path
from .view import Scope, View

T = TypeVar("T")
CLOUDFLARE_ACCOUNT = "cloudflare:account"  # a container without a record of its own
_IN_ACCOUNT = ("cloudflare:index/magicWanStaticRoute:MagicWanStaticRoute",
               "cloudflare:index/magicWanIpsecTunnel:MagicWanIpsecTunnel")  # fmt: skip


class BadChange(Exception):
    """A change that makes no sense; the message says where and what would."""


class Simulation:
    """All simulated clouds of one folder."""

    def __init__(self, folder: Path, actor: str = "console", clock: Clock = time) -> None:
        self._cloud, self._actor = Cloud(folder, clock), actor

    def records(self, cloud: str | None = None, account: str | None = None, type_: str | None = None) -> list[Record]:
        """What exists, oldest first; narrowed to a cloud ("aws"), an account or a type."""
        clouds = [type_.split(":")[0]] if type_ else [cloud] if cloud else list(STORED)
        return [r for name in clouds for r in self._read(name, lambda v: v.records.select(account, type_))]

    def get(self, id_: str, type_: str | None = None, account: str | None = None, region: str | None = None) -> Record:
        """The thing with this id. Raises BadChange if there is none, or several: say then of which type and place."""
        found = [r for name in STORED for r in self._read(name, lambda v: v.records.by_id(id_))]
        wanted = (type_, account, region)
        found = [
            r for r in found
            if all(w in (None, has) for w, has in zip(wanted, (r.type, r.account, r.region), strict=True))
        ]  # fmt: skip
        if len(found) == 1:
            return found[0]
        if found:
            which = ", ".join(f"{r.type} in {r.account} {r.region}".strip() for r in found)
            raise BadChange(f"{id_} is the id of several things; say which type, account or region: {which}")
        raise BadChange(f"nothing has the id {id_!r}.{did_you_mean(id_, (r.id for r in self.records()))}")

    def outputs(self, record: Record) -> Properties:
        """Everything that a read of a record would tell."""
        kind = package_of(record.type)
        return self._read(
            kind.name, lambda v: outputs_of(v, kind.table(record.type), kind.schema(record.type), record), record
        )

    def create(self, account: str, region: str, type_: str, inputs: Properties, id_: str | None = None) -> Record:
        """Creates a thing, with a chosen id if one is given. Raises BadChange or CloudError."""
        kind = self._package(type_)
        checked = _checked(kind, type_, id_ or type_.rsplit(":", 1)[-1], inputs)
        scope = Scope(account, region if kind.table(type_).regional else "", self._actor)
        with self._cloud.store(kind.name).writing() as connection:
            return create_record(View(Records(connection), scope), kind.table, type_, checked, id_=id_)

    def edit(
        self, id_: str, changes: Properties, *,
        type_: str | None = None, account: str | None = None, region: str | None = None,
    ) -> Record:  # fmt: skip
        """Sets properties by path ("tags.Name"); None removes one. Raises BadChange or CloudError."""
        record = self.get(id_, type_, account, region)
        kind = package_of(record.type)
        inputs = deepcopy(record.inputs)
        for path, value in changes.items():
            _put(kind, record.type, inputs, path, value)
        inputs = _checked(kind, record.type, id_, inputs, complete=False)
        with self._cloud.store(kind.name).writing() as connection:
            view = View(Records(connection), self._scope(record))
            return update_record(view, kind.table, record, inputs)

    def delete(
        self, id_: str, *, force: bool = False,
        type_: str | None = None, account: str | None = None, region: str | None = None,
    ) -> Record:  # fmt: skip
        """Deletes a thing, though not one in use unless forced. Raises BadChange or CloudError."""
        record = self.get(id_, type_, account, region)
        kind = package_of(record.type)
        with self._cloud.store(kind.name).writing() as connection:
            view = View(Records(connection), self._scope(record))
            delete_record(view, kind.table, record, force=force)
        return record

    def children(self, type_: str, id_: str) -> list[Record]:
        """What is contained in a container: routes in a route table, rules in a security group, and so on.

        What the cloud itself made, such as a gateway's default route table, is left out.

        `CLOUDFLARE_ACCOUNT` with an account's id gives the tunnels and static routes of that account.
        """
        if type_ == CLOUDFLARE_ACCOUNT:
            return [r for inner in _IN_ACCOUNT for r in self.records(account=id_, type_=inner)]
        kind = self._package(type_)
        with self._cloud.store(kind.name).reading() as connection:
            records = Records(connection)
            found = [r for row in kind.table(type_).children for r in records.referring(id_, (row.type,), row.property)]
        return [record for record in found if record.owner is None]

    def containers(self) -> tuple[str, ...]:
        """The types whose `children` are known."""
        tables = (table for name in STORED for table in package(name).tables.values())
        return (CLOUDFLARE_ACCOUNT, *(table.type for table in tables if table.children))

    def now(self) -> float:
        """The clouds' time, in seconds since 1970."""
        return self._cloud.clock.time()

    def log(self, since: float = 0.0, id_: str | None = None) -> list[LogEntry]:
        """Who changed what since a time (seconds since 1970), oldest first."""
        entries = [e for name in STORED for e in self._read(name, lambda v: v.records.log(since, id_))]
        return sorted(entries, key=lambda entry: entry.time)

    def add_fault(self, cloud: str, fault: Fault) -> int:
        """Switches a fault on in one cloud; gives the key that switches it off."""
        return faults.add(self._cloud.store(cloud), fault)

    def faults(self, cloud: str) -> list[Fault]:
        return faults.active(self._cloud.store(cloud))

    def clear_faults(self, cloud: str, key: int | None = None) -> None:
        """Switches off one fault, or all."""
        faults.clear(self._cloud.store(cloud), key)

    def _package(self, type_: str) -> Package:
        try:
            kind = package_of(type_)
            kind.table(type_)
        except KeyError:
            raise BadChange(f"{type_!r} is of no simulated cloud; those at hand: {', '.join(STORED)}") from None
        except UnknownType as error:
            raise BadChange(str(error)) from None
        return kind

    def _scope(self, record: Record) -> Scope:
        return Scope(record.account, record.region, self._actor)

    def _read(self, cloud: str, question: Callable[[View], T], record: Record | None = None) -> T:
        scope = self._scope(record) if record else Scope("", "", self._actor)
        with self._cloud.store(cloud).reading() as connection:
            return question(View(Records(connection), scope))


def _checked(kind: Package, type_: str, name: str, inputs: Properties, *, complete: bool = True) -> Properties:
    schema = kind.schema(type_)
    if schema is None:
        return inputs
    checked, failures = check_properties(name, schema.inputs, inputs)
    table = kind.table(type_)
    whole = complete_inputs(table, name, checked, {}, name.encode()) if complete else checked
    _refuse(name, failures + validation_failures(table, name, whole))
    return whole


def _refuse(name: str, failures: tuple[CheckFailure, ...]) -> None:
    if failures:
        raise BadChange(f"{name}: " + "; ".join(failure.reason for failure in failures))


def _put(kind: Package, type_: str, inputs: Properties, path: str, value: Any) -> None:
    """Sets one value in place, making the maps on its way."""
    try:
        *way, last = parse_path(path)
    except ValueError as error:
        raise BadChange(str(error)) from None
    schema = kind.schema(type_)
    fields = Kind("object", fields=schema.inputs if schema else None)
    _known(type_, path, fields, [*way, last])
    here: Any = inputs
    for step in way:
        here = _into(here, step, path)
    _set(here, last, value, path)


def _known(type_: str, path: str, kind: Kind, steps: list[str | int]) -> None:
    """Raises BadChange where a path leads to no property of the type."""
    for step in steps:
        if kind.shape == "object" and kind.fields is not None:
            if step not in kind.fields:
                hint = did_you_mean(str(step), kind.fields)
                raise BadChange(f"{type_} has no property {path!r} that can be set.{hint}")
            kind = kind.fields[str(step)].kind
        else:
            kind = kind.of


def _into(here: Any, step: str | int, path: str) -> Any:
    if isinstance(here, dict) and isinstance(step, str):
        return here.setdefault(step, {})
    if isinstance(here, list) and isinstance(step, int) and step < len(here):
        return here[step]
    raise BadChange(f"{path!r} leads nowhere at {step!r}: what is there is {_brief(here)}")


def _set(here: Any, step: str | int, value: Any, path: str) -> None:
    if isinstance(here, dict) and isinstance(step, str):
        if value is None:
            here.pop(step, None)
        else:
            here[step] = value
    elif isinstance(here, list) and isinstance(step, int) and step <= len(here):
        here[step : step + 1] = [] if value is None else [value]
    else:
        raise BadChange(f"{path!r} leads nowhere at {step!r}: what is there is {_brief(here)}")


def _brief(value: Any) -> str:
    return f"a list of {len(value)}" if isinstance(value, list) else f"a {type(value).__name__}"
