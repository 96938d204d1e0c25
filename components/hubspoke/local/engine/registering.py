"""From a registration as it comes off the wire to a goal: inheritance, providers, aliases, transforms."""

import os
import re
import threading
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlparse

import grpc
from pulumi.runtime.proto import alias_pb2, callback_pb2, resource_pb2, source_pb2

from hubspoke.local.engine import urns
from hubspoke.local.engine.defaults import DENIED, DefaultProviders, Denied
from hubspoke.local.engine.errors import Unsupported
from hubspoke.local.engine.forms import from_struct, from_wire, to_struct
from hubspoke.local.engine.goal import Alias, Goal, ReadGoal
from hubspoke.local.engine.hooks import Callbacks
from hubspoke.local.engine.paths import parse
from hubspoke.local.engine.values import Properties, downgraded, output_dependencies, upgraded

Request = resource_pb2.RegisterResourceRequest
Options = resource_pb2.TransformResourceOptions
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
        self._transforms: dict[str, list[callback_pb2.Callback]] = {}
        self._traces: dict[bytes, list[str]] = {}
        self.stack_transforms: list[callback_pb2.Callback] = []
        self._lock = threading.Lock()

    def goal(self, request: Request) -> tuple[Goal, Options]:
        """Raises `InvalidRequest`, `Unsupported`, and what a transform raised."""
        _refuse_unsupported(request)
        self._inherit(request)
        properties = from_struct(request.object)
        dependencies = _property_dependencies(request, properties)
        options = self._options(request)
        transforms = self._all_transforms(request)
        if request.transforms:
            properties = {key: upgraded(value, dependencies.get(key, ())) for key, value in properties.items()}
        for transform in transforms:
            properties, options = self._transform(transform, request, properties, options)
        if request.transforms:
            dependencies = {key: output_dependencies(value) for key, value in properties.items()}
        else:
            for key, value in properties.items():
                dependencies.setdefault(key, set()).update(output_dependencies(value))
        return self._goal(request, options, properties, dependencies), options

    def registered(self, urn: str, goal: Goal, options: Options, request: Request) -> None:
        """To be called with the URN of what has been registered, before its children are."""
        with self._lock:
            self._goals[urn] = goal
            self._parents[urn] = goal.parent
            self._transforms[urn] = list(request.transforms)
            if not goal.custom:
                self._providers[urn] = dict(options.providers)

    def provider_of(self, provider: str, providers: Mapping[str, str], parent: str, package: str) -> str:
        """The explicit provider: its own, else that of its map, else of its parent's map; "" where there is none."""
        found = provider or providers.get(package, "")
        return found or self._providers.get(parent, {}).get(package, "")

    def _inherit(self, request: Request) -> None:
        above = self._goals.get(request.parent)
        if above is None:
            return
        request.deletedWith = request.deletedWith or above.deleted_with
        if not request.HasField("protect") and above.protect is not None:
            request.protect = above.protect
        if not request.HasField("retainOnDelete") and above.retain_on_delete is not None:
            request.retainOnDelete = above.retain_on_delete
        if not request.provider and request.custom and above.provider:
            owner = urns.type_of(urns.split_ref(above.provider)[0])
            if urns.provider_package(owner) == urns.package_of(request.type):
                request.provider = above.provider

    def _options(self, request: Request) -> Options:
        aliases = [*(alias_pb2.Alias(urn=urn) for urn in request.aliasURNs), *request.aliases]
        package = urns.package_of(request.type)
        provider = request.provider
        if request.custom:
            provider = self.provider_of(provider, request.providers, request.parent, package)
        options = Options(
            depends_on=request.dependencies, ignore_changes=request.ignoreChanges, version=request.version,
            replace_on_changes=request.replaceOnChanges, aliases=aliases, provider=provider,
            providers=dict(request.providers), hide_diff=request.hideDiffs, deleted_with=request.deletedWith,
            plugin_download_url=request.pluginDownloadURL, replace_with=request.replace_with,
            additional_secret_outputs=request.additionalSecretOutputs,
        )  # fmt: skip
        setattr(options, "import", request.importId)
        for name in ("custom_timeouts", "hooks", "replacement_trigger"):
            source = {"custom_timeouts": "customTimeouts"}.get(name, name)
            if request.HasField(source):  # type: ignore[arg-type]
                getattr(options, name).CopyFrom(getattr(request, source))
        if request.HasField("protect"):
            options.protect = request.protect
        if request.HasField("retainOnDelete"):
            options.retain_on_delete = request.retainOnDelete
        if request.deleteBeforeReplaceDefined or request.deleteBeforeReplace:
            options.delete_before_replace = request.deleteBeforeReplace
        return options

    def _all_transforms(self, request: Request) -> list[callback_pb2.Callback]:
        """The resource's own, then those of its parents, then the stack's."""
        with self._lock:
            found = list(request.transforms)
            above = request.parent
            while above:
                found += self._transforms.get(above, ())
                above = self._parents.get(above, "")
            return [*found, *self.stack_transforms]

    def _transform(
        self, callback: callback_pb2.Callback, request: Request, properties: Properties, options: Options
    ) -> tuple[Properties, Options]:
        asked = resource_pb2.TransformRequest(
            type=request.type, name=request.name, custom=request.custom, parent=request.parent,
            properties=to_struct(properties), options=options,
        )  # fmt: skip
        answer = resource_pb2.TransformResponse()
        try:
            self._callbacks.call(callback, asked, answer)
        except grpc.RpcError as problem:
            raise InvalidRequest(f"invoke transform: {problem.details()}") from problem
        changed = from_struct(answer.properties) if answer.HasField("properties") else properties
        return changed, answer.options if answer.HasField("options") else options

    def _goal(
        self, request: Request, options: Options, properties: Properties, dependencies: Mapping[str, Iterable[str]]
    ) -> Goal:
        provider = ""
        if request.custom and not urns.is_provider_type(request.type):
            provider = options.provider or self._default(request, options)
        elif not request.custom:
            inherited = self._providers.get(request.parent, {})
            for package, ref in inherited.items():
                if package not in options.providers:
                    options.providers[package] = ref
        properties = downgraded(properties)
        if urns.is_provider_type(request.type):
            properties = self._defaults.explicit(properties, options, request)
        everything = {*options.depends_on, *(urn for found in dependencies.values() for urn in found)}
        # Only a resource's own transforms can change what it depends on: so does Pulumi's engine.
        direct = everything if request.transforms else set(request.dependencies)
        position, trace = self._positions(request.sourcePosition, request.stackTrace)
        return Goal(
            request.type, request.name, request.custom, properties, request.parent, provider,
            protect=options.protect if options.HasField("protect") else None, dependencies=sorted(direct),
            property_dependencies={key: sorted(found) for key, found in dependencies.items()},
            delete_before_replace=_optional(options, "delete_before_replace"),
            ignore_changes=list(options.ignore_changes), aliases=[_alias(each) for each in options.aliases],
            additional_secret_outputs=list(options.additional_secret_outputs),
            import_id=getattr(options, "import"), custom_timeouts=_timeouts(options.custom_timeouts),
            replace_on_changes=list(options.replace_on_changes),
            replacement_trigger=downgraded(from_wire(options.replacement_trigger)),
            retain_on_delete=_optional(options, "retain_on_delete"), deleted_with=options.deleted_with,
            replace_with=list(options.replace_with), hide_diff=[list(parse(path)) for path in options.hide_diff],
            source_position=position, stack_trace=trace, hooks=_hooks(options),
        )  # fmt: skip

    def _default(self, request: Request, options: Options) -> str:
        package = urns.package_of(request.type)
        try:
            url = options.plugin_download_url
            return self._defaults.ref(package, options.version, url, request.packageRef, request.name)
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

    def _positions(self, position: source_pb2.SourcePosition, trace: source_pb2.StackTrace) -> tuple[str, list[str]]:
        # Most resources of a program are made in a few places: each trace is gone through once.
        key = trace.SerializeToString()
        if key not in self._traces:
            self._traces[key] = [self._position(frame.pc) for frame in trace.frames]
        return self._position(position), list(self._traces[key])

    def _position(self, position: source_pb2.SourcePosition) -> str:
        if not position.uri:
            return ""
        column = f",{position.column}" if position.column else ""
        return f"{_relative(position.uri, self._root)}#{position.line}{column}"


