"""What a program's SDK talks to besides the monitor: Pulumi's Engine service, in-process."""

import re

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2

from hubspoke.local.engine.checkpoint import engine_version
from hubspoke.local.engine.events import EventSink
from hubspoke.local.engine.rpc import RpcFailed

_SEVERITIES = {engine_pb2.INFO: "info", engine_pb2.WARNING: "warning", engine_pb2.ERROR: "error"}


class EngineService:
    """Pulumi's Engine service: the program's log."""

    def __init__(self, events: EventSink) -> None:
        self._events = events

    def Log(self, request: engine_pb2.LogRequest) -> empty_pb2.Empty:  # noqa: N802
        severity = _SEVERITIES.get(request.severity)
        if severity:
            self._events.diagnostic(severity, request.message, request.urn, ephemeral=request.ephemeral)
        return empty_pb2.Empty()

    def RequirePulumiVersion(  # noqa: N802
        self, request: engine_pb2.RequirePulumiVersionRequest
    ) -> engine_pb2.RequirePulumiVersionResponse:
        if not satisfies(engine_version().removeprefix("v"), request.pulumi_version_range):
            message = f"Pulumi CLI version {engine_version()} does not satisfy the version range"
            raise RpcFailed(grpc.StatusCode.FAILED_PRECONDITION, f'{message} "{request.pulumi_version_range}"')
        return engine_pb2.RequirePulumiVersionResponse()


_COMPARISON = re.compile(r"(>=|<=|!=|!|>|<|==|=)?\s*v?(\d+)\.(\d+)\.(\d+)")


def satisfies(version: str, wanted: str) -> bool:
    """Whether a version is in a range such as ">=3.5.0 !3.7.7 || >3.8.0"."""
    own = tuple(int(part) for part in version.split(".")[:3])
    return any(
        all(_compare(own, operator, tuple(map(int, numbers))) for operator, *numbers in _COMPARISON.findall(group))
        for group in wanted.split("||")
    )


def _compare(own: tuple[int, ...], operator: str, other: tuple[int, ...]) -> bool:
    return {
        ">=": own >= other, "<=": own <= other, ">": own > other, "<": own < other, "!": own != other,
        "!=": own != other,
    }.get(operator, own == other)  # fmt: skip
