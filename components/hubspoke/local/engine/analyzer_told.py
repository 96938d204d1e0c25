"""Resources as the policy SDK reads them out of messages, without the messages.

A pack that is its worker's fork is handed the engine's own resources. The SDK finds in them what it reads of the
messages of `pulumi/proto/analyzer.proto`, under the same names; properties are gone through when a rule looks at them.
That holds for the versions of the SDK named here, of which all that they read is here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from math import isfinite
from typing import Any, NamedTuple

from google.protobuf import json_format

from hubspoke.local.engine.analyzer_types import AnalyzedProvider, AnalyzedResource
from hubspoke.local.engine.analyzer_wire import properties_struct
from hubspoke.local.engine.values import NotPlain, Properties
from hubspoke.local.pack_plain import Plain

KNOWN = frozenset({"1.21.0"})


@cache
def understood() -> bool:
    """Whether the policy SDK of this interpreter can do without messages."""
    return version("pulumi_policy") in KNOWN


def as_dict(properties: Properties) -> dict[str, Any]:
    """What JSON says of a message with these properties. Raises ValueError where it has no word."""
    own = {name: value for name, value in properties.items() if not name.startswith("__")}
    try:
        return {name: _told(value) for name, value in own.items()}
    except NotPlain:
        return dict(json_format.MessageToDict(properties_struct(properties)))


def _plain(properties: Properties) -> Plain:
    return Plain(partial(as_dict, properties))


def _told(value: Any) -> Any:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is dict:
        return {name: _told(each) for name, each in value.items()}
    if kind is list:
        return [_told(each) for each in value]
    if kind is int or (kind is float and isfinite(value)):
        return float(value)
    raise NotPlain


class _Message:
    """As much of a message as the SDK asks of one."""

    __slots__ = ()

    def HasField(self, name: str) -> bool:  # noqa: N802 - the message's name for it
        return getattr(self, name) is not None


class _Timeouts(NamedTuple):
    """In seconds."""

    create: float
    update: float
    delete: float


@dataclass(slots=True)
class _Options(_Message):
    protect: bool
    ignoreChanges: list[str]  # noqa: N815 - here and below the protocol's names
    deleteBeforeReplace: bool  # noqa: N815
    deleteBeforeReplaceDefined: bool  # noqa: N815
    additionalSecretOutputs: list[str]  # noqa: N815
    aliases: list[str]
    customTimeouts: _Timeouts  # noqa: N815
    parent: str


class _Urns(NamedTuple):
    urns: Sequence[str]


class _Provider(NamedTuple):
    urn: str
    type: str
    name: str
    properties: Plain


@dataclass(slots=True)
class ToldResource(_Message):
    """In place of an AnalyzeRequest, and of an AnalyzerResource."""

    urn: str
    type: str
    name: str
    properties: Plain
    options: _Options
    provider: _Provider | None
    parent: str
    dependencies: Sequence[str]
    propertyDependencies: dict[str, _Urns]  # noqa: N815


@dataclass
class ToldStack:
    """In place of an AnalyzeStackRequest."""

    resources: Sequence[ToldResource] = ()


def told(resources: Iterable[AnalyzedResource]) -> list[ToldResource]:
    """Each in place of its message. Those of one provider share what is read of it."""
    providers: dict[int, _Provider] = {}

    def provider(given: AnalyzedProvider) -> _Provider:
        if id(given) not in providers:
            providers[id(given)] = _Provider(given.urn, given.type, given.name, _plain(given.properties))
        return providers[id(given)]

    return [
        ToldResource(
            each.urn, each.type, each.name, _plain(each.properties), _options(each),
            provider(each.provider) if each.provider else None, each.parent, each.dependencies,
            {name: _Urns(urns) for name, urns in each.property_dependencies.items() if urns},
        )
        for each in resources
    ]  # fmt: skip


def _options(resource: AnalyzedResource) -> _Options:
    timeouts = (float(resource.custom_timeouts.get(name, 0)) for name in _Timeouts._fields)
    return _Options(
        resource.protect, list(resource.ignore_changes), bool(resource.delete_before_replace),
        resource.delete_before_replace is not None, list(resource.additional_secret_outputs), list(resource.aliases),
        _Timeouts(*timeouts), resource.parent,
    )  # fmt: skip
