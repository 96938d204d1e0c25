"""What one resource type adds to its SDK's property table: rows of facts, each with its source.

A cloud's tables are data first. A row that needs more than data holds a small function, named after what it decides.
The same rows drive the simulation, its documentation and its tests, so that none of them can say something else.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .protocol import Properties
from .records import Record

if TYPE_CHECKING:
    from .view import View

READ_ON = "2026-08"  # when the sources named in the tables were read, unless a row says otherwise


@dataclass(frozen=True)
class Source:
    """Where a fact is from: an API operation, a documentation page or a provider's source file."""

    text: str
    date: str = READ_ON


@dataclass(frozen=True)
class Computed:
    """An output that the cloud fills in.

    `assigned` ones are chosen once, at creation, and kept; the others follow from the record whenever it is read.
    An output that is also an input is computed only where nobody set it, unless it `overrides`. A `planned` one is
    known in a preview already.
    """

    property: str
    value: "Callable[[View, Record], Any]"
    source: Source
    assigned: bool = False
    overrides: bool = False
    planned: bool = False


@dataclass(frozen=True)
class Immutable:
    """A property whose change is a replacement; with `when`, only a change from an old to a new value it is true of."""

    property: str
    source: Source
    when: Callable[[Any, Any], bool] = lambda _old, _new: True
    says: str = "a change replaces it"


@dataclass(frozen=True)
class Reference:
    """A property that names something else, by id or in a list of ids; naming nothing is refused.

    `property` may lead into a list: "routes[*].gatewayId". `shared` tells whether another account's thing may be
    named; without it, only one in the same account and region can. `key` gets the id out of the value; where that
    takes more than the value, such as the name of a parent, `named` makes it from the record.
    """

    property: str
    types: tuple[str, ...]
    code: str
    message: str
    source: Source
    shared: "Callable[[View, Record], bool] | None" = None
    key: Callable[[str], str] = str
    named: "Callable[[Record, str], str] | None" = None
    loose: bool = False  # remembered for what refuses deletion, but naming nothing is let through


@dataclass(frozen=True)
class Validation:
    """What the provider itself refuses, in a preview already. `problem` says what is wrong with a value, or None."""

    property: str
    problem: Callable[[Any], str | None]
    source: Source
    says: str


@dataclass(frozen=True)
class Rule:
    """What the cloud refuses on creation and update. `check` gets the record as it would be and as it was."""

    says: str
    check: "Callable[[View, Record, Record | None], None]"
    source: Source


@dataclass(frozen=True)
class InUse:
    """Deletion is refused while something of `type` refers to it through `property`.

    `local` is for ids that are unique in an account only: what another account has does not count.
    """

    type: str
    property: str
    code: str
    message: str
    source: Source
    local: bool = False


@dataclass(frozen=True)
class Companion:
    """Something that comes into being, and goes, with the record; `output` of the record holds its id."""

    type: str
    output: str
    inputs: "Callable[[View, Record], Properties]"
    source: Source
    when: Callable[[Record], bool] = lambda _: True


@dataclass(frozen=True)
class Twin:
    """The refusal of a second thing with the same id, for types whose id is made from what they say."""

    code: str
    message: str
    source: Source


@dataclass(frozen=True)
class Default:
    """A value that the provider itself puts into the inputs where none is given."""

    property: str
    value: Any
    source: Source


@dataclass(frozen=True)
class AutoName:
    """The provider makes a name from the resource's, a separator and hexadecimal digits; without any, it copies it."""

    property: str = "name"
    max_length: int = 255
    lower: bool = False
    separator: str = "-"
    digits: int = 7  # pulumi-terraform-bridge, pkg/tfbridge/names.go, AutoName, read 2026-08


@dataclass(frozen=True)
class Children:
    """Things contained in a record: those of `type` that refer to it through `property`."""

    type: str
    property: str


@dataclass(frozen=True)
class Provisioning:
    """How long a create takes, in seconds, and the cloud's word for the time until then."""

    seconds: float
    source: Source


