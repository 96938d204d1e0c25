"""Names that are ids, as those of log groups and roles, repeat in every account and region."""

from pathlib import Path

import pytest
from hubspoke.cli.commands.sim import app
from hubspoke.local.clouds.aws.sources import LOG_GROUP
from hubspoke.local.clouds.sim import BadChange, Simulation
from hubspoke.operate.errors import UsageError
from hubspoke.operate.inventory import Found, SimulatedInventory
from typer.testing import CliRunner

PLACES = [("111111111111", "eu-west-1"), ("222222222222", "eu-west-1"), ("222222222222", "us-east-1")]


@pytest.fixture
def clouds(tmp_path: Path) -> Simulation:
    (tmp_path / "Pulumi.yaml").write_text("name: wan\nruntime: python\n")
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "wan.yaml").write_text("")
    made = Simulation(tmp_path / ".hubspoke" / "clouds")
    for account, region in PLACES:
        made.create(account, region, LOG_GROUP, {"name": "flows"})
    return made


def left(clouds: Simulation) -> list[tuple[str, str]]:
    return [(r.account, r.region) for r in clouds.records(type_=LOG_GROUP)]


def retention(clouds: Simulation) -> dict[tuple[str, str], int]:
    return {(r.account, r.region): r.inputs["retentionInDays"] for r in clouds.records(type_=LOG_GROUP)}


@pytest.mark.parametrize("place", PLACES)
def test_the_one_in_a_place_is_meant(clouds: Simulation, place: tuple[str, str]) -> None:
    account, region = place
    clouds.edit("flows", {"retentionInDays": 7}, type_=LOG_GROUP, account=account, region=region)
    assert retention(clouds) == {each: 7 if each == place else 0 for each in PLACES}
    clouds.delete("flows", type_=LOG_GROUP, account=account, region=region)
    assert left(clouds) == [each for each in PLACES if each != place]


def test_without_a_place_none_is_touched(clouds: Simulation) -> None:
    with pytest.raises(BadChange, match="flows is the id of several things; say which type, account or region"):
        clouds.delete("flows", type_=LOG_GROUP)
    assert left(clouds) == PLACES


def run(tmp_path: Path, *words: str) -> str:
    result = CliRunner().invoke(app, [*words, "--project", str(tmp_path)])
    if isinstance(result.exception, UsageError):
        raise result.exception
    return result.output


def test_the_command_line_asks_which_and_takes_the_answer(clouds: Simulation, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"say which: .*--account 222222222222 --region 'us-east-1'"):
        run(tmp_path, "delete", "flows")
    place = ("--account", "222222222222", "--region", "us-east-1")
    edited = run(tmp_path, "edit", "flows", "retentionInDays=30", *place)
    assert edited == "changed aws:cloudwatch:LogGroup flows: retentionInDays\n"
    assert run(tmp_path, "delete", "flows", "--account", "111111111111") == "deleted aws:cloudwatch:LogGroup flows\n"
    assert retention(clouds) == {PLACES[1]: 0, PLACES[2]: 30}


def test_the_inventory_removes_what_was_found_and_nothing_of_that_name_elsewhere(
    clouds: Simulation, tmp_path: Path
) -> None:
    inventory = SimulatedInventory(tmp_path / ".hubspoke" / "clouds")
    before = inventory.versions()
    inventory.remove(Found(LOG_GROUP, "flows", "111111111111", {}))
    assert left(clouds) == PLACES[1:]
    for account, region in PLACES[1:]:
        clouds.edit("flows", {"retentionInDays": 7}, type_=LOG_GROUP, account=account, region=region)
    assert inventory.versions() != before
