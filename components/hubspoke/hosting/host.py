"""The plugin's process: constructs a component when an engine asks for one."""

import asyncio
import json
import sys
from contextlib import suppress
from typing import Any

import grpc
import pulumi
from pulumi.provider import Provider
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.provider import ConstructResult
from pulumi.provider.server import ComponentInitError, ProviderServicer
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

import hubspoke
from hubspoke.hosting.plain import refuse_outputs
from hubspoke.hosting.schema import HOSTED, NAME, SCHEMA, VERSION

_OPTIONS = [("grpc.max_receive_message_length", 400 * 1024 * 1024)]  # as every Pulumi plugin


class Host(ComponentProvider):
    """Constructs the components; what it says of itself is the schema file."""

    def __init__(self, schema: str) -> None:
        Provider.__init__(self, VERSION, schema)  # not ComponentProvider's: it would import and analyse them all
        self._name = NAME
        self._said: dict[str, Any] = json.loads(schema)
        self._analyzed: dict[str, ComponentProvider] = {}

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: pulumi.Inputs,
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        """Make one component.

        Raises ValueError for a type that is not one of the components, InputPropertyError and InputPropertiesError for
        arguments that do not fit, and RunError where the component refuses what it was given.
        """
        self.validate_resource_type(self._name, resource_type)
        host = self._host_of(resource_type.rsplit(":", 1)[-1])
        refuse_outputs(self._said, resource_type, inputs)
        try:
            return host.construct(name, resource_type, inputs, options)
        except ComponentInitError as problem:
            if isinstance(problem.inner, pulumi.RunError):
                raise problem.inner from None
            raise

    def _host_of(self, component: str) -> ComponentProvider:
        if component not in HOSTED:
            known = ", ".join(HOSTED)
            raise ValueError(f"hubspoke has no component {component!r}; it has: {known}")
        if component not in self._analyzed:
            self._analyzed[component] = ComponentProvider([getattr(hubspoke, component)], NAME, version=VERSION)
        return self._analyzed[component]


class Servicer(ProviderServicer):
    """Pulumi's own, but that a RunError, which is meant for people, reaches them as its message alone."""

    async def Construct(  # noqa: N802, the protocol's name
        self, request: provider_pb2.ConstructRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> provider_pb2.ConstructResponse:
        """Make one component, and wait for all in it."""
        try:
            return await super().Construct(request, context)
        except pulumi.RunError as problem:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(problem))
            raise


def serve() -> None:
    """Serve until the engine that started this process ends it. The engine's address is the first argument."""
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(Host(SCHEMA.read_text()), sys.argv[1:]))


async def _serve(host: Host, arguments: list[str]) -> None:
    server = grpc.aio.server(options=_OPTIONS)
    engine = next(argument for argument in arguments if not argument.startswith("-"))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(host, arguments, engine), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)
    await server.wait_for_termination()
