"""The committed schema is that of the models, accepts the example, and says what the models say."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hubspoke.intent.model import Wan
from hubspoke.intent.schema import COMMAND, SCHEMA_FILE, schema_text
from hubspoke.intent.words import PATTERNS
from hubspoke.plan.lock import Lock
from jsonschema import Draft202012Validator
from pydantic import BaseModel
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "stacks" / "wan.yaml"
EXAMPLES = (EXAMPLE, ROOT / "tests" / "intents" / "aws.yaml")


def test_the_committed_schema_is_up_to_date() -> None:
    committed = (ROOT / SCHEMA_FILE).read_text(encoding="utf-8")
    assert committed == schema_text(), f"regenerate it with: {COMMAND}"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_names_the_schema_and_conforms_to_it(example: Path) -> None:
    schema = json.loads(schema_text())
    Draft202012Validator.check_schema(schema)
    text = example.read_text(encoding="utf-8")
    assert text.startswith(f"# yaml-language-server: $schema={SCHEMA_FILE.name}\n")
    assert [error.message for error in Draft202012Validator(schema).iter_errors(YAML(typ="safe").load(text))] == []


@pytest.mark.parametrize(
    ("section", "value"),
    [
        ("spokes", {"Web": {}}),
        ("hubs", {"us-east-1": {}}),
        ("colour", "blue"),
        ("accounts", {}),
        ("onramps", {"sydney-au": {}}),
        ("peerings", {"coasts": {"hubs": ["use1"]}}),
    ],
)
def test_the_schema_refuses_what_the_models_refuse(section: str, value: object) -> None:
    document = YAML(typ="safe").load(EXAMPLE.read_text(encoding="utf-8")) | {section: value}
    assert not Draft202012Validator(json.loads(schema_text())).is_valid(document)


@pytest.mark.parametrize("model", [Wan, Lock])
def test_every_pattern_has_words(model: type[BaseModel]) -> None:
    assert set(_patterns(model.model_json_schema())) <= PATTERNS.keys()


def _patterns(schema: Any) -> Iterator[str]:
    """Every pattern in a schema, of values and of keys."""
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        yield from schema.get("patternProperties", {})
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _patterns(part)
