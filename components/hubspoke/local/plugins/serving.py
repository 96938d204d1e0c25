"""A plugin's process: where its simulated cloud is, its server, and its end."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2_grpc

from hubspoke.local.clouds import simulated_provider_factory
from hubspoke.local.clouds.installed import sdk_version
from hubspoke.local.clouds.protocol import Provider
from hubspoke.local.plugins.servicer import NoSimulation, SimulatedServicer

FOLDER = "HUBSPOKE_SIM"
_MAX_MESSAGE = 400 * 1024 * 1024  # Pulumi's own
_OPTIONS = [
    ("grpc.max_receive_message_length", _MAX_MESSAGE),
    ("grpc.max_send_message_length", _MAX_MESSAGE),
    ("grpc.enable_http_proxy", 0),  # a proxy has no business on loopback
]
_AT_A_TIME = 64  # the CLI bounds what it asks for at once; a slow creation must not hold up a fast one
_GRACE = 3.0  # seconds for what is running; the CLI kills after five


def simulation_folder() -> Path:
    """Where the simulated clouds are. Raises `NoSimulation` unless HUBSPOKE_SIM says so.

    It is never guessed: a plugin that stands in for a real provider must have been asked to.
    """
    named = os.environ.get(FOLDER, "")
    if not named:
        raise NoSimulation(
            f"this is hubspoke's simulated provider, not the real one, and {FOLDER} is not set. For the simulation set "
            f"{FOLDER} to its folder, such as $PWD/.hubspoke/clouds. For the real provider, remove this one with "
            "`hubspoke sim install --uninstall`."
        )
    folder = Path(named).expanduser()
    if not folder.is_absolute():
        raise NoSimulation(f"{FOLDER} is {named!r}, which says nothing here: give the folder's whole path")
    return folder


def open_provider(package: str) -> Provider:
    """The package's simulation in HUBSPOKE_SIM. Raises `NoSimulation`."""
    folder = simulation_folder()
    folder.mkdir(parents=True, exist_ok=True)
    return simulated_provider_factory(folder)(package, sdk_version(package))


def announcer(package: str, engine: str | None) -> Callable[[], None]:
    """Tells the engine at this address, and so its user, that this provider is a simulation."""

    def announce() -> None:
        if engine is None:
            return
        message = f"{package} is simulated, in {simulation_folder()}: no real cloud is touched"
        with grpc.insecure_channel(engine, options=_OPTIONS) as channel:
            log = engine_pb2.LogRequest(severity=engine_pb2.INFO, message=message)
            engine_pb2_grpc.EngineStub(channel).Log(log, timeout=5)

    return announce


def start(package: str, engine: str | None = None) -> tuple[grpc.Server, int]:
    """A server of one package's provider on a free port of the loopback interface, and that port."""
    servicer = SimulatedServicer(
        package, sdk_version(package), lambda: open_provider(package), announcer(package, engine)
    )
    server = grpc.server(ThreadPoolExecutor(_AT_A_TIME), options=_OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def serve(package: str, engine: str | None) -> None:
    """Serve until told to stop. The port is the first line of the output, as Pulumi wants it.

    Started by an engine, it also ends when that engine is gone, which closes the pipe that is its input.
    """
    server, port = start(package, engine)
    ended = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    if engine is not None:
        threading.Thread(target=_await_end_of_input, args=(ended,), daemon=True).start()
    print(port, flush=True)
    ended.wait()
    server.stop(_GRACE).wait()
    # Tearing down the SDKs' modules takes a second, and the CLI gives all of its plugins five to end in.
    os._exit(0)


def _await_end_of_input(ended: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    ended.set()
