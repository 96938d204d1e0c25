"""Every program of docs/languages.md gives components what they take, and takes of them what they give."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.hosting.literals import Name, Reader, tokens
from tests.hosting.test_schema import KEPT

PAGE = (Path(__file__).parents[2] / "docs" / "languages.md").read_text()
BLOCKS = [(language, text) for language, text in re.findall(r"```(typescript|go|yaml)\n(.*?)```", PAGE, re.DOTALL)]
_TYPESCRIPT = re.compile(r"(?:const (\w+) = )?new hubspoke\.(\w+)\(\"\w+\", ")
_GO = re.compile(r"(\w+), err :?= hubspoke\.New(\w+)\(ctx, \"\w+\", ")
_YAML_NAME = re.compile(r"\$\{([\w.]+)\}")
_SHAPES: dict[str, type | tuple[type, ...]] = {"string": str, "integer": int, "number": (int, float), "boolean": bool}


@dataclass(frozen=True)
class Made:
    """A component that a program makes: under which name in the program, of which kind, with which arguments."""

    variable: str
    kind: str
    arguments: dict[str, Any]

    @property
    def says(self) -> Any:
        return KEPT["resources"][f"hubspoke:index:{self.kind}"]


def _read(language: str, text: str) -> list[Made]:
    if language == "yaml":
        parts = yaml.safe_load(text)["resources"].items()
        return [
            Made(name, part["type"].split(":")[1], _named(part["properties"]))
            for name, part in parts
            if part["type"].startswith("hubspoke:")
        ]
    calls = (_TYPESCRIPT if language == "typescript" else _GO).finditer(text)
    return [Made(call[1] or "", call[2], _camel(Reader(tokens(text[call.end() :])).value())) for call in calls]


def _named(value: Any) -> Any:
    """YAML's ${names} as names."""
    if isinstance(value, dict):
        return {key: _named(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_named(each) for each in value]
    found = _YAML_NAME.fullmatch(value) if isinstance(value, str) else None
    return Name(found[1]) if found else value


def _camel(value: Any) -> Any:
    """Go's field names begin with a capital, and so do not with the schema's."""
    if isinstance(value, dict):
        return {key[0].lower() + key[1:]: _camel(each) for key, each in value.items()}
    return [_camel(each) for each in value] if isinstance(value, list) else value


def _wrong(made: Made, others: Mapping[str, Made]) -> Iterator[str]:
    says = made.says
    missing = set(says["requiredInputs"]) - made.arguments.keys()
    yield from (f"{made.kind} lacks {name}" for name in sorted(missing))
    yield from _misfits(made.kind, says["inputProperties"], made.arguments, others)


def _misfits(where: str, wanted: Any, given: Mapping[str, Any], others: Mapping[str, Made]) -> Iterator[str]:
    for name, value in given.items():
        if name not in wanted:
            yield f"{where} takes no {name}"
        else:
            yield from _misfit(f"{where}.{name}", wanted[name], value, others)


def _misfit(where: str, spec: Any, value: Any, others: Mapping[str, Made]) -> Iterator[str]:
    if isinstance(value, Name):
        yield from _not_given(where, value, others)
    elif "$ref" in spec:
        type_ = KEPT["types"][spec["$ref"].removeprefix("#/types/")]
        yield from (f"{where} lacks {name}" for name in sorted(set(type_.get("required", ())) - value.keys()))
        yield from _misfits(where, type_["properties"], value, others)
    elif spec["type"] == "array":
        for number, each in enumerate(value):
            yield from _misfit(f"{where}[{number}]", spec["items"], each, others)
    elif spec["type"] == "object":
        for key, each in value.items():
            yield from _misfit(f"{where}.{key}", spec["additionalProperties"], each, others)
    elif not isinstance(value, _SHAPES[spec["type"]]):
        yield f"{where} is no {spec['type']}: {value!r}"


def _not_given(where: str, name: Name, others: Mapping[str, Made]) -> Iterator[str]:
    variable, _, output = name.path.partition(".")
    output = output[:1].lower() + output[1:]
    if variable in others and output not in others[variable].says["properties"]:
        yield f"{where}: {others[variable].kind} gives no {output}"


def _all_wrong(language: str, text: str) -> list[str]:
    made = _read(language, text)
    assert made, "no component is made"
    others = {each.variable: each for each in made if each.variable}
    return [wrong for each in made for wrong in _wrong(each, others)]


@pytest.mark.parametrize(("language", "text"), BLOCKS, ids=lambda part: part.split("\n")[0][:30])
def test_a_program_fits_the_schema(language: str, text: str) -> None:
    assert _all_wrong(language, text) == []


def test_every_language_has_its_program() -> None:
    assert {language for language, _ in BLOCKS} == {"typescript", "go", "yaml"}


@pytest.mark.parametrize(
    ("language", "right", "wrong", "said"),
    [
        ("typescript", "insideCidr: ", "insideCIDR: ", "AwsHub.connections[0].tunnels[0] takes no insideCIDR"),
        ("typescript", "hub.routeTables", "hub.tables", "AwsSpoke.routeTables: AwsHub gives no tables"),
        ("typescript", "asn: 64512", 'asn: "64512"', "AwsHub.asn is no integer: '64512'"),
        ("go", "WanPrefixes", "WANPrefixes", "AwsHub takes no wANPrefixes"),
        ("yaml", "asn: 64512", "as: 64512", "AwsHub lacks asn"),
    ],
)
def test_what_does_not_fit_is_found(language: str, right: str, wrong: str, said: str) -> None:
    text = next(text for each, text in BLOCKS if each == language)
    assert right in text
    assert said in _all_wrong(language, text.replace(right, wrong, 1))