def _refuse_unsupported(request: Request) -> None:
    if request.remote:
        raise Unsupported(f"remote components ({request.type})")
    if request.state_migrations:
        raise Unsupported("state migrations")
    if request.envVarMappings:
        raise Unsupported("envVarMappings of providers")
    if request.custom and request.type.count(":") != 2:
        raise InvalidRequest(f"type '{request.type}' is not of the form <package>:<module>:<name>")


def _property_dependencies(request: Request, properties: Properties) -> dict[str, set[str]]:
    if request.propertyDependencies:
        return {key: set(found.urns) for key, found in request.propertyDependencies.items()}
    return {key: set(request.dependencies) for key in properties}


def _optional(options: Options, name: Any) -> bool | None:
    return bool(getattr(options, name)) if options.HasField(name) else None


def _alias(message: alias_pb2.Alias) -> Alias:
    if message.WhichOneof("alias") == "urn":
        return Alias(urn=message.urn)
    spec = message.spec
    return Alias("", spec.name, spec.type, spec.stack, spec.project, spec.parentUrn, spec.noParent)


def _hooks(options: Options) -> dict[str, list[str]]:
    found = {key: list(getattr(options.hooks, name)) for name, key in _HOOKS.items()}
    return {key: names for key, names in found.items() if names}


def _timeouts(message: Request.CustomTimeouts) -> dict[str, float]:
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
