"""How the engine talks to whatever manages a resource: a simulated cloud, the engine itself, or nothing yet.

The engine's side knows secrets, references and unknowns; a cloud's side knows plain values. `CloudPlugin` stands
between them and marks as secret what comes back under the name of what went in as secret, as Pulumi's engine does for
providers that do not accept secrets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol

from hubspoke.local.clouds.protocol import CheckFailure, CloudError, DiffResult, PartialError, Provider, ReadState
from hubspoke.local.engine import urns
from hubspoke.local.engine.forms import elided
from hubspoke.local.engine.values import UNKNOWN, Properties, copied, has_unknowns, mark, plain


@dataclass(frozen=True)
class Difference:
    """`replaces` are top-level properties; `detailed` is None where only the fact of a change is known."""

    changes: bool
    replaces: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    detailed: Mapping[str, str] | None = None
    delete_before_replace: bool = False

    @property
    def is_replacement(self) -> bool:
        """Also where only a part of a property forces it, which is no key of `replaces`."""
        return bool(self.replaces) or any(kind.endswith("-replace") for kind in (self.detailed or {}).values())

    def inverted(self) -> "Difference":
        swap = {"add": "delete", "delete": "add", "add-replace": "delete-replace", "delete-replace": "add-replace"}
        detailed = self.detailed and {path: swap.get(kind, kind) for path, kind in self.detailed.items()}
        return Difference(self.changes, self.replaces, self.changed, detailed, self.delete_before_replace)


NO_DIFFERENCE = Difference(changes=False)


class DiffUnavailable(Exception):
    """The provider's own configuration is not known yet."""


class Refused(Exception):
    """The provider did not do it. `partial` holds what there is nevertheless."""

    def __init__(self, message: str, partial: "Made | None" = None) -> None:
        super().__init__(message)
        self.partial = partial


class Protected(Refused):
    """The resource is protected from deletion."""


@dataclass(frozen=True)
class Made:
    id: str
    outputs: Properties


@dataclass(frozen=True)
class Found:
    id: str
    inputs: Properties
    outputs: Properties


@dataclass(frozen=True)
class Checked:
    inputs: Properties
    failures: tuple[CheckFailure, ...] = field(default=())


class Plugin(Protocol):
    """Raises `Refused`. Values are the engine's; each type's plugin is told it by the URN."""

    def check(self, urn: str, olds: Properties | None, news: Properties, seed: bytes) -> Checked: ...
    def diff(
        self, urn: str, id_: str, old_inputs: Properties, old_outputs: Properties, news: Properties,
        ignore_changes: Sequence[str],
    ) -> Difference: ...  # fmt: skip
    def create(self, urn: str, inputs: Properties, timeout: float, *, preview: bool) -> Made: ...
    def read(self, urn: str, id_: str, inputs: Properties | None, outputs: Properties | None) -> Found | None: ...
    def update(
        self, urn: str, id_: str, old_inputs: Properties, old_outputs: Properties, news: Properties, timeout: float,
        ignore_changes: Sequence[str], *, preview: bool,
    ) -> Properties: ...  # fmt: skip
    def delete(self, urn: str, id_: str, inputs: Properties, outputs: Properties, timeout: float) -> None: ...
    def invoke(self, token: str, args: Properties) -> Properties: ...
    def find_created(self, urn: str) -> Found | None: ...


class CannotFind(Exception):
    """The provider has no way to look for what an interrupted creation may have made."""


