"""The commands over the example: exit codes, documents, and what they leave alone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hubspoke.cli.render import table_of, unbound

from tests.conftest import SECRET_SIGNATURE, STACKS, World

BAD_CHANGE = """
import pulumi_aws as aws

group = aws.ec2.SecurityGroup("debug", description="temporary", region="us-east-1", vpc_id="vpc-0a1b2c3d4e5f67890")
aws.vpc.SecurityGroupIngressRule(
    "debug", region="us-east-1", security_group_id=group.id, cidr_ipv4="0.0.0.0/0", ip_protocol="tcp",
    from_port=5432, to_port=5432,
)
"""


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A fleet brought up from nothing by the command, and what each later command came to."""
    from tests.conftest import furnish, make_world

    world = make_world(tmp_path_factory.mktemp("commands") / "project")
    furnish(world)
    found = {"world": world, "first preview": world.hubspoke("preview", "--all", "--json")}
    found["held after preview"] = world.held()
    found["written by preview"] = written(world)
    found["up"] = world.hubspoke("up", "--all", "--yes", "--json")
    found["again"] = world.hubspoke("preview", "--all", "--json")
    found["two"] = world.hubspoke(
        "up", "--stack", "prod-apps", "--stack=network", "--stack", "prod-apps", "--yes", "--json"
    )
    found["plan"] = world.hubspoke("plan", "--json")
    found["list"] = world.hubspoke("sim", "list", "--json")
    found["log"] = world.hubspoke("sim", "log", "--json")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COLUMNS", raising=False)  # which runners of tests set
        found["table"] = world.hubspoke("sim", "list")
    return found


def test_a_first_preview_judges_every_stack_and_makes_nothing(done: dict[str, Any]) -> None:
    ended, world = done["first preview"], done["world"]
    assert (ended.code, ended.err.count("preview succeeded")) == (0, 4)
    assert statuses(ended.document) == dict.fromkeys(STACKS, "succeeded")
    assert [key for key in done["held after preview"] if key not in before_the_wan(world)] == []


def test_stacks_that_are_named_are_run_once_each_and_no_other(done: dict[str, Any]) -> None:
    assert (done["two"].code, statuses(done["two"].document)) == (0, {"network": "succeeded", "prod-apps": "succeeded"})
    ends = [line for line in done["two"].err.splitlines() if " up succeeded" in line]
    assert [line.split(":")[0] for line in ends] == ["network", "prod-apps"], "the hubs' stack first"


def test_a_preview_of_stacks_that_were_never_made_leaves_nothing_of_them(done: dict[str, Any]) -> None:
    assert done["written by preview"] == []
    assert written(done["world"])


def written(world: World) -> list[str]:
    """Files of stacks: their states, and their Pulumi.<stack>.yaml."""
    found = [*world.paths.state.rglob("*"), *world.root.rglob("Pulumi.*.yaml")]
    return sorted(str(path) for path in found if path.is_file())


def before_the_wan(world: World) -> set[tuple[str, str]]:
    first = min(r.created for r in world.clouds.records() if r.urn)
    return {(r.type, r.id) for r in world.clouds.records() if r.created < first}


def statuses(document: Any) -> dict[str, str]:
    return {stack["stack"]: stack["status"] for stack in document["stacks"]}


def test_a_table_that_is_piped_is_not_cut(done: dict[str, Any]) -> None:
    listed = done["list"].document
    lines = done["table"].out.splitlines()
    whole = [each for each in listed if any(each["id"] in line and each["account"] in line for line in lines)]
    assert (len(whole), "…" in done["table"].out) == (len(listed), False)