@dataclass(frozen=True)
class Fact:
    """One row of the fidelity table, for people."""

    type: str
    kind: str
    subject: str
    says: str
    source: Source

    @property
    def name(self) -> str:
        """A name that no other row has."""
        return " ".join(part for part in (self.type.partition(":")[2], self.kind, self.subject, self.says) if part)


@dataclass(frozen=True)
class TypeTable:
    """All rows of one type."""

    type: str
    new_id: "Callable[[View, Record], str] | None" = None
    regional: bool = True
    computed: tuple[Computed, ...] = ()
    immutable: tuple[Immutable, ...] = ()
    references: tuple[Reference, ...] = ()
    validations: tuple[Validation, ...] = ()
    rules: tuple[Rule, ...] = ()
    deletion_rules: tuple[Rule, ...] = ()
    in_use: tuple[InUse, ...] = ()
    companions: tuple[Companion, ...] = ()
    defaults: tuple[Default, ...] = ()
    auto_name: AutoName | None = None
    sets: tuple[str, ...] = ()  # lists whose order means nothing
    write_only: tuple[str, ...] = ()  # never given back by a read; inside a list: "links[*].sharedKey"
    withheld: Callable[[Record], tuple[str, ...]] | None = None  # what else a read of this one does not give back
    children: tuple[Children, ...] = ()
    marks: Callable[[Record], Iterable[str]] | None = None  # words by which rules find it, see `View.marked`
    delete_first: bool = False  # a replacement deletes the old one first
    provisioning: Provisioning | None = None
    effects: "Callable[[View, Record, Record | None], None] | None" = None  # on other records, after a change
    removed: "Callable[[View, Record], None] | None" = None  # on other records, after a deletion
    twin: Twin | None = None
    own_id: Callable[[str], str] = str  # the id behind an import id
    hidden: bool = False  # a thing of the cloud that has no Pulumi resource of its own

    def unread(self, record: Record) -> tuple[str, ...]:
        """The properties that a read of a record does not give back."""
        return self.write_only + (self.withheld(record) if self.withheld else ())

    def facts(self) -> Iterator[Fact]:
        """Every row as a line with its source."""
        for immutable in self.immutable:
            yield self._fact("immutable", immutable.property, immutable.says, immutable.source)
        for default in self.defaults:
            yield self._fact("default", default.property, repr(default.value), default.source)
        for reference in self.references:
            says = "remembered only" if reference.loose else f"naming nothing: {reference.code}"
            yield self._fact("reference", reference.property, says, reference.source)
        for validation in self.validations:
            yield self._fact("validity", validation.property, validation.says, validation.source)
        for rule in self.rules:
            yield self._fact("rule", "", rule.says, rule.source)
        yield from self._more_facts()

    def _more_facts(self) -> Iterator[Fact]:
        for computed in self.computed:
            says = "chosen at creation" if computed.assigned else "follows from the record"
            yield self._fact("computed", computed.property, says, computed.source)
        for use in self.in_use:
            yield self._fact("in use", f"{use.type} {use.property}", f"deletion: {use.code}", use.source)
        for rule in self.deletion_rules:
            yield self._fact("deletion", "", rule.says, rule.source)
        for companion in self.companions:
            yield self._fact("companion", companion.output, f"comes and goes with a {companion.type}", companion.source)
        if self.twin:
            yield self._fact("unique", "", self.twin.code, self.twin.source)
        if self.provisioning:
            yield self._fact("provisioning", "", f"{self.provisioning.seconds:g} s", self.provisioning.source)

    def _fact(self, kind: str, subject: str, says: str, source: Source) -> Fact:
        return Fact(self.type, kind, subject, says, source)


def always(value: Any) -> "Callable[[View, Record], Any]":
    """For a computed row whose value is the same for every record."""
    return lambda _view, _record: value


def immutables(source: Source, *properties: str) -> tuple[Immutable, ...]:
    """Rows for properties that one source calls immutable."""
    return tuple(Immutable(name, source) for name in properties)


def defaults(source: Source, **values: Any) -> tuple[Default, ...]:
    """Rows for defaults from one source."""
    return tuple(Default(name, value, source) for name, value in values.items())
