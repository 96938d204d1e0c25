"""Property values inside the engine, and their forms outside of it.

A value is what JSON holds (None, bool, int, float, str, list, dict), with these besides: a `Secret` around a value, a
`ResourceRef`, an `Output` (only between a program and its transforms), the string `UNKNOWN`, and assets, which stay
dicts with Pulumi's signature. `messages` has the form for the SDK, `forms` the state's; a provider's is `plain`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

from hubspoke.local.wire import UNKNOWN as UNKNOWN

Properties = dict[str, Any]

MASK = "[secret]"
# What is walked over most: most values are one of these, and none of them holds, or is, anything else.
ATOMS = frozenset({str, bool, int, type(None)})
LEAVES = ATOMS | {float}  # an infinite number takes another form in the state


class Cipher(Protocol):
    """Encrypts state under the key that `salt` stands for."""

    @property
    def salt(self) -> str: ...
    def encrypt(self, plaintext: str) -> str: ...
    def decrypt(self, ciphertext: str) -> str: ...


class Secret:
    """A value to be kept secret. `sealed` is its encrypted form as last stored, after the salt of its key: reused
    while value and key are the same, so that unchanged state stays unchanged."""

    __slots__ = ("sealed", "value")

    def __init__(self, value: Any, sealed: tuple[str, str] | None = None) -> None:
        self.value, self.sealed = value, sealed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.value == other.value

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Secret({MASK})"


@dataclass(frozen=True)
class ResourceRef:
    """A reference to a resource; `id` is None for a component, UNKNOWN where not known yet."""

    urn: str
    id: str | None = None
    package_version: str = ""


@dataclass(frozen=True)
class Output:
    value: Any
    known: bool = True
    secret: bool = False
    dependencies: tuple[str, ...] = ()


class NotPlain(Exception):
    """A value that takes a message."""


def plain(value: Any) -> Any:
    """What a provider sees: secrets unwrapped, references as the id (or, of a component, the URN)."""
    if type(value) in ATOMS:
        return value
    if isinstance(value, dict):
        return {key: each if type(each) in ATOMS else plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, Secret):
        return plain(value.value)
    if isinstance(value, ResourceRef):
        return value.urn if value.id is None else value.id
    return value


def mark(outputs: Properties, like: Properties) -> None:
    """Mark as secret in `outputs`, in place, what is secret under the same name in `like`."""
    for key, model in like.items():
        if type(model) in ATOMS or key not in outputs:
            continue
        value = outputs[key]
        if isinstance(value, dict) and isinstance(model, dict):
            mark(value, model)
        elif not isinstance(value, Secret) and has_secrets(model):
            outputs[key] = Secret(value)


def adopt(new: Any, old: Any) -> None:
    """Give equal secrets of `new` the ciphertext that they have in `old`, so that unchanged state stays unchanged."""
    if isinstance(new, Secret):
        if isinstance(old, Secret) and new.sealed is None and new.value == old.value:
            new.sealed = old.sealed
    elif isinstance(new, dict) and isinstance(old, dict):
        for key, value in new.items():
            if type(value) not in ATOMS:
                adopt(value, old.get(key))
    elif isinstance(new, list) and isinstance(old, list):
        for value, before in zip(new, old, strict=False):
            adopt(value, before)


def _members(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, list):
        return value
    return (value.value,) if isinstance(value, (Secret, Output)) else ()


def leaves(value: Any) -> Iterator[Any]:
    """Every value inside, containers and envelopes before what they hold."""
    yield value
    for each in _members(value):
        if type(each) in ATOMS:
            yield each
        else:
            yield from leaves(each)


def secrets_in(value: Any) -> Iterator[Secret]:
    """The secrets inside, an outer one before those that it holds."""
    if isinstance(value, Secret):
        yield value
    for each in _members(value):
        if type(each) not in ATOMS:
            yield from secrets_in(each)


def has_secrets(value: Any) -> bool:
    return type(value) not in ATOMS and any(True for _ in secrets_in(value))


def shown(value: object) -> str:
    """A value in a message, as Pulumi writes it; a secret is not."""
    return MASK if has_secrets(value) else f"{{{'<nil>' if value is None else value}}}"


def has_unknowns(value: Any) -> bool:
    return any(
        each == UNKNOWN if isinstance(each, str) else isinstance(each, ResourceRef) and each.id == UNKNOWN
        for each in leaves(value)
    )


def copied(value: Any) -> Any:
    """A copy with containers of its own; secrets are rebuilt too, since `reset` changes what is inside them."""
    if type(value) in ATOMS:
        return value
    if isinstance(value, dict):
        return {key: each if type(each) in ATOMS else copied(each) for key, each in value.items()}
    if isinstance(value, list):
        return [copied(each) for each in value]
    return Secret(copied(value.value), value.sealed) if isinstance(value, Secret) else value


def downgraded(value: Any) -> Any:
    """Outputs reduced to unknowns, secrets or plain values: nothing after the program knows them."""
    if type(value) in ATOMS:
        return value
    if isinstance(value, Output):
        inner = downgraded(value.value) if value.known else UNKNOWN
        return Secret(inner) if value.secret else inner
    if isinstance(value, dict):
        return {key: each if type(each) in ATOMS else downgraded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [downgraded(each) for each in value]
    return Secret(downgraded(value.value), value.sealed) if isinstance(value, Secret) else value


def upgraded(value: Any, dependencies: Iterable[str]) -> Any:
    """`value` as an Output that carries `dependencies`, as transforms are to see it."""
    missing = set(dependencies) - output_dependencies(value)
    if not missing:
        return value
    output = value if isinstance(value, Output) else Output(value)
    return replace(output, dependencies=tuple(sorted({*output.dependencies, *missing})))


def output_dependencies(value: Any) -> set[str]:
    if type(value) in ATOMS:
        return set()
    return {urn for each in leaves(value) if isinstance(each, Output) for urn in each.dependencies}
