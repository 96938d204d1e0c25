"""From what a program asks for to a goal: inheritance, providers, aliases, transforms."""

import os
import re
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from urllib.parse import unquote, urlparse

import grpc
from pulumi.runtime.proto import alias_pb2, callback_pb2, resource_pb2, source_pb2

from hubspoke.local.engine import urns
from hubspoke.local.engine.asking import Asked, Options, Request, take_options, to_options
from hubspoke.local.engine.callbacks import Callbacks
from hubspoke.local.engine.defaults import DefaultProviders
from hubspoke.local.engine.goal import DENIED, Alias, Denied, Goal, ReadGoal
from hubspoke.local.engine.messages import from_struct, from_wire, to_struct
from hubspoke.local.engine.paths import parse
from hubspoke.local.engine.values import Properties, downgraded, output_dependencies, upgraded

_HOOKS = {
    "before_create": "BeforeCreate", "after_create": "AfterCreate", "before_update": "BeforeUpdate",
    "after_update": "AfterUpdate", "before_delete": "BeforeDelete", "after_delete": "AfterDelete",
    "on_error": "OnError",
}  # fmt: skip
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


class InvalidRequest(Exception):
    """The program asked for something that makes no sense."""


class Registrar:
    """Keeps what registrations inherit from those above them. Thread-safe."""

    def __init__(self, root: str, defaults: DefaultProviders, callbacks: Callbacks) -> None:
        self._root, self._defaults, self._callbacks = root, defaults, callbacks
        self._goals: dict[str, Goal] = {}
        self._providers: dict[str, Mapping[str, str]] = {}
        self._parents: dict[str, str] = {}
        self._transforms: dict[str, Sequence[callback_pb2.Callback]] = {}
        self._traces: dict[bytes, list[str]] = {}
        self.stack_transforms: list[callback_pb2.Callback] = []
        self._lock = threading.Lock()

    def goal(self, asked: Asked) -> Goal:
        """What is to be; `asked` gets what it inherits. Raises `InvalidRequest`, and what a transform raised."""
        if asked.custom and asked.type.count(":") != 2:
            raise InvalidRequest(f"type '{asked.type}' is not of the form <package>:<module>:<name>")
        self._inherit(asked)
        # Only a resource's own transforms can change what it depends on: so does Pulumi's engine.
        direct = asked.dependencies
        self._transform(asked)
        for key, value in asked.properties.items():
            asked.property_dependencies.setdefault(key, set()).update(output_dependencies(value))
        if asked.transforms:
            direct = asked.dependencies.union(*asked.property_dependencies.values())
        return self._goal(asked, direct)

    def registered(self, urn: str, goal: Goal, asked: Asked) -> None:
        """To be called with the URN of what has been registered, before its children are."""
        with self._lock:
            self._goals[urn] = goal
            self._parents[urn] = goal.parent
            if asked.transforms:
                self._transforms[urn] = asked.transforms
            if not goal.custom:
                self._providers[urn] = asked.providers

    def provider_of(self, provider: str, providers: Mapping[str, str], parent: str, package: str) -> str:
        """The explicit provider: its own, else that of its map, else of its parent's map; "" where there is none."""
        found = provider or providers.get(package, "")
        return found or self._providers.get(parent, {}).get(package, "")

    def _inherit(self, asked: Asked) -> None:
        above = self._goals.get(asked.parent)
        if above is not None:
            asked.deleted_with = asked.deleted_with or above.deleted_with
            if asked.protect is None:
                asked.protect = above.protect
            if asked.retain_on_delete is None:
                asked.retain_on_delete = above.retain_on_delete
            if not asked.provider and asked.custom and _serves(above.provider, asked.type):
                asked.provider = above.provider
        if asked.custom:
            package = urns.package_of(asked.type)
            asked.provider = self.provider_of(asked.provider, asked.providers, asked.parent, package)

    def _transform(self, asked: Asked) -> None:
        """By the resource's own transforms, then those of its parents, then the stack's."""
        transforms = self._all_transforms(asked)
        if not transforms:
            return
        properties, options = asked.properties, to_options(asked)
        if asked.transforms:
            needed = asked.property_dependencies
            properties = {key: upgraded(value, needed.get(key, ())) for key, value in properties.items()}
            asked.property_dependencies = {}
        for transform in transforms:
            properties, options = self._transformed(transform, asked, properties, options)
        asked.properties = properties
        take_options(asked, options)

    def _all_transforms(self, asked: Asked) -> list[callback_pb2.Callback]:
        with self._lock:
            if not (asked.transforms or self._transforms or self.stack_transforms):
                return []
            found = list(asked.transforms)
            above = asked.parent
            while above:
                found += self._transforms.get(above, ())
                above = self._parents.get(above, "")
            return [*found, *self.stack_transforms]

    def _transformed(
        self, callback: callback_pb2.Callback, asked: Asked, properties: Properties, options: Options
    ) -> tuple[Properties, Options]:
        shown = resource_pb2.TransformRequest(
            type=asked.type, name=asked.name, custom=asked.custom, parent=asked.parent,
            properties=to_struct(properties), options=options,
        )  # fmt: skip
        answer = resource_pb2.TransformResponse()
        try:
            self._callbacks.call(callback, shown, answer)
        except grpc.RpcError as problem:
            raise InvalidRequest(f"invoke transform: {problem.details()}") from problem
        changed = from_struct(answer.properties) if answer.HasField("properties") else properties
        return changed, answer.options if answer.HasField("options") else options

    def _goal(self, asked: Asked, direct: set[str]) -> Goal:
        is_provider = urns.is_provider_type(asked.type)
        provider = ""
        if not asked.custom:
            asked.providers = {**self._providers.get(asked.parent, {}), **asked.providers}
        elif not is_provider:
            provider = asked.provider or self._default(asked)
        properties = downgraded(asked.properties)
        if is_provider:
            properties = self._defaults.explicit(properties, asked)
        position, trace = self._positions(asked.source_position, asked.stack_trace)
        return Goal(
            asked.type, asked.name, asked.custom, properties, asked.parent, provider, asked.protect, sorted(direct),
            {key: sorted(found) for key, found in asked.property_dependencies.items()}, asked.delete_before_replace,
            list(asked.ignore_changes), list(asked.additional_secret_outputs), list(map(_alias, asked.aliases)),
            asked.import_id, _timeouts(asked.custom_timeouts), list(asked.replace_on_changes),
            None if asked.replacement_trigger is None else downgraded(from_wire(asked.replacement_trigger)),
            asked.retain_on_delete, asked.deleted_with, list(asked.replace_with),
            [list(parse(path)) for path in asked.hide_diff], position, trace, _hooks(asked.hooks),
        )  # fmt: skip

    def _default(self, asked: Asked) -> str:
        package = urns.package_of(asked.type)
        try:
            url = asked.plugin_download_url
            return self._defaults.ref(package, asked.version, url, asked.package_ref, asked.name)
        except Denied as denied:
            return f"{DENIED}{denied.package}"  # to be refused once the resource has its URN

    def read_goal(self, request: resource_pb2.ReadResourceRequest) -> ReadGoal:
        package = urns.package_of(request.type)
        provider = request.provider or self._defaults.ref(
            package, request.version, request.pluginDownloadURL, request.packageRef, request.type
        )
        position, trace = self._positions(request.sourcePosition, request.stackTrace)
        return ReadGoal(
            request.type, request.name, request.id, downgraded(from_struct(request.properties)), request.parent,
            provider, sorted(request.dependencies), list(request.additionalSecretOutputs), position, trace,
        )  # fmt: skip

    def _positions(
        self, position: source_pb2.SourcePosition | None, trace: source_pb2.StackTrace | None
    ) -> tuple[str, list[str]]:
        # Most resources of a program are made in a few places: each trace is gone through once.
        key = trace.SerializeToString() if trace else b""
        if key not in self._traces:
            self._traces[key] = [self._position(frame.pc) for frame in trace.frames] if trace else []
        return self._position(position), list(self._traces[key])

    def _position(self, position: source_pb2.SourcePosition | None) -> str:
        if position is None or not position.uri:
            return ""
        column = f",{position.column}" if position.column else ""
        return f"{_relative(position.uri, self._root)}#{position.line}{column}"