def test_a_table_in_a_narrow_terminal_goes_on_below(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    console, table = unbound(), table_of("id", "name")
    table.add_row("subnet-0123456789abcdef0123456789", "a-name-that-is-rather-long")
    with console.capture() as shown:
        console.print(table)
    cells = [line.split() for line in shown.get().splitlines()[3:] if line.strip()]
    assert "".join(row[0] for row in cells) == "subnet-0123456789abcdef0123456789"


def test_up_brings_hubs_up_before_their_spokes(done: dict[str, Any]) -> None:
    ended = done["up"]
    assert ended.code == 0, ended.err
    assert statuses(ended.document) == dict.fromkeys(STACKS, "succeeded")
    lines = ended.err.splitlines()
    first = {stack: lines.index(f"{stack}: up ...") for stack in STACKS}
    ended_at = next(n for n, line in enumerate(lines) if line.startswith("network: up succeeded"))
    assert all(ended_at < first[stack] for stack in STACKS if stack != "network")


def test_what_a_preview_promises_up_does(done: dict[str, Any]) -> None:
    """And one provider more: that of the reference to the hubs' stack, which the first preview does without."""

    def touched(name: str) -> dict[str, set[str]]:
        return {
            stack["stack"]: {s["urn"] for s in stack["steps"] if "StackReference" not in s["urn"]}
            for stack in done[name].document["stacks"]
        }

    more = {
        s: {f"urn:pulumi:{s}::hubspoke::pulumi:providers:pulumi::default"} if s != "network" else set() for s in STACKS
    }
    assert touched("up") == {stack: urns | more[stack] for stack, urns in touched("first preview").items()}


def test_after_it_there_is_nothing_to_do(done: dict[str, Any]) -> None:
    changes = {stack["stack"]: {*stack["changes"]} - {"read"} for stack in done["again"].document["stacks"]}
    assert changes == {stack: {"same"} for stack in STACKS}


@pytest.mark.parametrize("command", ["first preview", "up", "again", "plan", "list", "log"])
def test_documents_hold_no_secret(done: dict[str, Any], command: str) -> None:
    world, ended = done["world"], done[command]
    json.loads(ended.out)
    tunnels = world.clouds.records(type_="cloudflare:index/magicWanIpsecTunnel:MagicWanIpsecTunnel")
    assert len(tunnels) == 8
    assert not [t.id for t in tunnels if t.inputs["psk"] in ended.out or t.inputs["psk"][1:] in ended.out]
    assert '"ciphertext": "v1:' not in ended.out


def test_a_listing_masks_keys_and_shows_the_rest(done: dict[str, Any]) -> None:
    (tunnel,) = [r for r in done["list"].document if r["name"] == "use1-e1-a"]
    assert tunnel["inputs"]["psk"] == "[secret]"
    assert tunnel["inputs"]["interfaceAddress"] == "169.254.240.18/30"
    ended = done["world"].hubspoke("sim", "show", tunnel["id"])
    assert (ended.code, ended.document["inputs"]["psk"]) == (0, "[secret]")


def test_a_bad_change_is_blocked_before_anything_changes(fleet: World) -> None:
    program = fleet.root / "stacks" / "__main__.py"
    program.write_text(program.read_text() + BAD_CHANGE)
    held, state = fleet.held(), fleet.resources("prod-apps")
    for words in (["preview"], ["up", "--yes"]):
        ended = fleet.hubspoke(*words, "--stack", "prod-apps", "--json")
        (stack,) = ended.document["stacks"]
        assert (ended.code, stack["status"]) == (3, "blocked")
        messages = {v["policy"]: v["message"] for v in stack["violations"] if v["level"] == "mandatory"}
        assert messages.keys() == {"no-open-ingress", "required-tags", "segments-isolated"}
        assert messages["no-open-ingress"] == "ingress from 0.0.0.0/0 on tcp 5432; name the networks that may come in"
        assert (fleet.held(), fleet.resources("prod-apps")) == (held, state)


def test_a_rule_that_is_advisory_warns_and_lets_through(fleet: World, tmp_path: Path) -> None:
    program = fleet.root / "stacks" / "__main__.py"
    program.write_text(program.read_text() + BAD_CHANGE)
    levels = tmp_path / "levels.json"
    levels.write_text(
        json.dumps(
            {
                name: {"enforcementLevel": "advisory"}
                for name in ("no-open-ingress", "required-tags", "segments-isolated")
            }
        )
    )
    ended = fleet.hubspoke("preview", "--stack", "prod-apps", "--policy-pack-config", str(levels), "--json")
    (stack,) = ended.document["stacks"]
    assert (ended.code, stack["status"]) == (0, "succeeded")
    assert ("no-open-ingress", "advisory") in {(v["policy"], v["level"]) for v in stack["violations"]}


def test_a_stack_that_waits_for_a_failed_one_is_skipped(world: World) -> None:
    clouds = world.clouds
    from hubspoke.local.clouds.faults import Fault, FaultKind

    clouds.add_fault("aws", Fault(FaultKind.DENIED, account="210987654321", action="create"))
    ended = world.hubspoke("up", "--all", "--yes", "--json")
    assert ended.code == 1
    assert statuses(ended.document) == {**dict.fromkeys(STACKS, "skipped"), "network": "failed"}
    network = next(s for s in ended.document["stacks"] if s["stack"] == "network")
    assert "UnauthorizedOperation" in "\n".join(network["errors"])


PLAN_CHECK: dict[str, tuple[Callable[[World], object], int]] = {
    "up to date": (lambda _: None, 0),
    "a spoke is new": (lambda w: add(w, "reports: { account: prod-apps, hub: use1, segment: prod }"), 7),
}


def add(world: World, line: str) -> None:
    text = world.paths.wan.read_text()
    world.paths.wan.write_text(text.replace("\nspokes:\n", f"\nspokes:\n  {line}\n"))


@pytest.mark.parametrize(("change", "code"), PLAN_CHECK.values(), ids=PLAN_CHECK)
def test_plan_check_is_for_pull_requests(world: World, change: Callable[[World], object], code: int) -> None:
    change(world)
    lock = world.paths.lock.read_text()
    ended = world.hubspoke("plan", "--check")
    assert ended.code == code
    assert world.paths.lock.read_text() == lock
    if code:
        assert "wan.lock is not what wan.yaml needs: run `hubspoke plan --write` and commit it" in ended.err
        assert world.hubspoke("plan", "--write").code == 0
        assert world.hubspoke("plan", "--check").code == 0


def test_refresh_takes_over_what_is_found_and_changes_no_cloud(fleet: World) -> None:
    gateway = fleet.recorded("network", "CustomerGateway", "use1/e1")
    fleet.clouds.edit(gateway["id"], {"tags.owner": "somebody"})
    held = fleet.held()
    ended = fleet.hubspoke("refresh", "--stack", "network", "--yes", "--json")
    (stack,) = ended.document["stacks"]
    assert (ended.code, stack["changes"]["update"]) == (0, 1)
    assert fleet.recorded("network", "CustomerGateway", "use1/e1")["outputs"]["tags"]["owner"] == "somebody"
    assert fleet.held() == held
    assert fleet.hubspoke("drift", "--stack", "network").code == 0
    assert SECRET_SIGNATURE in json.dumps(fleet.resources("network")), "secrets are still secrets"


def test_there_is_an_inventory_of_simulated_clouds_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from hubspoke.cli.session import Engine, Session

    monkeypatch.delenv("HUBSPOKE_SIM", raising=False)
    assert Session.open(world.root, Engine.LOCAL).inventory is not None
    assert Session.open(world.root, Engine.CLI).inventory is None
    monkeypatch.setenv("HUBSPOKE_SIM", str(world.paths.clouds))
    assert Session.open(world.root, Engine.CLI).inventory is not None
