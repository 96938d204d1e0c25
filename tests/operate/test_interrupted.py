"""An `up` that fails, is interrupted or killed: the state is true, the next one goes on, and nothing exists twice."""

import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hubspoke.local.clouds.faults import Fault, FaultKind
from hubspoke.local.engine import EngineError

from tests.conftest import World

UP = ("up", "--stack", "network", "--yes", "--json")
VPN = "aws:ec2/vpnConnection:VpnConnection"


def assert_each_exists_once(world: World) -> None:
    """In the clouds and in the state, and they are the same ones."""
    made = [r.urn for r in world.clouds.records() if r.urn]
    assert sorted(made) == sorted(set(made)), "made twice"
    recorded = [(r["type"], r["id"]) for r in world.resources("network").values() if in_a_cloud(r)]
    assert sorted(recorded) == sorted((r.type, r.id) for r in world.clouds.records() if r.urn)


def in_a_cloud(resource: dict[str, object]) -> bool:
    return bool(resource["custom"]) and not str(resource["type"]).startswith(("pulumi:", "random:"))


def assert_finishes(world: World) -> None:
    """The next run goes on to the end; after that there is nothing left to do."""
    world.up("network")
    assert_each_exists_once(world)
    assert len(world.clouds.records()) > 50
    assert world.run("preview", "network", refresh=True).outcome.changes.keys() == {"same"}
    deployment = world.stack("network").export_stack()["deployment"]
    assert not deployment.get("pending_operations")


FAULTS = {
    "denied": Fault(FaultKind.DENIED, type=VPN, action="create"),
    "failing inside": Fault(FaultKind.FAIL, type="aws:ec2transitgateway/routeTable:RouteTable", action="create"),
    "done in part": Fault(FaultKind.PARTIAL, type=VPN, action="create", remaining=1),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_failing_create_leaves_the_state_true_and_up_goes_on(world: World, fault: Fault) -> None:
    world.clouds.add_fault("aws", fault)
    with pytest.raises(EngineError):
        world.up("network")
    assert_each_exists_once(world)
    before = {r.urn: r.id for r in world.clouds.records() if r.urn}
    assert before, "what does not depend on it was made"
    world.clouds.clear_faults("aws")
    assert_finishes(world)
    after = {r.urn: r.id for r in world.clouds.records() if r.urn}
    kept = {urn for urn in before if VPN not in urn and "IpsecTunnel" not in urn}
    assert {urn: after[urn] for urn in kept} == {urn: before[urn] for urn in kept}, "made before, and still the same"


def test_a_refusal_of_the_cloud_leaves_the_state_true_and_up_goes_on(world: World) -> None:
    """A name can be used once, and somebody has a tunnel called as one of ours."""
    inputs = {
        "accountId": "3f1c9a7e5b2d4860a1b2c3d4e5f60718",
        "name": "use1-e1-a",
        "cloudflareEndpoint": "162.159.64.41",
        "customerEndpoint": "198.51.100.9",
        "interfaceAddress": "169.254.241.2/30",
    }
    type_ = "cloudflare:index/magicWanIpsecTunnel:MagicWanIpsecTunnel"
    theirs = world.clouds.create(inputs["accountId"], "", type_, inputs)
    with pytest.raises(EngineError, match="the tunnel name use1-e1-a is taken"):
        world.up("network")
    assert_each_exists_once(world)
    world.clouds.delete(theirs.id)
    assert_finishes(world)


def begun(world: World) -> "subprocess.Popen[str]":
    """`hubspoke up` in a process of its own, in the middle of its work: some of the fleet is made, some is not."""
    shutil.rmtree(world.paths.policies)  # they have no part in this, and take their time
    # Every creation takes its time too, so that there is a middle to be in.
    for cloud in ("aws", "cloudflare"):
        world.clouds.add_fault(cloud, Fault(FaultKind.SLOW, action="create", seconds=0.3))
    process = world.command(*UP)
    wait_until(lambda: bool(made(world)), process)
    return process


def made(world: World) -> list[str]:
    return [r.urn for r in world.clouds.records() if r.urn]


def wait_until(condition: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + 120
    while not condition():
        if process.poll() is not None:
            out, err = process.communicate()
            raise AssertionError(f"ended with {process.returncode} too early:\n{out}\n{err}")
        assert time.monotonic() < deadline
        time.sleep(0.02)


def calm(world: World) -> None:
    for cloud in ("aws", "cloudflare"):
        world.clouds.clear_faults(cloud)


def children(pid: int) -> set[int]:
    """Every process below one."""
    direct = {int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    return direct.union(*(children(child) for child in direct))


@pytest.mark.parametrize("to", ["terminal", "process"])
def test_an_interrupt_ends_the_run_and_loses_nothing(world: World, to: str) -> None:
    """From a terminal the whole process group gets it; from `kill -INT`, only the command itself."""
    process = begun(world)
    if to == "terminal":
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1, err
    assert "Traceback" not in out + err
    assert 0 < len(made(world)) < 50, "it stopped in the middle"
    assert_each_exists_once(world)
    calm(world)
    assert_finishes(world)


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_any_moment_nothing_is_lost_or_made_twice(world: World, seed: int) -> None:
    process = begun(world)
    time.sleep(random.Random(seed).uniform(0, 1.2))
    for pid in [*children(process.pid), process.pid]:
        os.kill(pid, signal.SIGKILL)
    process.communicate()
    assert len(made(world)) < 60
    calm(world)
    assert_finishes(world)


def test_recover_puts_what_a_killed_run_did_into_the_state(world: World) -> None:
    process = begun(world)
    for pid in [*children(process.pid), process.pid]:
        os.kill(pid, signal.SIGKILL)
    process.communicate()
    calm(world)
    recovered = world.hubspoke("recover", "--stack", "network")
    assert recovered.code == 0, recovered.err
    assert "network: the run of " in recovered.out
    assert_each_exists_once(world)
    checkpoint = world.paths.state / ".pulumi" / "stacks" / "hubspoke" / "network.json"
    assert not checkpoint.with_suffix(".journal").exists()
    assert "features" not in json.loads(checkpoint.read_text())
    again = world.hubspoke("recover", "--all", "--json")
    assert (again.code, again.document) == (0, {"stacks": {"network": []}})


def test_where_only_the_worker_is_killed_the_command_says_so(world: World) -> None:
    process = begun(world)
    os.kill(worker(world), signal.SIGKILL)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "ended early (signal 9); what it made is recorded: run the command again to go on" in out
    assert "Traceback" not in out + err
    calm(world)
    assert_finishes(world)


def worker(world: World) -> int:
    """The process that does the work: the stack's lock says which it is."""
    (lock,) = (world.paths.state / ".pulumi" / "locks").rglob("*.json")
    return int(json.loads(lock.read_text())["pid"])
