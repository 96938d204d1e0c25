"""Plugins served in this process; and the Pulumi CLI, where it is on PATH, with plugins of its own to use."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from hubspoke.local.plugins.installing import install_all
from hubspoke.local.plugins.serving import start
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

PROGRAM = """
import pulumi
import pulumi_aws as aws
import pulumi_random as random

vpc = aws.ec2.Vpc("main", region="eu-west-1", cidr_block="10.1.0.0/16", tags={"Name": "main"})
subnet = aws.ec2.Subnet("a", region="eu-west-1", vpc_id=vpc.id, cidr_block="10.1.0.0/24",
                        availability_zone="eu-west-1a", tags={"Name": "a"})
word = random.RandomPassword("word", length=20)
token = pulumi.Config().require_secret("token")
aws.ec2.SecurityGroup("keeper", region="eu-west-1", vpc_id=vpc.id, description=token)
pulumi.export("vpc", vpc.id)
pulumi.export("token", token)
pulumi.export("word", word.result)
"""


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ResourceProviderStub]]:
    """Serves a package on loopback; gives a client of it."""
    monkeypatch.setenv("HUBSPOKE_SIM", str(tmp_path / "clouds"))
    ends: list[Callable[[], Any]] = []

    def client(package: str) -> ResourceProviderStub:
        server, port = start(package)
        channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        ends.extend([channel.close, lambda: server.stop(0).wait()])
        return ResourceProviderStub(channel)

    yield client
    for end in ends:
        end()


@dataclass(frozen=True)
class Cli:
    """The Pulumi CLI in the project of a world, with the simulated clouds as plugins and the local engine's state."""

    world: Any
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        paths = self.world.paths
        return {
            **settings(self.home),
            "HUBSPOKE_SIM": str(paths.clouds),
            "PULUMI_BACKEND_URL": paths.state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(paths.local / "passphrase"),
            "PULUMI_PYTHON_CMD": sys.executable,
        }

    def run(self, *words: str, code: int = 0, program: str = "pulumi") -> str:
        """One command; all that it printed. It must end with `code`."""
        done = self.begin(*words, program=program)
        text, _ = done.communicate(timeout=300)
        assert done.returncode == code, f"pulumi {' '.join(words)} ended with {done.returncode}:\n{text}"
        return text

    def begin(self, *words: str, program: str = "pulumi") -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [program, "--non-interactive", *words], cwd=self.world.root, env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def up(self, *words: str, code: int = 0) -> str:
        return self.run("up", "--stack", "dev", "--yes", "--skip-preview", *words, code=code)


def settings(home: Path) -> dict[str, str]:
    return {
        "PULUMI_HOME": str(home),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


@pytest.fixture(scope="session")
def pulumi_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PULUMI_HOME with the simulated clouds installed."""
    if shutil.which("pulumi") is None:
        pytest.skip("pulumi is not on PATH")
    home = tmp_path_factory.mktemp("pulumi")
    install_all(home)
    return home


@pytest.fixture
def small(tmp_path: Path) -> Any:
    """A project of a few resources, with a secret in its configuration."""
    from tests.conftest import World

    made = World(tmp_path / "small")
    made.root.mkdir()
    (made.root / "Pulumi.yaml").write_text("name: small\nruntime: python\n")
    (made.root / "__main__.py").write_text(PROGRAM)
    made.stack("dev").set_config("small:token", "s3cr3t", secret=True)
    return made


@pytest.fixture
def cli(pulumi_home: Path, small: Any) -> Cli:
    """The CLI in the small project."""
    return Cli(small, pulumi_home)
