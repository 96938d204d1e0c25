"""How a pack is configured, and how a wrong configuration is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from hubspoke.local.engine.analyzer import (
    AnalyzerError,
    load_policy_config,
)

from tests.local.engine.packs import Write, start, thing

CONFIGURABLE = """
def say(args, report): report(json.dumps(dict(args.get_config()), sort_keys=True))
schema = PolicyConfigSchema({"size": {"type": "integer", "minimum": 1, "default": 2}, "name": {"type": "string"}})
PolicyPack("settings", [ResourceValidationPolicy("with-settings", "A.", say, config_schema=schema),
    ResourceValidationPolicy("without", "B.", say, EnforcementLevel.MANDATORY)],
    initial_config={"with-settings": {"name": "from the pack"}})
"""


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (None, [("advisory", {"size": 2, "name": "from the pack"}), ("mandatory", {})]),
        (
            {"with-settings": {"enforcementLevel": "mandatory", "size": 5}},
            [("mandatory", {"size": 5, "name": "from the pack"}), ("mandatory", {})],
        ),
        ({"with-settings": {"name": "x"}, "without": "disabled"}, [("advisory", {"size": 2, "name": "x"})]),
        ({"without": "mandatory", "all": "disabled"}, [("mandatory", {})]),
    ],
)
def test_levels_and_settings(write: Write, config: dict[str, Any] | None, expected: list[Any]) -> None:
    with start(write(CONFIGURABLE), config) as analyzer:
        assert [(v.level, json.loads(v.message)) for v in analyzer.analyze(thing())] == expected


def test_every_problem_of_a_configuration_is_reported(write: Write) -> None:
    config = {
        "with-setings": "mandatory",
        "with-settings": {"size": 0, "nam": "x", "enforcementLevel": "advisory"},
        "without": {"size": 1},
        "all": {"size": 1},
    }
    with pytest.raises(AnalyzerError) as error:
        start(write(CONFIGURABLE), config)
    assert str(error.value).splitlines() == [
        "the configuration of policy pack settings is not valid:",
        "  all: takes only a level, not size",
        "  with-setings: no such policy; did you mean with-settings?",
        "  with-settings.nam: no such setting; did you mean name?",
        "  without.size: no such setting; it takes none",
        "  with-settings.size: 0 is less than the minimum of 1",
    ]


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"without": "blocking"}, '"blocking" is not a level; it is one of advisory, mandatory, remediate, disabled'),
        ({"without": 3}, "without: must be a level or an object, not 3"),
        ({"with-settings": {"size": "big"}}, "with-settings.size: 'big' is not of type 'integer'"),
    ],
)
def test_a_wrong_level_or_value(write: Write, config: dict[str, Any], problem: str) -> None:
    with pytest.raises(AnalyzerError, match="configuration of policy pack settings is not valid") as error:
        start(write(CONFIGURABLE), config)
    assert problem in str(error.value)


def test_a_configuration_file(tmp_path: Path) -> None:
    path = tmp_path / "policies.json"
    path.write_text('{"all": "mandatory"}')
    assert load_policy_config(path) == {"all": "mandatory"}
    path.write_text("")
    assert load_policy_config(path) == {}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "cannot read the policy configuration"),
        ("{", "is not valid JSON"),
        ("[]", "must be a JSON object"),
        ('{"environments": ["x"]}', "needs Pulumi Cloud"),
    ],
)
def test_a_broken_configuration_file_is_named(tmp_path: Path, text: str | None, problem: str) -> None:
    path = tmp_path / "policies.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(AnalyzerError, match=problem) as error:
        load_policy_config(path)
    assert str(path) in str(error.value)
