"""What a killed run of the local engine left, and the CLI engine of `hubspoke` that finds it."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.killing import in_children
from tests.local.plugins.conftest import settings

SUBNET = "aws:ec2/subnet:Subnet"


@pytest.fixture
def killed(small: Any, pulumi_home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The small project, whose first `up` was killed when the subnet had been made and nobody had said so."""
    from hubspoke.local.clouds.provider import SimulatedProvider

    create = SimulatedProvider.create

    def deadly(self: Any, urn: str, type_: str, *rest: Any, preview: bool, **more: Any) -> Any:
        made = create(self, urn, type_, *rest, preview=preview, **more)
        if type_ == SUBNET:
            os.kill(os.getpid(), signal.SIGKILL)
        return made

    with monkeypatch.context() as patch:
        patch.setattr(SimulatedProvider, "create", deadly)
        assert in_children(lambda: small.up("dev")) == [None]
    for name, value in {**settings(pulumi_home), "HUBSPOKE_SIM": str(small.paths.clouds)}.items():
        monkeypatch.setenv(name, value)
    return small


def test_the_cli_engine_settles_it_first_and_says_so(killed: Any) -> None:
    from hubspoke.operate.cli_stack import CliStack
    from hubspoke.operate.stack import Options

    (subnet,) = killed.clouds.records(type_=SUBNET)
    done = CliStack(killed.paths, "dev").up(lambda _: None, Options())

    assert (str(done.status), done.errors) == ("succeeded", ())
    assert any(f"it had been made ({subnet.id}) and is now recorded" in text for text in done.warnings)
    assert [record.id for record in killed.clouds.records(type_=SUBNET)] == [subnet.id]
    assert killed.recorded("dev", SUBNET, "a")["id"] == subnet.id
    assert killed.run("preview", "dev").changed == {}
