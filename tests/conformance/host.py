"""A language host for the suite's programs, as the Automation API serves inline ones, in a process of its own.

A program that the CLI breaks off leaves the SDK's coroutines behind, which in time takes the process down with it: so
not in that of the tests, and a new one after each failure.
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import grpc
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2_grpc

_ROOT = Path(__file__).parents[2]


class LanguageHost:
    """Started when it is first needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._address = ""

    def serve(self, program: str, stage: int) -> str:
        """The address at which a stage of a program is served."""
        process = self._process or self._start()
        assert process.stdin
        assert process.stdout
        print(program, stage, file=process.stdin, flush=True)
        assert process.stdout.readline() == "ready\n"
        return self._address

    def _start(self) -> "subprocess.Popen[str]":
        self._process = process = subprocess.Popen(
            [sys.executable, "-m", "tests.conformance.host"], cwd=_ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert process.stdout
        self._address = process.stdout.readline().strip()
        return process

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


class _Current:
    """What is served now."""

    program, stage = "", 0

    def __call__(self) -> None:
        import_module(f"tests.conformance.programs.{self.program}").program(self.stage)


def main() -> None:
    current = _Current()
    server = grpc.server(ThreadPoolExecutor(4))
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageServer(current), server)
    print(f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}", flush=True)
    server.start()
    out, sys.stdout = sys.stdout, sys.stderr  # what programs print is none of the parent's business
    for line in sys.stdin:
        program, stage = line.split()
        current.program, current.stage = program, int(stage)
        print("ready", file=out, flush=True)


if __name__ == "__main__":
    main()
