# ruff: noqa: ARG002, N802 - methods and their arguments are named by the protocol
"""Pulumi's provider protocol over gRPC, for any simulated package.

The wire's forms are the engine's (`engine.forms`), and so is the adapter to a cloud (`engine.plugins.CloudPlugin`): the
CLI gets what the local engine gets. Secrets do not come here: the CLI keeps them to itself and marks them again.
"""

import json
import traceback
from collections.abc import Callable, Iterator
from functools import cached_property, wraps
from typing import Any, TypeVar

import grpc
from google.protobuf import any_pb2, empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from hubspoke.local.clouds.protocol import CheckFailure, Provider
from hubspoke.local.engine.errors import Unsupported
from hubspoke.local.engine.messages import from_struct, to_struct
from hubspoke.local.engine.plugins import Checked, CloudPlugin, Difference, Made, Refused
from hubspoke.local.engine.values import Properties
from hubspoke.local.plugins.schemas import package_schema

Request = TypeVar("Request")
Response = TypeVar("Response")
_KINDS = provider_pb2.PropertyDiff.Kind


class NotServed(Exception):
    """A part of the protocol that the simulated clouds do not have."""


class NoSimulation(Exception):
    """Nobody said which folder the simulated clouds are in."""


def rpc(
    method: Callable[["SimulatedServicer", Request], Response],
) -> Callable[["SimulatedServicer", Request, grpc.ServicerContext], Response]:
    """Answer a request, or refuse it in words that the CLI shows as they are."""

    @wraps(method)
    def answer(self: "SimulatedServicer", request: Request, context: grpc.ServicerContext) -> Response:
        try:
            return method(self, request)
        except Refused as problem:
            _refuse(context, problem, request)
        except NoSimulation as problem:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(problem))
        except (NotServed, Unsupported) as problem:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"the simulated {self.package} package: {problem}")
        except Exception as problem:  # the CLI would show no more than that there was one
            context.abort(grpc.StatusCode.INTERNAL, _defect(problem))
        raise AssertionError  # abort always raises

    return answer


class SimulatedServicer(provider_pb2_grpc.ResourceProviderServicer):
    """One provider of one package. `open_provider` makes it when it is first needed, and raises `NoSimulation`;
    `announce` tells the user, once, what stands in for the real provider."""

    def __init__(
        self, package: str, version: str, open_provider: Callable[[], Provider], announce: Callable[[], None]
    ) -> None:
        self.package, self.version = package, version
        self._open, self._announce = open_provider, announce

    @cached_property
    def _plugin(self) -> CloudPlugin:
        return CloudPlugin(self._open())

    @rpc
    def Handshake(self, request: provider_pb2.ProviderHandshakeRequest) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse()  # neither secrets nor references nor outputs are accepted

    @rpc
    def Attach(self, request: plugin_pb2.PluginAttach) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    @rpc
    def Cancel(self, request: empty_pb2.Empty) -> empty_pb2.Empty:
        return empty_pb2.Empty()  # what is running is finished, as it must be recorded

    @rpc
    def GetPluginInfo(self, request: empty_pb2.Empty) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=self.version)

    @rpc
    def GetSchema(self, request: provider_pb2.GetSchemaRequest) -> provider_pb2.GetSchemaResponse:
        return provider_pb2.GetSchemaResponse(schema=json.dumps(package_schema(self.package, self.version)))

    @rpc
    def GetMapping(self, request: provider_pb2.GetMappingRequest) -> provider_pb2.GetMappingResponse:
        return provider_pb2.GetMappingResponse()

    @rpc
    def GetMappings(self, request: provider_pb2.GetMappingsRequest) -> provider_pb2.GetMappingsResponse:
        return provider_pb2.GetMappingsResponse()

    @rpc
    def CheckConfig(self, request: provider_pb2.CheckRequest) -> provider_pb2.CheckResponse:
        return _checked(self._plugin.check_config(from_struct(request.news)))

    @rpc
    def DiffConfig(self, request: provider_pb2.DiffRequest) -> provider_pb2.DiffResponse:
        old, new = from_struct(request.old_inputs), from_struct(request.news)
        return _difference(self._plugin.diff_config(old, new))

    @rpc
    def Configure(self, request: provider_pb2.ConfigureRequest) -> provider_pb2.ConfigureResponse:
        self._plugin.configure(from_struct(request.args))
        self._announce()
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    @rpc
    def Check(self, request: provider_pb2.CheckRequest) -> provider_pb2.CheckResponse:
        olds, news = _given(request, "olds"), from_struct(request.news)
        return _checked(self._plugin.check(request.urn, olds, news, request.randomSeed))

    @rpc
    def Diff(self, request: provider_pb2.DiffRequest) -> provider_pb2.DiffResponse:
        found = self._plugin.diff(
            request.urn, request.id, from_struct(request.old_inputs), from_struct(request.olds),
            from_struct(request.news), tuple(request.ignoreChanges),
        )  # fmt: skip
        return _difference(found)

    @rpc
    def Create(self, request: provider_pb2.CreateRequest) -> provider_pb2.CreateResponse:
        news = from_struct(request.properties)
        made = self._plugin.create(request.urn, news, request.timeout, preview=request.preview)
        return provider_pb2.CreateResponse(id=made.id, properties=to_struct(made.outputs))

    @rpc
    def Read(self, request: provider_pb2.ReadRequest) -> provider_pb2.ReadResponse:
        found = self._plugin.read(request.urn, request.id, _given(request, "inputs"), _given(request, "properties"))
        if found is None:
            return provider_pb2.ReadResponse()  # no id: it is gone
        return provider_pb2.ReadResponse(
            id=found.id, inputs=to_struct(found.inputs), properties=to_struct(found.outputs)
        )

    @rpc
    def Update(self, request: provider_pb2.UpdateRequest) -> provider_pb2.UpdateResponse:
        outputs = self._plugin.update(
            request.urn, request.id, from_struct(request.old_inputs), from_struct(request.olds),
            from_struct(request.news), request.timeout, tuple(request.ignoreChanges), preview=request.preview,
        )  # fmt: skip
        return provider_pb2.UpdateResponse(properties=to_struct(outputs))

    @rpc
    def Delete(self, request: provider_pb2.DeleteRequest) -> empty_pb2.Empty:
        inputs, outputs = from_struct(request.old_inputs), from_struct(request.properties)
        self._plugin.delete(request.urn, request.id, inputs, outputs, request.timeout)
        return empty_pb2.Empty()

    @rpc
    def Invoke(self, request: provider_pb2.InvokeRequest) -> provider_pb2.InvokeResponse:
        found = self._plugin.invoke(request.tok, from_struct(request.args))
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(to_struct(found))
        return response

    @rpc
    def Construct(self, request: provider_pb2.ConstructRequest) -> provider_pb2.ConstructResponse:
        raise NotServed(f"it has no components, and so no {request.type}")

    @rpc
    def Call(self, request: provider_pb2.CallRequest) -> provider_pb2.CallResponse:
        raise NotServed(f"it has no methods, and so no {request.tok}")

    @rpc
    def Parameterize(self, request: provider_pb2.ParameterizeRequest) -> provider_pb2.ParameterizeResponse:
        raise NotServed("it takes no parameters")

    @rpc
    def List(self, request: provider_pb2.ListRequest) -> Iterator[provider_pb2.ListResponse]:
        raise NotServed(f"it lists no resources of type {request.token}; `hubspoke sim list` does")


