"""What makes one simulated package: its tables, how its provider is configured, and its invokes."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from .protocol import Properties
from .records import Record
from .schema import Property, ResourceSchema, resource_schema
from .table import AutoName, Computed, Source, TypeTable
from .view import Scope, View

Invoke = Callable[[View, Properties], Properties]
GENERIC = Source("the type's own SDK class; no rule beyond it is simulated")


class Package(ABC):
    """One package: a subclass per cloud, without state but for what it has loaded."""

    name: str

    @abstractmethod
    def load_tables(self) -> tuple[TypeTable, ...]:
        """The tables of the types that are simulated in more than a generic way."""

    @abstractmethod
    def load_invokes(self) -> Mapping[str, Invoke]:
        """The functions that are simulated, by token."""

    @abstractmethod
    def scope(self, config: Properties) -> Scope:
        """Where a provider with these settings stands. Raises CloudError where they contradict each other."""

    @abstractmethod
    def identify(self, scope: Scope, properties: Properties, id_: str) -> tuple[Scope, str]:
        """The scope of one resource, which may name its own account or region, and its id without them."""

    @abstractmethod
    def common(self, type_: str, schema: ResourceSchema | None) -> tuple[Computed, ...]:
        """Outputs that every type of the package which has them computes in the same way."""

    @abstractmethod
    def prepare(self, scope: Scope, schema: ResourceSchema, inputs: Properties) -> Properties:
        """The inputs with what the provider's settings add to them."""

    def blank(self, type_: str) -> TypeTable:
        """The table of a type of which no more is known than its SDK class says."""
        return TypeTable(type_)

    def in_id(self, schema: ResourceSchema) -> tuple[str, ...]:  # noqa: ARG002 - as for others
        """The inputs that no output tells, as they are part of the id."""
        return ()

    def auto_name(self, schema: ResourceSchema) -> AutoName | None:
        """Bridged providers name whatever has an optional input `name` that always has a value afterwards."""
        return AutoName() if schema.settled_by_cloud("name") else None

    @cached_property
    def tables(self) -> dict[str, TypeTable]:
        return {table.type: table for table in self.load_tables()}

    @cached_property
    def invokes(self) -> Mapping[str, Invoke]:
        return self.load_invokes()

    @cached_property
    def _completed(self) -> dict[str, TypeTable]:
        return {}

    def schema(self, type_: str) -> ResourceSchema | None:
        """The SDK's table; None for what has no Pulumi resource. Raises UnknownType."""
        known = self.tables.get(type_)
        return None if known is not None and known.hidden else resource_schema(type_)

    def table(self, type_: str) -> TypeTable:
        """All rows of a type: its own, and those that all types of the package share. Raises UnknownType."""
        if type_ not in self._completed:
            self._completed[type_] = self._complete(type_)
        return self._completed[type_]

    def own_tables(self) -> list[TypeTable]:
        """The tables with the rows that all types share, and without those made up from the SDK."""
        return [replace(table, computed=self._computed(table)) for table in self.tables.values()]

    def _computed(self, table: TypeTable) -> tuple[Computed, ...]:
        mine = {row.property for row in table.computed}
        common = self.common(table.type, self.schema(table.type))
        return table.computed + tuple(row for row in common if row.property not in mine)

    def _complete(self, type_: str) -> TypeTable:
        schema, own = self.schema(type_), self.tables.get(type_)
        table = own or self.blank(type_)
        rows = self._computed(table)
        if schema is None:
            return replace(table, computed=rows)
        known = {row.property for row in rows} | {companion.output for companion in table.companions}
        rows += _fillers(schema, known, generic=own is None)
        auto_name = table.auto_name or self.auto_name(schema)
        return replace(table, computed=rows, auto_name=auto_name, regional="region" in schema.inputs)


_EMPTY: dict[str, Any] = {"boolean": False, "integer": 0, "number": 0, "string": "", "list": [], "map": {}}


def _fillers(schema: ResourceSchema, known: set[str], *, generic: bool) -> tuple[Computed, ...]:
    """A value of the right type for every output that always has one and that no row speaks of.

    Of a type without a table, text that only the cloud gives is made up; otherwise the value is an empty one.
    """
    return tuple(
        Computed(p.name, _filler(p, made_up=generic and p.name not in schema.inputs), GENERIC)
        for p in schema.outputs.values()
        if p.always and p.name not in known
    )


def _filler(output: Property, *, made_up: bool) -> Callable[[View, Record], Any]:
    def value(_: View, record: Record) -> Any:
        if made_up and output.kind.shape == "string":
            return f"{record.id}.{output.name}"
        return _EMPTY.get(output.kind.shape)

    return value
