"""The suite's provider as a plugin of the Pulumi CLI, which starts `pulumi-resource-conformance` and reads a port.

Providers are served by this process, which has everything imported: what the CLI starts only asks it for a new one. The
CLI starts hundreds of them, and a Python with grpc and pulumi imported takes most of a second to begin with.
"""

import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
from hubspoke.local.plugins.servicer import SimulatedServicer
from pulumi.runtime.proto import provider_pb2_grpc

from tests.conformance.provider import PACKAGE, provider_factory

VERSION = "1.0.0"
_EXECUTABLE = """#!{python} -SE
import os, signal, socket
signal.signal(signal.SIGINT, signal.SIG_DFL)
host = socket.create_connection(("127.0.0.1", {port}))
host.sendall(os.environ["CONFORMANCE_CLOUD"].encode() + b"\\n")
print(host.makefile().readline(), end="", flush=True)
host.recv(1)
"""


class PluginHost:
    """Serves a provider of its own to each plugin process, until that process ends."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def write_executable(self, folder: Path) -> None:
        """CONFORMANCE_CLOUD in its environment is the folder of the cloud that its provider manages."""
        path = folder / f"pulumi-resource-{PACKAGE}"
        path.write_text(_EXECUTABLE.format(python=sys.executable, port=self._listener.getsockname()[1]))
        path.chmod(0o755)

    def close(self) -> None:
        """To be called when the CLI runs no more: threads that outlive the tests end them with an error of their own."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(timeout=10)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed
                return
            serving = threading.Thread(target=_serve, args=(connection,), daemon=True)
            self._threads = [each for each in self._threads if each.is_alive()] + [serving]
            serving.start()


def _serve(connection: socket.socket) -> None:
    with connection, connection.makefile("rw") as stream:
        factory = provider_factory(Path(stream.readline().rstrip("\n")))
        servicer = SimulatedServicer(PACKAGE, VERSION, lambda: factory(PACKAGE, VERSION), lambda: None)
        server = grpc.server(ThreadPoolExecutor(32))
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        print(port, file=stream, flush=True)
        stream.readline()  # until the CLI ends it
        server.stop(None).wait()
