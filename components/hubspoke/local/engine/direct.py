"""Resources registered with the engine in the same process, without a request and an answer.

The SDK serializes what a resource is made of into a message and reads the answer out of another, in two tasks for each
resource. Neither goes anywhere: the engine takes what it would read out of the first as it is, and gives what the SDK
would read out of the second. This repeats the SDK's `register_resource` and so holds for the versions named here, and
for registrations with options that are common; the SDK does all others itself.
"""

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any

import grpc
import pulumi
from pulumi import _types
from pulumi.runtime import resource, rpc, settings
from pulumi.runtime._depends_on import _resolve_depends_on_urns

from hubspoke.local.engine.asking import Asked
from hubspoke.local.engine.handing import to_engine, to_sdk
from hubspoke.local.engine.monitor import Monitor, Registered
from hubspoke.local.engine.promised import leaf_of
from hubspoke.local.engine.replaced import replaced
from hubspoke.local.engine.thrift_values import left_alone
from hubspoke.local.engine.turns import MustWait, begun_here
from hubspoke.local.engine.urns import STACK_TYPE
from hubspoke.local.engine.values import Properties

KNOWN = frozenset({"3.272.0"})  # of the SDK: what is repeated here was compared with each
_RARE = (
    "transforms", "state_migrations", "replacement_trigger", "deleted_with", "replace_with", "import_",
    "env_var_mappings",
)  # fmt: skip
Needs = dict[str, list[Any]]  # resources by property


@contextlib.contextmanager
def registered_directly() -> Iterator[None]:
    """Common registrations are direct, with an SDK of a known version."""
    usual = getattr(pulumi.resource, "register_resource", None)
    if usual is None or version("pulumi") not in KNOWN:
        yield
        return
    with replaced(pulumi.resource, "register_resource", _directly(usual)):
        yield


def _directly(usual: Callable[..., None]) -> Callable[..., None]:
    def register_resource(
        res: Any, ty: str, name: str, custom: bool, remote: bool, new_dependency: Any, props: Any, opts: Any,
        typ: type | None = None, package_ref: Awaitable[str | None] | None = None,
    ) -> None:  # fmt: skip
        monitor = settings.get_monitor()
        if remote or package_ref is not None or type(monitor) is not Monitor or not _is_common(opts):
            usual(res, ty, name, custom, remote, new_dependency, props, opts, typ, package_ref)
            return
        trace = resource._get_stack_trace()
        registration = _Registration(
            res, ty, name, custom, props, opts, typ, monitor, trace, *_promises(res, props, custom)
        )
        manager = settings._get_rpc_manager()
        manager.rpcs.append(asyncio.ensure_future(_watched(registration.run(), manager)))

    return register_resource


def _is_common(opts: Any) -> bool:
    given = vars(opts)
    hooks = given.get("hooks")  # merged options have an object of none
    return not any(given.get(name) for name in _RARE) and not (hooks and any(vars(hooks).values()))


def _promises(res: Any, props: Any, custom: bool) -> tuple[Callable[..., None], Callable[..., None] | None, Any]:
    """The resource's outputs, unresolved: what resolves its URN, its id and its properties."""
    resolve_urn, res.__dict__["urn"] = resource.resource_output(res)
    resolve_id = None
    if custom:
        resolve_id, res.__dict__["id"] = resource.resource_output(res)
    return resolve_urn, resolve_id, rpc.transfer_properties(res, props, custom)


async def _watched(registration: Awaitable[None], manager: Any) -> None:
    """The run ends with the first that fails, as the SDK's manager has it."""
    try:
        await registration
    except Exception as problem:
        if manager.unhandled_exception is None:
            manager.unhandled_exception, manager.exception_traceback = problem, sys.exc_info()[2]
        raise


def _renamed(names: Mapping[str, str], name: str) -> str:
    return names.get(name) or name


def _retold(problem: Exception, where: str) -> Exception:
    kind = ValueError if isinstance(problem, ValueError) else AssertionError
    return kind(f"{where}\n{kind.__name__} has risen: {problem}")