def _serves(provider: str, type_: str) -> bool:
    """Whether a provider, if there is one, is of a type's package."""
    owner = urns.type_of(urns.split_ref(provider)[0]) if provider else ""
    return bool(owner) and urns.provider_package(owner) == urns.package_of(type_)


def _alias(message: alias_pb2.Alias) -> Alias:
    if message.WhichOneof("alias") == "urn":
        return Alias(urn=message.urn)
    spec = message.spec
    return Alias("", spec.name, spec.type, spec.stack, spec.project, spec.parentUrn, spec.noParent)


def _hooks(message: Request.ResourceHooksBinding | None) -> dict[str, list[str]]:
    if message is None:
        return {}
    found = {key: list(getattr(message, name)) for name, key in _HOOKS.items()}
    return {key: names for key, names in found.items() if names}


def _timeouts(message: Request.CustomTimeouts | None) -> dict[str, float]:
    if message is None:
        return {}
    given = {name: getattr(message, name) for name in ("create", "update", "delete", "read")}
    return {name: _seconds(text) for name, text in given.items() if text}


def _seconds(text: str) -> float:
    """A duration in Go's notation, such as "1h30m"."""
    found = _DURATION.findall(text)
    if "".join(number + unit for number, unit in found) != text:
        raise InvalidRequest(f"unable to parse customTimeout Value {text}")
    return float(sum(float(number) * _SECONDS[unit] for number, unit in found))


@lru_cache(maxsize=4096)
def _relative(uri: str, root: str) -> str:
    path = unquote(urlparse(uri).path)
    return f"project:///{os.path.relpath(path, root)}"
