"""A pre-shared key is nowhere to be read but at the two ends that need it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import World


def keys(world: "World") -> set[str]:
    """The keys in plain text, as the simulated clouds must know them; with the part that was drawn at random."""
    tunnels = world.clouds.records(type_="cloudflare:index/magicWanIpsecTunnel:MagicWanIpsecTunnel")
    whole = {tunnel.inputs["psk"] for tunnel in tunnels}
    return whole | {key[1:] for key in whole}


def leaks(text: str, secrets: set[str]) -> bool:
    return any(secret in text for secret in secrets)


def test_not_in_any_file_of_the_state(deployed: "World") -> None:
    secrets = keys(deployed)
    assert len(secrets) == 16
    files = [path for path in deployed.paths.state.rglob("*") if path.is_file()]
    assert len(files) > 8, "checkpoints, their backups and history"
    assert [path for path in files if leaks(path.read_text(), secrets)] == []


def test_not_in_events_outputs_or_an_export(deployed: "World") -> None:
    secrets, seen = keys(deployed), list(said(deployed))
    assert len(seen) > 500
    assert [text for text in seen if leaks(text, secrets)] == []


def said(world: "World") -> Iterator[str]:
    """Everything that a run tells, and what can be asked of a stack afterwards."""
    for ran in world.done:
        yield from (json.dumps(event, default=vars) for event in ran.events)
    stack = world.stack("network")
    yield json.dumps(stack.export_stack())
    yield json.dumps(stack.outputs())


@pytest.mark.parametrize("operation", ["preview", "refresh"])
def test_not_in_the_events_of_later_runs(fleet: "World", operation: str) -> None:
    """Nor where the key itself differs: edited at one end, it would be shown as a difference."""
    clouds = fleet.clouds
    tunnel = clouds.records(type_="cloudflare:index/magicWanIpsecTunnel:MagicWanIpsecTunnel")[0]
    changed = "kAnotherKeyThatSomebodySetByHand0123456789"
    clouds.edit(tunnel.id, {"psk": changed}, type_=tunnel.type)
    options = {"preview_only": True} if operation == "refresh" else {"refresh": True}
    fleet.done.clear()
    fleet.run(operation, "network", **options)
    assert [text for text in said(fleet) if leaks(text, {*keys(fleet), changed})] == []


def test_the_passphrase_file_is_its_owners_only(deployed: "World") -> None:
    path: Path = deployed.paths.local / "passphrase"
    assert path.stat().st_mode & 0o777 == 0o600
