"""A policy pack's process: started, watched, ended. It serves gRPC on a port that it prints first."""

import json
import logging
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import grpc
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from hubspoke.local.engine.analyzer_fork import ForkedPack, may_fork
from hubspoke.local.engine.analyzer_pipe import PORT, PipeChannel
from hubspoke.local.engine.analyzer_types import AnalyzerError

log = logging.getLogger(__name__)

# As `python -u -m pulumi.policy`, and gone with us: a killed engine must leave no process behind.
_BOOT = """
import logging, os, runpy, threading

def leave_with_engine():
    while os.read(0, 1):
        pass
    os._exit(0)

logging.getLogger("grpc").addHandler(logging.StreamHandler())  # or a failing rule leaves no traceback
threading.Thread(target=leave_with_engine, daemon=True).start()
runpy.run_module("pulumi.policy", run_name="__main__", alter_sys=True)
"""
_NO_ENGINE = "127.0.0.1:1"  # pulumi.policy wants an engine's address and does not use it
_SHOWN_LINES = 12
_MAX_MESSAGE = 400 * 1024 * 1024  # bytes; that of the policy SDK's server
_CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", _MAX_MESSAGE),
    ("grpc.max_send_message_length", _MAX_MESSAGE),
    ("grpc.enable_http_proxy", 0),  # a proxy has no business on loopback
)
_PASSPHRASES = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")  # of no use to a pack


def read_manifest(folder: Path) -> dict[str, Any]:
    """PulumiPolicy.yaml of a pack. Raises AnalyzerError if it is missing, unreadable or not for Python."""
    path = folder / "PulumiPolicy.yaml"
    if not path.is_file():
        raise AnalyzerError(f"{folder} is not a policy pack: there is no {path.name} in it")
    try:
        manifest = YAML(typ="safe").load(path.read_text())
    except (YAMLError, UnicodeDecodeError) as error:
        raise AnalyzerError(f"{path} is not valid YAML: {error}") from None
    if not isinstance(manifest, dict) or not _runtime(manifest)[0]:
        raise AnalyzerError(f"{path} names no runtime; add `runtime: python`")
    if _runtime(manifest)[0] != "python":
        raise AnalyzerError(
            f"{path} is for the runtime {_runtime(manifest)[0]!r}; the local engine runs Python packs only: "
            "use the Pulumi CLI for this one"
        )
    return manifest


class PackProcess:
    """A running pack. `port` is where it serves.

    Raises AnalyzerError if it does not come up within `timeout` seconds.
    """

    def __init__(self, folder: Path, manifest: dict[str, Any], env: Mapping[str, str], timeout: float) -> None:
        self._folder = folder
        self._errors: deque[str] = deque(maxlen=200)
        self._process = _start(folder, _python(folder, manifest), {**_inherited(), **env})
        first: queue.Queue[str] = queue.Queue()
        self._threads = (
            threading.Thread(target=self._read_output, args=(first,), daemon=True),
            threading.Thread(target=self._read_errors, daemon=True),
        )
        for thread in self._threads:
            thread.start()
        try:
            self.port = self._await_port(first, timeout)
        except BaseException:
            self.close()
            raise

    def channel(self) -> grpc.Channel | PipeChannel:
        """To call it by. A fork answers on its pipe, unless its SDK serves in a way of its own."""
        if isinstance(self._process, ForkedPack) and self.port == PORT:
            return PipeChannel(self._process.connection, self._process.at)
        return grpc.insecure_channel(f"127.0.0.1:{self.port}", options=_CHANNEL_OPTIONS)

    def exit_code(self, wait: float = 0.0) -> int | None:
        """None while it runs. Waits up to `wait` seconds for it to end."""
        try:
            return self._process.wait(wait)
        except subprocess.TimeoutExpired:
            return None

    def said(self) -> str:
        """The end of what it wrote to stderr since last asked, each line after a newline and an indent.

        Of a traceback, the part in the pack itself.
        """
        lines = [line.rstrip() for line in list(self._errors) if line.strip(" ^\n")]
        self._errors.clear()
        own = next((n for n, line in enumerate(lines) if f'File "{self._folder}' in line), 0)
        return "".join(f"\n  {line}" for line in lines[own:][-_SHOWN_LINES:])

    def close(self) -> None:
        if self.exit_code() is None:
            self._process.terminate()
        if self.exit_code(wait=5.0) is None:
            self._process.kill()
            self._process.wait(timeout=5.0)
        for thread in self._threads:
            thread.join(timeout=1.0)
        for stream in self._streams():
            stream.close()
        if isinstance(self._process, ForkedPack):
            self._process.connection.close()

    def _await_port(self, first: "queue.Queue[str]", timeout: float) -> int:
        pack = f"the policy pack at {self._folder}"
        try:
            line = first.get(timeout=timeout)
        except queue.Empty:
            raise AnalyzerError(f"{pack} did not start within {timeout:g} s{self.said()}") from None
        if not line:
            code = self.exit_code(wait=5.0)
            self._threads[1].join(timeout=1.0)
            raise AnalyzerError(f"{pack} did not start (exit code {code}){self.said()}")
        if not line.strip().isdigit():
            raise AnalyzerError(
                f"{pack} printed {line.strip()[:80]!r} before its port; "
                "a pack must print nothing to stdout while it starts"
            )
        return int(line)

    def _read_output(self, first: "queue.Queue[str]") -> None:
        stdout = self._process.stdout
        assert stdout is not None
        first.put(stdout.readline())
        for line in stdout:
            log.info("policy pack %s: %s", self._folder.name, line.rstrip())

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._errors.append(line)
            log.debug("policy pack %s: %s", self._folder.name, line.rstrip())

    def _streams(self) -> Iterator[IO[str]]:
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert stream is not None
            yield stream


def _start(folder: Path, python: str, env: Mapping[str, str]) -> "subprocess.Popen[str] | ForkedPack":
    argv = (_NO_ENGINE, str(folder))
    if may_fork(python):
        return ForkedPack(_BOOT, argv, folder, env)
    return subprocess.Popen(
        [python, "-u", "-c", _BOOT, *argv],
        cwd=folder, env=env, start_new_session=True, text=True, errors="replace",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def stack_environment(
    project: str, stack: str, organization: str, dry_run: bool, config: Mapping[str, str]
) -> dict[str, str]:
    """What a pack learns from its environment, as from Pulumi's Python language host. It includes secrets."""
    return {
        "PULUMI_PROJECT": project,
        "PULUMI_STACK": stack,
        "PULUMI_ORGANIZATION": organization,
        "PULUMI_DRY_RUN": "true" if dry_run else "false",
        "PULUMI_CONFIG": json.dumps(dict(config)),
    }


def _inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _PASSPHRASES}


def _runtime(manifest: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    runtime = manifest.get("runtime") or ""
    if isinstance(runtime, str):
        return runtime, {}
    return runtime.get("name") or "", runtime.get("options") or {}


def _python(folder: Path, manifest: dict[str, Any]) -> str:
    """The interpreter of the pack's own virtual environment where it has one, else ours."""
    name = _runtime(manifest)[1].get("virtualenv")
    bin_ = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    own = folder.joinpath(name, *bin_) if name else None
    return str(own) if own and own.exists() else sys.executable
