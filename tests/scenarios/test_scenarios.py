"""Named networks: the routes and the verdicts on each are as worked out by hand in `networks/`, whole."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.scenarios.answers import routes, verdict
from tests.scenarios.words import network

FILES = sorted((Path(__file__).parent / "networks").glob("*.yaml"))
SCENARIOS = {f"{path.stem}: {name}": said for path in FILES for name, said in YAML(typ="safe").load(path).items()}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_network_is_as_worked_out_by_hand(name: str) -> None:
    said: dict[str, Any] = SCENARIOS[name]
    made = network(said)
    found = {
        "routes": routes(made, said.get("routes", {})),
        "verdicts": {text: verdict(made, text) for text in said.get("verdicts", {})},
    }
    wanted = {text: answer.strip() for text, answer in said.get("verdicts", {}).items()}
    assert found == {"routes": said.get("routes", {}), "verdicts": wanted}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_says_why_and_expects_something(name: str) -> None:
    said = SCENARIOS[name]
    assert set(said) <= {
        "why", "endpoints", "links", "tables", "sessions", "filters", "findings", "routes", "verdicts",
    }  # fmt: skip
    assert len(said["why"]) > 60
    assert said.get("routes") or said.get("verdicts")
