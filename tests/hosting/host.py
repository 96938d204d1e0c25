"""The plugin's process, spoken to as the Pulumi engine does, with a local engine's monitor behind it."""

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import grpc
import pulumi
from google.protobuf import empty_pb2
from hubspoke.local.engine.messages import from_struct, to_struct
from hubspoke.local.engine.monitor import Registered
from hubspoke.local.engine.rpc import RpcFailed
from hubspoke.local.engine.values import UNKNOWN, Output
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2, provider_pb2_grpc, resource_pb2, resource_pb2_grpc

PLUGIN = Path(__file__).parents[2] / "components"


@contextmanager
def plugin(engine: str = "127.0.0.1:1") -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    """Runs `python components`, as the engine at this address does, and connects to the port that it prints."""
    process = subprocess.Popen([sys.executable, str(PLUGIN), engine], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield provider_pb2_grpc.ResourceProviderStub(channel)
    finally:
        process.kill()
        process.communicate()


def schema_of(host: provider_pb2_grpc.ResourceProviderStub) -> str:
    return str(host.GetSchema(provider_pb2.GetSchemaRequest()).schema)


@contextmanager
def _served(monitor: Any, engine: Any) -> Iterator[str]:
    """The monitor and engine of the program that is running, at an address. Yields it."""
    server = grpc.server(ThreadPoolExecutor(32))
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(cast(Any, _Servicer(monitor)), server)
    engine_pb2_grpc.add_EngineServicer_to_server(cast(Any, _Servicer(engine)), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()


class _Servicer:
    """Methods that take a request, as gRPC wants them: with a context, where failures go."""

    def __init__(self, target: Any) -> None:
        self._target = target

    def __getattr__(self, name: str) -> Any:
        def call(request: Any, context: grpc.ServicerContext) -> Any:
            if not hasattr(self._target, name):
                context.abort(grpc.StatusCode.UNIMPLEMENTED, name)
            try:
                return _message(getattr(self._target, name)(request))
            except RpcFailed as problem:
                context.abort(problem.code(), problem.details())

        return call


def _message(answer: Any) -> Any:
    """What goes on the wire: within a process a registration is answered by a plain object."""
    if not isinstance(answer, Registered):
        return answer
    message = resource_pb2.RegisterResourceResponse(urn=answer.urn, id=answer.id, unknown=answer.unknown)
    message.object.update(answer.object)
    return message


class Hosted:
    """Makes components in the plugin's process. To be used by an async program under a local engine."""

    def __init__(self, host: provider_pb2_grpc.ResourceProviderStub, address: str) -> None:
        self._host, self._address = host, address

    def construct(
        self, component: str, name: str, inputs: Mapping[str, Any], providers: Mapping[str, str], after: Sequence[str]
    ) -> tuple[str, dict[str, Output]]:
        """The component's URN and outputs. `inputs` in the schema's names, `providers` references by package."""
        request = provider_pb2.ConstructRequest(
            project=pulumi.get_project(), stack=pulumi.get_stack(), organization=pulumi.get_organization(),
            dryRun=pulumi.runtime.is_dry_run(), parallel=16, monitorEndpoint=self._address,
            type=f"hubspoke:index:{component}", name=name, inputs=to_struct(dict(inputs)), providers=dict(providers),
            dependencies=after, accepts_output_values=True,
        )  # fmt: skip
        made = self._host.Construct(request)
        return made.urn, {
            key: Output(value, known=not _unknown(value), dependencies=tuple(made.stateDependencies[key].urns))
            for key, value in from_struct(made.state).items()
        }


def _unknown(value: Any) -> bool:
    """Whether it, or something in it, is not known yet, which makes an output unknown as a whole."""
    if isinstance(value, dict):
        return any(map(_unknown, value.values()))
    return any(map(_unknown, value)) if isinstance(value, list) else bool(value == UNKNOWN)


@contextmanager
def hosted() -> Iterator[Hosted]:
    """A plugin whose resources are registered with the engine of the program that is running."""
    from pulumi.runtime.settings import SETTINGS

    with _served(SETTINGS.monitor, SETTINGS.engine) as address, plugin(address) as host:
        host.Configure(provider_pb2.ConfigureRequest(acceptSecrets=True, acceptResources=True))
        yield Hosted(host, address)
        host.Cancel(empty_pb2.Empty())
