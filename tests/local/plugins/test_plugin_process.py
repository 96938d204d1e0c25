"""The plugin as a process: what an engine that starts it sees."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from hubspoke.local.clouds.installed import sdk_version
from pulumi.runtime.proto import engine_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as wire
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

COMMAND = [sys.executable, "-m", "hubspoke.local.plugins"]


class Engine(engine_pb2_grpc.EngineServicer):
    """Takes the messages of plugins."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def Log(self, request: Any, context: Any) -> empty_pb2.Empty:  # noqa: N802, ARG002
        self.messages.append(request.message)
        return empty_pb2.Empty()


def begin(*words: str, folder: Path) -> "subprocess.Popen[str]":
    environment = {**os.environ, "HUBSPOKE_SIM": str(folder)}
    return subprocess.Popen(
        [*COMMAND, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )


def port(process: "subprocess.Popen[str]") -> int:
    assert process.stdout
    return int(process.stdout.readline())


def end(process: "subprocess.Popen[str]") -> int:
    process.communicate(timeout=20)
    return process.returncode


def test_it_serves_on_the_port_that_it_prints_and_ends_when_told_to(tmp_path: Path) -> None:
    process = begin("random", folder=tmp_path)
    with grpc.insecure_channel(f"127.0.0.1:{port(process)}") as channel:
        assert ResourceProviderStub(channel).GetPluginInfo(empty_pb2.Empty()).version == sdk_version("random")
    process.send_signal(signal.SIGINT)
    assert end(process) == 0


def test_it_does_not_outlive_the_engine_that_started_it(tmp_path: Path) -> None:
    process = begin("random", "127.0.0.1:1", "--logtostderr", "-v=9", folder=tmp_path)
    port(process)
    assert process.stdin
    process.stdin.close()
    assert process.wait(timeout=20) == 0
    assert process.stdout
    process.stdout.close()


def test_it_tells_the_user_of_the_engine_that_it_is_a_simulation(tmp_path: Path) -> None:
    engine, server = Engine(), grpc.server(ThreadPoolExecutor(1))
    engine_pb2_grpc.add_EngineServicer_to_server(engine, server)
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    process = begin("cloudflare", address, folder=tmp_path)
    with grpc.insecure_channel(f"127.0.0.1:{port(process)}") as channel:
        ResourceProviderStub(channel).Configure(wire.ConfigureRequest())
    end(process)
    server.stop(0).wait()
    assert engine.messages == [f"cloudflare is simulated, in {tmp_path}: no real cloud is touched"]


def test_an_unknown_package_is_bad_usage() -> None:
    done = subprocess.run([*COMMAND, "azure"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "invalid choice: 'azure'" in done.stderr
