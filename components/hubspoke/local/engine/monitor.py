"""The resource monitor that a program's SDK talks to, called in-process."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeVar

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import callback_pb2, resource_pb2

from hubspoke.local.engine import urns
from hubspoke.local.engine.asking import Asked, from_request
from hubspoke.local.engine.callbacks import Callbacks
from hubspoke.local.engine.defaults import DefaultProviders
from hubspoke.local.engine.errors import Unsupported
from hubspoke.local.engine.executor import Executor, Stopped
from hubspoke.local.engine.generator import Chain, Registration
from hubspoke.local.engine.goal import Goal, ReadGoal
from hubspoke.local.engine.handing import received
from hubspoke.local.engine.hooks import Hook, Hooks
from hubspoke.local.engine.messages import from_struct, to_answer, to_struct
from hubspoke.local.engine.plugins import Plugin, Refused
from hubspoke.local.engine.registering import InvalidRequest, Registrar
from hubspoke.local.engine.rpc import RpcFailed
from hubspoke.local.engine.state import State
from hubspoke.local.engine.turns import MustWait, in_loop
from hubspoke.local.engine.values import Properties, downgraded

Answer = TypeVar("Answer")
_FEATURES = {
    "secrets": resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    "resourceReferences": resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    "outputValues": resource_pb2.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
    "aliasSpecs": resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    "replacementTrigger": resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
    "deletedWith": resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    "replaceWith": resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    "transforms": resource_pb2.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
    "invokeTransforms": resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
    "parameterization": resource_pb2.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
    "resourceHooks": resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
    "sendsOptionsToHooks": resource_pb2.RESOURCE_MONITOR_FEATURE_SENDS_OPTIONS_TO_HOOKS,
}


@dataclass(frozen=True)
class Planned:
    """A registration of which all is decided and nothing done."""

    asked: Asked
    goal: Goal
    chain: Chain


class Registered(NamedTuple):
    """What the SDK reads of a RegisterResourceResponse. It is not on a wire, so nothing is written for one."""

    urn: str
    id: str
    object: dict[str, Any]
    unknown: bool
    propertyDependencies: None = None  # noqa: N815 - the message's name for it
    result: int = resource_pb2.Result.SUCCESS


class Operation(Protocol):
    """The run behind the monitor."""

    judged: bool
    executor: Executor

    def plan(self, goal: Goal) -> Chain: ...
    def plan_read(self, goal: ReadGoal) -> Chain: ...
    def after_import(self, found: Registration, read: State) -> Chain: ...
    def plugin(self, ref: str) -> Plugin: ...
    def stack_outputs(self, outputs: Properties) -> None: ...
    def finish(self) -> None: ...


class Monitor:
    """Method names are those of Pulumi's ResourceMonitor service. Each call blocks until what it asks for is done."""

    def __init__(
        self, operation: Operation, registrar: Registrar, defaults: DefaultProviders, callbacks: Callbacks,
        hooks: Hooks, info: resource_pb2.DeploymentInfo,
    ) -> None:  # fmt: skip
        self._operation, self._registrar, self._defaults = operation, registrar, defaults
        self._callbacks, self._hooks, self._info = callbacks, hooks, info
        self._invoke_transforms: list[callback_pb2.Callback] = []
        self._planned: dict[int, Planned] = {}  # by the identity of what is asked
        self._calls_back = False  # whether the program, on its loop, may be asked for something

    def SupportsFeature(self, request: resource_pb2.SupportsFeatureRequest) -> resource_pb2.SupportsFeatureResponse:  # noqa: N802
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in _FEATURES)

    def GetDeploymentInfo(self, request: empty_pb2.Empty) -> resource_pb2.DeploymentInfo:  # noqa: ARG002, N802
        info = resource_pb2.DeploymentInfo()
        info.CopyFrom(self._info)
        info.supportedFeatures.extend(_FEATURES.values())
        info.supportedFeatures.append(resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_PARENT)
        return info

    def RegisterPackage(self, request: resource_pb2.RegisterPackageRequest) -> resource_pb2.RegisterPackageResponse:  # noqa: N802
        return self._guard(lambda: resource_pb2.RegisterPackageResponse(ref=self._defaults.register_package(request)))

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> Registered:  # noqa: N802
        answer = self._guard(lambda: self._register(id(request), lambda: from_request(request)))
        return answer._replace(object=to_answer(answer.object))

    def take(self, asked: Asked) -> Registered:
        """As `RegisterResource`, of what comes on no wire: what is answered are the engine's own values.

        What is asked becomes the engine's, which reads what is still a message and fills in what is inherited.
        """

        def taken() -> Asked:
            asked.properties = received(asked.properties)
            return asked

        return self._guard(lambda: self._register(id(asked), taken))

    def _register(self, key: int, asked: Callable[[], Asked]) -> Registered:
        planned = self._planned.pop(key, None)
        if planned is None:
            self._leave_loop(waits=self._operation.judged)
            planned = self._plan(asked())
        if in_loop() and not self._operation.executor.quick(planned.chain.steps):
            self._planned[key] = planned
            raise MustWait
        state, skipped = self._run(planned.chain)
        self._registrar.registered(state.urn, planned.goal, planned.asked)
        # A component's recorded outputs may refer to resources that are not registered yet.
        return Registered(state.urn, state.id, state.outputs if state.custom else {}, skipped)

    def _plan(self, asked: Asked) -> Planned:
        self._calls_back = self._calls_back or bool(asked.transforms)
        self._leave_loop(waits=False)
        goal = self._registrar.goal(asked)
        return Planned(asked, goal, self._operation.plan(goal))

    def _leave_loop(self, *, waits: bool) -> None:
        """Raises `MustWait` in the loop's thread for what waits for another process, or for a thread that may itself
        wait for the loop."""
        if (waits or self._calls_back) and in_loop():
            raise MustWait

    def register(self, goal: Goal) -> tuple[State, bool]:
        """The resource as it is after its steps, and whether its creation was left out."""
        return self._run(self._operation.plan(goal))

    def _run(self, chain: Chain) -> tuple[State, bool]:
        self._operation.executor.chain(chain.steps)
        if chain.then is not None:
            read = chain.steps[0].new
            assert read
            chain = self._operation.after_import(chain.then, read)
            self._operation.executor.chain(chain.steps)
            if not chain.steps:
                return read, False
        last = [step for step in chain.steps if step.new is not None and step.op != "replace"][-1]
        assert last.new
        return last.new, last.skipped

    def RegisterResourceOutputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> empty_pb2.Empty:  # noqa: N802
        return self._guard(lambda: self._register_outputs(request))

    def _register_outputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> empty_pb2.Empty:
        self._leave_loop(waits=False)
        outputs = downgraded(from_struct(request.outputs))
        if urns.qualified_type(request.urn) == urns.STACK_TYPE:
            # Settled when the run is over: what is kept of the old outputs depends on how it ends.
            self._operation.stack_outputs(outputs)
        else:
            self._operation.executor.register_outputs(request.urn, outputs)
        return empty_pb2.Empty()

    def ReadResource(self, request: resource_pb2.ReadResourceRequest) -> resource_pb2.ReadResourceResponse:  # noqa: N802
        return self._guard(lambda: self._read(request))

    def _read(self, request: resource_pb2.ReadResourceRequest) -> resource_pb2.ReadResourceResponse:
        self._leave_loop(waits=True)
        chain = self._operation.plan_read(self._registrar.read_goal(request))
        self._operation.executor.chain(chain.steps)
        state = chain.steps[0].new
        assert state
        return resource_pb2.ReadResourceResponse(urn=state.urn, id=state.id, properties=to_struct(state.outputs))

    def Invoke(self, request: resource_pb2.ResourceInvokeRequest) -> resource_pb2.ResourceInvokeResponse:  # noqa: N802
        return self._guard(lambda: self._invoke(request))

    def _invoke(self, request: resource_pb2.ResourceInvokeRequest) -> resource_pb2.ResourceInvokeResponse:
        self._leave_loop(waits=True)
        package = urns.package_of(request.tok)
        provider = self._registrar.provider_of(request.provider, {}, request.parent, package)
        args, options = self._transformed(request, provider)
        ref = options.provider or self._defaults.ref(
            package, options.version, options.plugin_download_url, request.packageRef, request.tok
        )
        try:
            result = self._operation.plugin(ref).invoke(request.tok, args)
        except Refused as problem:
            raise InvalidRequest(f"invocation of {request.tok} returned an error: {problem}") from problem
        response = resource_pb2.ResourceInvokeResponse()
        getattr(response, "return").CopyFrom(to_struct(result))
        return response

    def _transformed(
        self, request: resource_pb2.ResourceInvokeRequest, provider: str
    ) -> tuple[Properties, resource_pb2.TransformInvokeOptions]:
        args = downgraded(from_struct(request.args))
        options = resource_pb2.TransformInvokeOptions(
            provider=provider, version=request.version, plugin_download_url=request.pluginDownloadURL
        )
        for callback in self._invoke_transforms:
            asked = resource_pb2.TransformInvokeRequest(token=request.tok, args=to_struct(args), options=options)
            answer = resource_pb2.TransformInvokeResponse()
            self._callbacks.call(callback, asked, answer)
            args = downgraded(from_struct(answer.args)) if answer.HasField("args") else args
            options = answer.options if answer.HasField("options") else options
        return args, options

    def Call(self, request: resource_pb2.ResourceCallRequest) -> None:  # noqa: N802
        self._guard(lambda: _refuse(f"methods of resources ({request.tok})"))

    def ExistsResource(self, request: resource_pb2.ExistsResourceRequest) -> None:  # noqa: N802
        self._guard(lambda: _refuse(f"asking whether a resource exists ({request.type})"))

    def RegisterStackTransform(self, callback: callback_pb2.Callback) -> empty_pb2.Empty:  # noqa: N802
        self._calls_back = True
        self._registrar.stack_transforms.append(callback)
        return empty_pb2.Empty()

    def RegisterStackInvokeTransform(self, callback: callback_pb2.Callback) -> empty_pb2.Empty:  # noqa: N802
        self._calls_back = True
        self._invoke_transforms.append(callback)
        return empty_pb2.Empty()

    def RegisterResourceHook(self, request: resource_pb2.RegisterResourceHookRequest) -> empty_pb2.Empty:  # noqa: N802
        self._calls_back = True
        hook = Hook(self._callbacks.hook(request.callback), request.on_dry_run, request.ignore_errors)
        self._guard(lambda: self._hooks.register(request.name, hook))
        return empty_pb2.Empty()

    def RegisterErrorHook(self, request: resource_pb2.RegisterErrorHookRequest) -> None:  # noqa: N802
        self._guard(lambda: _refuse(f"error hooks ({request.name})"))

    def SignalAndWaitForShutdown(self, request: empty_pb2.Empty) -> empty_pb2.Empty:  # noqa: ARG002, N802
        """The program has registered all it wants; its loop keeps serving hooks while the rest is deleted."""
        self._leave_loop(waits=True)
        self._guard(self._operation.finish)
        self._callbacks.close()  # before the program stops serving them: grpc writes of connections that end with it
        return empty_pb2.Empty()

    def _guard(self, call: Callable[[], Answer]) -> Answer:
        """The call's answer; its failures as the SDK expects them."""
        executor = self._operation.executor
        if executor.stopped:
            raise RpcFailed(grpc.StatusCode.UNAVAILABLE, "resource monitor shut down")
        try:
            return call()
        except (MustWait, grpc.RpcError):
            raise
        except (InvalidRequest, ValueError) as problem:
            raise RpcFailed(grpc.StatusCode.UNKNOWN, str(problem)) from problem
        except Stopped as problem:
            raise RpcFailed(grpc.StatusCode.UNAVAILABLE, "resource monitor shut down") from problem
        except BaseException as problem:
            executor.fail(problem)
            raise RpcFailed(grpc.StatusCode.UNAVAILABLE, "resource monitor shut down") from problem


def _refuse(feature: str) -> None:
    raise Unsupported(feature)
