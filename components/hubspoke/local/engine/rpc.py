"""Errors as callers would get them from a call over the wire."""

import grpc


class RpcFailed(grpc.RpcError):  # type: ignore[misc] # grpc ships no types
    """What gRPC would raise."""

    def __init__(self, code: grpc.StatusCode, details: str) -> None:
        super().__init__(details)
        self._code, self._details = code, details

    def code(self) -> grpc.StatusCode:
        return self._code

    def details(self) -> str:
        return self._details
