"""Drift by the Pulumi CLI, with the simulated clouds as its plugins: found, judged and put back as by the local engine."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.local.plugins.conftest import settings
from tests.operate.test_drift_and_revert import STATIC_ROUTE, VPC_ROUTE, expected, found, named, violated

TUNNEL = "cloudflare:index/magicWanIpsecTunnel:MagicWanIpsecTunnel"


@pytest.fixture(scope="module")
def story(deployed: Any, pulumi_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A fleet that was changed by hand, looked at by the CLI, put back by it, and looked at again."""
    from tests.operate.test_drift_and_revert import tell

    world = deployed.copy_to(tmp_path_factory.mktemp("drift") / "project")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**settings(pulumi_home), "HUBSPOKE_SIM": str(world.paths.clouds)}.items():
            patch.setenv(name, value)
        return tell(world, "--engine", "cli")


def test_it_finds_exactly_what_was_changed(story: Any) -> None:
    assert story.drift.code == 7
    assert found(story.drift) == expected(story.ids)


def test_it_judges_what_is_there(story: Any) -> None:
    assert violated(story.drift) == named(story.ids)


def test_nothing_is_unknown_where_there_is_an_inventory(story: Any) -> None:
    assert [report["unknown"] for report in story.drift.document["stacks"]] == [[], [], [], []]


def test_it_puts_back_all_of_it_and_nothing_else(story: Any) -> None:
    assert story.reverted.code == 0, story.reverted.out + story.reverted.err
    assert all(report["clean"] for report in story.reverted.document["stacks"])
    renewed = {(VPC_ROUTE, story.ids["route"]), (STATIC_ROUTE, story.ids["lost"])}
    kept = {key: value for key, value in story.before.items() if key not in renewed}
    assert {key: story.after.get(key) for key in kept} == kept
    new = [values for key, values in story.after.items() if key not in kept]
    assert sorted(map(written, new)) == sorted(written(story.before[key]) for key in renewed)


def written(values: Any) -> str:
    return json.dumps(values, sort_keys=True)


def test_no_key_is_shown(story: Any) -> None:
    keys = {tunnel.inputs["psk"] for tunnel in story.world.clouds.records(type_=TUNNEL)}
    said = story.drift.out + story.drift.err + story.reverted.out + story.reverted.err
    assert keys
    assert not [key for key in keys if key in said]
