"""The pack as it is published: documented from its own code, and fit to be published alone."""

import ast
import re
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest
from hubspoke.local.engine.analyzer import Analyzer
from pulumi_policy import Policy
from rules.docs import document
from rules.pack import POLICIES

from tests.policies.pack_bench import (
    BY_NAME,
    PACK,
    ROOT,
)


def test_the_pack_says_of_itself_what_the_rules_say(pack: Analyzer) -> None:
    assert pack.info.name == "hubspoke"
    assert pack.info.version == "0.1.0"
    assert {policy.name: policy.level for policy in pack.info.policies} == {
        name: policy.enforcement_level.value for name, policy in BY_NAME.items() if policy.enforcement_level
    }


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_every_rule_says_why_how_bad_and_what_to_do(policy: Policy) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", policy.name)
    assert " because " in policy.description
    assert policy.description.endswith(".")
    assert policy.severity
    assert policy.enforcement_level
    assert policy.display_name
    assert policy.tags
    assert policy.remediation_steps
    assert (policy.url or "").startswith("https://")
    assert policy.config_schema
    for setting in policy.config_schema.properties.values():
        assert setting["description"].endswith(".")
        assert "default" in setting


def test_every_file_of_rules_is_in_the_pack() -> None:
    files = {path.stem for path in (PACK / "rules").glob("*.py") if "POLICY = " in path.read_text()}
    assert {name.replace("-", "_") for name in BY_NAME} == files
    assert len(POLICIES) == len(BY_NAME)


def test_the_documentation_is_made_from_the_rules() -> None:
    made = "cd policies && python -m rules.docs > ../docs/policies.md"
    assert (ROOT / "docs" / "policies.md").read_text() == document(), f"docs/policies.md is old; run: {made}"


def test_the_pack_needs_nothing_but_the_sdk_and_hubspoke() -> None:
    imported = {name for path in PACK.rglob("*.py") for name in _imports(path)}
    others = {name for name in imported if name not in sys.stdlib_module_names} - {"rules"}
    assert others == {"hubspoke", "pulumi_policy"}
    needed = {re.split(r"[>=]", line)[0].replace("-", "_") for line in (PACK / "requirements.txt").read_text().split()}
    assert others < needed


def test_whoever_runs_the_pack_its_sdk_is_lowered_before_it_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    done = Mock()
    monkeypatch.setattr("hubspoke.local.pack_thrift.lower", done.lower)
    monkeypatch.setattr("pulumi_policy.PolicyPack", done.serve)
    runpy.run_path(str(PACK / "__main__.py"))
    assert [each[0] for each in done.mock_calls] == ["lower", "serve"]


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]