class CloudPlugin:
    """A provider of `local.clouds`, configured or not. `known` is False while its configuration has unknowns."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.known = True

    @property
    def prompt(self) -> bool:
        """Whether it says that nobody ever waits for it."""
        return bool(getattr(self.provider, "prompt", False))

    def configure(self, inputs: Properties) -> None:
        self.known = not has_unknowns(inputs)
        if self.known:
            _ask(self.provider.configure, plain(inputs))

    def check_config(self, news: Properties) -> Checked:
        result = _ask(self.provider.check_config, plain(news))
        return Checked(_marked(result.inputs, news), tuple(result.failures))

    def diff_config(self, old: Properties, new: Properties) -> Difference:
        return difference(_ask(self.provider.diff_config, plain(old), plain(new)))

    def check(self, urn: str, olds: Properties | None, news: Properties, seed: bytes) -> Checked:
        if not self.known:
            return Checked(news)
        old = None if olds is None else plain(olds)
        result = _ask(self.provider.check, urn, urns.type_of(urn), old, plain(news), seed)
        return Checked(_marked(result.inputs, news), tuple(result.failures))

    def diff(
        self, urn: str, id_: str, old_inputs: Properties, old_outputs: Properties, news: Properties,
        ignore_changes: Sequence[str],
    ) -> Difference:  # fmt: skip
        if not self.known:
            raise DiffUnavailable(
                "The provider for this resource has inputs that are not known during preview.\n"
                "This preview may not correctly represent the changes that will be applied during an update."
            )
        return difference(
            _ask(
                self.provider.diff, urn, urns.type_of(urn), id_, _known(old_inputs), _known(old_outputs), _known(news),
                tuple(ignore_changes),
            )
        )  # fmt: skip

    def create(self, urn: str, inputs: Properties, timeout: float, *, preview: bool) -> Made:
        if not self.known:
            return Made("", {})
        try:
            made = _ask(self.provider.create, urn, urns.type_of(urn), plain(inputs), preview=preview, timeout=timeout)
        except PartialError as problem:
            _refuse(problem, inputs)
        id_ = "" if preview and made.id == UNKNOWN else made.id
        return Made(id_, _marked(made.outputs, inputs))

    def read(self, urn: str, id_: str, inputs: Properties | None, outputs: Properties | None) -> Found | None:
        if not self.known:
            return Found(id_, {}, {})
        found = _ask(
            self.provider.read, urn, urns.type_of(urn), id_, None if inputs is None else _known(inputs),
            None if outputs is None else _known(outputs),
        )  # fmt: skip
        return found and _found(found, inputs or {}, outputs or {})

    def update(
        self, urn: str, id_: str, old_inputs: Properties, old_outputs: Properties, news: Properties, timeout: float,
        ignore_changes: Sequence[str], *, preview: bool,
    ) -> Properties:  # fmt: skip
        if not self.known:
            return {}
        try:
            outputs = _ask(
                self.provider.update, urn, urns.type_of(urn), id_, _known(old_inputs), _known(old_outputs), plain(news),
                preview=preview, timeout=timeout, ignore_changes=tuple(ignore_changes),
            )  # fmt: skip
        except PartialError as problem:
            _refuse(problem, news)
        return _marked(outputs, news)

    def delete(self, urn: str, id_: str, inputs: Properties, outputs: Properties, timeout: float) -> None:
        _ask(self.provider.delete, urn, urns.type_of(urn), id_, _known(inputs), _known(outputs), timeout)

    def invoke(self, token: str, args: Properties) -> Properties:
        return copied(_ask(self.provider.invoke, token, plain(args))) if self.known else {}

    def find_created(self, urn: str) -> Found | None:
        find = getattr(self.provider, "find_created", None)
        if find is None:
            raise CannotFind
        found = _ask(find, urn, urns.type_of(urn))
        return found and _found(found, {}, {})


def _known(values: Properties) -> Properties:
    """As a provider is told what it has been told before."""
    told: Properties = elided(plain(values))
    return told


def _ask(method: Any, *args: Any, **options: Any) -> Any:
    try:
        return method(*args, **options)
    except PartialError:
        raise
    except CloudError as problem:
        raise Refused(str(problem)) from problem


def _refuse(problem: PartialError, inputs: Properties) -> NoReturn:
    raise Refused(str(problem), Made(problem.id, _marked(problem.outputs, inputs))) from problem


def _marked(outputs: Properties, like: Properties) -> Properties:
    # A copy: a provider may hand out what it keeps.
    own: Properties = copied(outputs)
    mark(own, like)
    return own


def _found(found: ReadState, inputs: Properties, outputs: Properties) -> Found:
    # Outputs are marked after the inputs too: a drifted value of a secret input is as secret as the recorded one.
    own = _marked(found.outputs, outputs)
    mark(own, inputs)
    return Found(found.id, _marked(found.inputs, inputs), own)


def difference(found: DiffResult) -> Difference:
    changed = dict.fromkeys(path.split(".", 1)[0].split("[", 1)[0] for path in found.detailed)
    detailed = {path: str(kind) for path, kind in found.detailed.items()}
    return Difference(
        found.changes or bool(found.replaces), tuple(found.replaces), tuple(changed), detailed,
        found.delete_before_replace,
    )  # fmt: skip