def _given(request: Any, name: str) -> Properties | None:
    return from_struct(getattr(request, name)) if request.HasField(name) else None


def _checked(checked: Checked) -> provider_pb2.CheckResponse:
    return provider_pb2.CheckResponse(
        inputs=to_struct(checked.inputs), failures=[_failure(failure) for failure in checked.failures]
    )


def _failure(failure: CheckFailure) -> provider_pb2.CheckFailure:
    return provider_pb2.CheckFailure(property=failure.property, reason=failure.reason)


def _difference(found: Difference) -> provider_pb2.DiffResponse:
    response = provider_pb2.DiffResponse
    return provider_pb2.DiffResponse(
        changes=response.DIFF_SOME if found.changes else response.DIFF_NONE,
        diffs=sorted(found.changed),
        replaces=sorted(found.replaces),
        deleteBeforeReplace=found.delete_before_replace,
        hasDetailedDiff=found.detailed is not None,
        detailedDiff={path: _property_diff(kind) for path, kind in (found.detailed or {}).items()},
    )


def _property_diff(kind: str) -> provider_pb2.PropertyDiff:
    # Inputs are compared with inputs, which the CLI must know to show the values that differ.
    return provider_pb2.PropertyDiff(kind=_KINDS.Value(kind.upper().replace("-", "_")), inputDiff=True)


def _defect(problem: Exception) -> str:
    last = traceback.extract_tb(problem.__traceback__)[-1]
    return f"{type(problem).__name__}: {problem} ({last.filename}:{last.lineno}); this is a defect"


def _refuse(context: grpc.ServicerContext, problem: Refused, request: Any) -> None:
    """A cloud's refusal; with what there is nevertheless, where something was made."""
    if problem.partial:
        inputs = request.news if isinstance(request, provider_pb2.UpdateRequest) else request.properties
        status = partial_status(str(problem), problem.partial, inputs)
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(grpc.StatusCode.UNKNOWN, str(problem))
    context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(problem))


def partial_status(reason: str, made: Made, inputs: struct_pb2.Struct) -> status_pb2.Status:
    """The status that tells the CLI to record what was made in part."""
    failed = provider_pb2.ErrorResourceInitFailed(
        id=made.id, properties=to_struct(made.outputs), inputs=inputs, reasons=[reason]
    )
    detail = any_pb2.Any()
    detail.Pack(failed)
    return status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=reason, details=[detail])
