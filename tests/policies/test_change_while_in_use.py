"""What the rule says of a run, resource by resource, as an engine asks it; and where it gets the recorded state."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hubspoke.local.engine.recorded import RecordedFile
from hubspoke.local.engine.state import State
from hubspoke.local.engine.values import Secret
from hubspoke.plan.changes import RecordedState, types
from pulumi_policy import PolicyCustomTimeouts, PolicyResourceOptions, ResourceValidationArgs
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE as UNKNOWN
from pulumi_policy.proxy import unknown_checking_proxy
from rules.change_while_in_use import Run
from rules.recorded import recorded_state
from rules.resource import Resource
from rules.values import Unknown

from tests.plan.recorded_hubs import at_cloudflare, aws_hub, urn
from tests.plan.recorded_hubs import recorded as state_of

Properties = dict[str, Any]
ONE_BY_ONE = "change one tunnel, wait until it is up, then the next"


def wanted(kind: str, name: str, properties: Properties, aliases: tuple[str, ...] = ()) -> Resource:
    """A resource as a pack is given it."""
    options = PolicyResourceOptions(False, [], None, list(aliases), PolicyCustomTimeouts(0, 0, 0), [])
    proxied = unknown_checking_proxy(properties)
    return Resource(ResourceValidationArgs(kind, proxied, urn(kind, name), name, options, None, {}))


def changed(kind: str, name: str, **change: Any) -> Resource:
    """A resource of the AWS hub, with a change."""
    (found,) = [each for each in aws_hub() if each["urn"] == urn(kind, name)]
    return wanted(kind, name, {**found["inputs"], **change})


def said(resources: list[Resource], at_once: int = 1, state: RecordedState | Unknown | None = None) -> list[Any]:
    run = Run(state or state_of(*aws_hub()))
    return [finding for each in resources for finding in run.findings(each, at_once)]


def test_nothing_is_said_where_nothing_changes() -> None:
    assert said([wanted(each["type"], each["urn"].rpartition("::")[2], each["inputs"]) for each in aws_hub()]) == []


def test_one_tunnel_at_both_ends_passes() -> None:
    connection = changed(types.VPN_CONNECTION, "use1/e1", tunnel1PresharedKey="new")
    assert said([connection, changed(types.CLOUDFLARE_TUNNEL, "use1-e1-a", psk="new")]) == []


def test_the_second_tunnel_of_a_run_is_stopped_where_it_comes() -> None:
    first = changed(types.VPN_CONNECTION, "use1/e1", tunnel1PresharedKey="new")
    second = changed(types.VPN_CONNECTION, "use1/e2", tunnel2PresharedKey="new")
    problem = "hub use1: 2 of 4 tunnels would be interrupted at once: use1-e1-a, use1-e2-b"
    assert said([first]) == []
    assert said([first, second]) == [f"{problem}; {ONE_BY_ONE}"]
    assert said([first, second], at_once=2) == []


def test_both_tunnels_of_a_connection_at_once_are_stopped() -> None:
    both = changed(
        types.VPN_CONNECTION, "use1/e1", tunnel1Phase2LifetimeSeconds=1800, tunnel2Phase2LifetimeSeconds=1800
    )
    assert said([both]) == [
        f"hub use1: 2 of 4 tunnels would be interrupted at once: use1-e1-a, use1-e1-b; {ONE_BY_ONE}"
    ]


def test_what_is_refused_is_told_with_what_to_do() -> None:
    assert said([changed(types.TRANSIT_GATEWAY, "use1", amazonSideAsn=64999)]) == [
        "amazonSideAsn: AWS does not change the ASN of a transit gateway that has VPN attachments; keep the ASN; "
        "to change it make a second hub and move the spokes to it"
    ]


def test_a_value_that_is_not_known_is_no_pass() -> None:
    assert said([changed(types.TRANSIT_GATEWAY, "use1", amazonSideAsn=UNKNOWN)]) == [Unknown("amazonSideAsn")]
    # A key that is made anew in this run is a new key.
    keys = {f"tunnel{n}PresharedKey": UNKNOWN for n in (1, 2)}
    assert len(said([changed(types.VPN_CONNECTION, "use1/e1", **keys)])) == 1


def test_a_renamed_resource_is_known_by_its_alias() -> None:
    renamed = wanted(types.TRANSIT_GATEWAY, "hub", {"amazonSideAsn": 1}, (urn(types.TRANSIT_GATEWAY, "use1"),))
    assert len(said([renamed])) == 1


def test_what_is_new_is_free_to_be_anything() -> None:
    assert said([wanted(types.VPN_CONNECTION, "use1/e3", {"tunnel1PresharedKey": "a"})]) == []
    assert said([changed(types.TRANSIT_GATEWAY, "use1", amazonSideAsn=1)], state=RecordedState([])) == []


def test_without_a_recorded_state_it_is_said_once_and_loudly() -> None:
    missing = Unknown("the recorded state", "cannot be had")
    resource = changed(types.TRANSIT_GATEWAY, "use1", amazonSideAsn=1)
    assert said([resource, resource], state=missing) == [missing]


# --- where it gets the recorded state -------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    recorded_state.cache_clear()
    yield
    recorded_state.cache_clear()


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """What the local engine hands over: a tunnel with its key."""
    file = RecordedFile()
    for name, value in file.environment.items():
        monkeypatch.setenv(name, value)
    inputs = {"name": "use1-e1-a", "psk": Secret("kX9!"), "bgp": Secret({"md5Key": "m"})}
    tunnel = urn(types.CLOUDFLARE_TUNNEL, "use1-e1-a")
    file.write([State(tunnel, types.CLOUDFLARE_TUNNEL, True, id="1", inputs=inputs)])
    yield Path(file.environment["HUBSPOKE_RECORDED_STATE"])
    file.close()


def test_a_handed_over_secret_can_be_compared_and_not_read(handed: Path) -> None:
    state = recorded_state()
    assert isinstance(state, RecordedState)
    (tunnel,) = state
    assert (tunnel.inputs["psk"] == "kX9!", tunnel.inputs["psk"] == "kX9?") == (True, False)
    assert (tunnel.inputs["bgp"] == {"md5Key": "m"}, tunnel.inputs["bgp"] == {"md5Key": "n"}) == (True, False)
    assert "kX9!" not in handed.read_text()
    assert handed.parent.stat().st_mode & 0o077 == 0


def test_under_the_cli_it_is_exported_once(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    key = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": '"kX9!"'}
    tunnel = at_cloudflare("t", "1.1.1.1", "2.2.2.2")
    tunnel["inputs"]["psk"] = key

    def export(command: list[str], **_: Any) -> Any:
        commands.append(command)
        return subprocess.CompletedProcess(command, 0, json.dumps({"deployment": {"resources": [tunnel]}}), "")

    for name, value in (("ORGANIZATION", "acme"), ("PROJECT", "wan"), ("STACK", "network")):
        monkeypatch.setenv(f"PULUMI_{name}", value)
    monkeypatch.setattr(subprocess, "run", export)
    states = [recorded_state() for _ in range(2)]
    assert isinstance(states[0], RecordedState)
    (found,) = states[0]
    assert found.inputs["psk"] == "kX9!"
    assert commands == [
        ["pulumi", "--non-interactive", "stack", "export", "--stack", "acme/wan/network", "--show-secrets"]
    ]


def test_an_export_that_fails_is_said_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def export(command: list[str], **_: Any) -> Any:
        raise subprocess.CalledProcessError(255, command, stderr="warning: x\nerror: incorrect passphrase\n")

    for name in ("ORGANIZATION", "PROJECT", "STACK"):
        monkeypatch.setenv(f"PULUMI_{name}", "x")
    monkeypatch.setattr(subprocess, "run", export)
    found = recorded_state()
    assert isinstance(found, Unknown)
    assert found.why.startswith("cannot be had (pulumi stack export: incorrect passphrase); see that the pack finds")


def test_a_stack_that_was_never_deployed_has_nothing_in_use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text(json.dumps({"version": 3, "deployment": {}}))
    monkeypatch.setenv("HUBSPOKE_RECORDED_STATE", str(tmp_path / "state.json"))
    state = recorded_state()
    assert isinstance(state, RecordedState)
    assert list(state) == []


def test_outside_of_a_run_nothing_changes() -> None:
    """As `pulumi policy analyze` runs a pack: no stack is named, and what is judged is what is recorded."""
    state = recorded_state()
    assert isinstance(state, RecordedState)
    assert list(state) == []