@dataclass(slots=True)
class _Registration:
    """One resource on its way to the engine and back."""

    res: Any
    token: str
    name: str
    custom: bool
    props: Mapping[str, Any]
    opts: Any
    typ: type | None
    monitor: Monitor
    trace: Any
    resolve_urn: Callable[..., None]
    resolve_id: Callable[..., None] | None
    resolvers: dict[str, Callable[..., None]]

    async def run(self) -> None:
        try:
            asked = await self._prepared()
            given = asked.properties
            answer = await self._answer(asked)
        except Exception as problem:
            self._fail(problem, urn=True)
            raise
        self.resolve_urn(answer.urn, True, False, None)
        if self.resolve_id is not None:
            self.resolve_id(answer.id, bool(answer.id), False, None)
        try:
            self._tell(answer, given)
        except Exception as problem:
            self._fail(problem, urn=False)
            raise

    def _fail(self, problem: Exception, *, urn: bool) -> None:
        rpc.resolve_outputs_due_to_exception(self.resolvers, problem)
        if urn:
            self.resolve_urn(None, True, False, problem)
            if self.resolve_id is not None:
                self.resolve_id(None, True, False, problem)

    async def _prepared(self) -> Asked:
        """Raises as the SDK's own preparation does, in its words."""
        try:
            return await self._asked()
        except ValueError as problem:
            raise _retold(problem, f"While processing resource: {self.name!r}, type: {self.token!r}") from problem
        except AssertionError as problem:
            raise _retold(problem, f"While processing resource: {self.name!r}, type {self.token!r}") from problem

    async def _asked(self) -> Asked:
        opts, res, typ = self.opts, self.res, self.typ
        needed: set[str] = set()
        if opts.depends_on is not None:
            needed = await _resolve_depends_on_urns(opts._depends_on_list(), from_resource=res)
        properties, needs = await self._properties()
        asked = Asked(
            self.token, self.name, self.custom, await self._parent(), properties, needed, {}, await self._provider(),
            await self._providers(), opts.version or "", opts.plugin_download_url or "",
            protect=opts.protect, retain_on_delete=opts.retain_on_delete,
            delete_before_replace=opts.delete_before_replace, hide_diff=opts.hide_diffs or (),
            ignore_changes=resource._translate_ignore_changes(res, typ, opts.ignore_changes) or (),
            replace_on_changes=resource._translate_replace_on_changes(res, typ, opts.replace_on_changes) or (),
            additional_secret_outputs=resource._translate_additional_secret_outputs(
                res, typ, opts.additional_secret_outputs
            ) or (),
            source_position=resource._get_source_position(self.trace), stack_trace=self.trace,
        )  # fmt: skip
        if opts.aliases:
            asked.aliases = await resource.prepare_aliases(res, opts, supports_alias_specs=True)
        if opts.custom_timeouts is not None:
            asked.custom_timeouts = resource._create_custom_timeouts(opts.custom_timeouts)
        for key, resources in needs.items():
            urns = set(await rpc._expand_dependencies(resources, res)) if resources else set()
            asked.property_dependencies[key] = urns
            asked.dependencies |= urns
        return asked

    async def _properties(self) -> tuple[Properties, Needs]:
        """The inputs that are given, by the engine's names, and the resources that each is made of."""
        translate: Callable[[str], str] = self.res.translate_input_property
        types: Mapping[str, Any] = {}
        if self.typ is not None:
            names, types = _types.input_type_py_to_pulumi_names(self.typ), _types.input_type_types(self.typ)
            translate = partial(_renamed, names)
        properties: Properties = {}
        needs: Needs = {}
        for key in self.props:
            value = self.props[key]
            resources: list[Any] = []
            if value is None:
                continue
            name = translate(key)
            if (leaf := leaf_of(value)) is not None:
                value, resources = leaf
            else:
                value = await self._serialized(key, value, resources, types.get(name))
            if value is not None:
                properties[name], needs[name] = to_engine(value), resources
        return properties, needs

    async def _serialized(self, key: str, value: Any, resources: list[Any], kind: Any) -> Any:
        translate = None if self.typ is not None else self.res.translate_input_property
        try:
            return await rpc.serialize_property(value, resources, key, self.res, translate, kind)
        except (ValueError, AssertionError) as problem:
            where = f"While processing input: {key!r}, type {type(key)}, value {value!r}"
            raise _retold(problem, where) from problem

    async def _parent(self) -> str:
        parent = self.opts.parent
        if parent is None and self.token != STACK_TYPE:
            parent = settings.get_root_resource()
        return "" if parent is None else await parent.urn.future() or ""

    async def _provider(self) -> str:
        provider = self.opts.provider if self.custom else None
        return "" if provider is None else await resource._create_provider_ref(provider)

    async def _providers(self) -> dict[str, str]:
        if self.custom:
            return {}
        given = resource.convert_providers(self.opts.provider, self.opts.providers)
        return {package: await resource._create_provider_ref(each) for package, each in given.items()}

    async def _answer(self, asked: Asked) -> Registered:
        call = partial(self.monitor.take, asked)
        try:
            try:
                return begun_here(call)
            except MustWait:
                return await asyncio.get_running_loop().run_in_executor(None, copy_context().run, call)
        except grpc.RpcError as problem:
            raise settings.grpc_error_to_exception(problem) from problem

    def _tell(self, answer: Registered, given: Properties) -> None:
        """Outputs of the engine's first; what it says nothing of is what was given, where that is no preview."""
        found: dict[str, Any] = {}
        translated, renamed = self._translation()
        for key, value in answer.object.items():
            read = to_sdk(value, keep_unknowns=True)
            if read is not None:
                found[renamed(key)] = translated(key, read)
        preview = settings.is_dry_run()
        if not preview or settings.is_legacy_apply_enabled():  # type: ignore[no-untyped-call]
            for key, value in given.items():
                if renamed(key) not in found:
                    read = to_sdk(value, keep_unknowns=preview)
                    found[renamed(key)] = translated(key, read, return_none_on_dict_type_mismatch=True)
        unknown = self.custom and not preview and answer.unknown
        rpc.resolve_properties(self.resolvers, found, {}, self.custom, resolve_missing_as_unknown=unknown)

    def _translation(self) -> tuple[Callable[..., Any], Callable[[str], str]]:
        """What makes a property's value one of the SDK's types, and what makes its name one of Python's."""
        kind, typed = type(self.res), self.typ is not None
        types = _types.resource_types(kind)
        renamed = inner = self.res.translate_output_property
        if typed:
            names = _types.resource_pulumi_to_py_names(kind)
            renamed, inner = partial(_renamed, names), str

        def translated(key: str, value: Any, **named: bool) -> Any:
            if left_alone(value, types.get(key)):
                return value
            path = rpc._Path(renamed(key), resource=f"{self.res._name}")
            return rpc.translate_output_properties(value, inner, types.get(key), typed, path=path, **named)

        return translated, renamed
