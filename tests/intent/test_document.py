"""Values and places are those that a YAML 1.2 parser in Python gives, which shares nothing with the one that is used."""

import cProfile
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hubspoke.intent.document import read_document
from hubspoke.intent.problem import Location
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

EXAMPLE = Path(__file__).parents[2] / "stacks" / "wan.yaml"
# Texts that look like something else in one YAML or another, and some that only have to be quoted.
ODD = (
    "yes",
    "no",
    "on",
    "off",
    "y",
    "~",
    "null",
    "true",
    "0o17",
    "017",
    "1_000",
    "1:30",
    "0x1f",
    ".5",
    "1e3",
    "+1",
    "=",
)
# In a flow collection YAML 1.1 wants quotes around a text that begins with a colon, 1.2 does not: it is refused by line.
CHARACTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp"), exclude_characters=":?")
TEXTS = st.sampled_from(ODD) | st.text(CHARACTERS, max_size=12)
NAMES = st.text("abcdefghij", min_size=1, max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(NAMES, VALUES, min_size=1, max_size=4)


def written(value: Any, *, flow: bool) -> str:
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = flow
    text = io.StringIO()
    yaml.dump(value, text)
    return text.getvalue()


def places(text: str) -> dict[Location, tuple[int, int]]:
    """Where each key stands, by the other parser."""
    return dict(_keys(YAML(typ="safe", pure=True).compose(text), ()))


def _keys(node: Node, at: Location) -> Iterator[tuple[Location, tuple[int, int]]]:
    if isinstance(node, ScalarNode):
        return
    for index, child in enumerate(node.value):
        if isinstance(node, MappingNode):
            key, child = child
            step: str | int = key.value
            yield (*at, step), (key.start_mark.line + 1, key.start_mark.column + 1)
        else:
            step = index
        yield from _keys(child, (*at, step))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=DOCUMENTS, flow=st.booleans())
def test_values_and_places_are_the_other_parsers(tmp_path: Path, value: dict[str, Any], flow: bool) -> None:
    text = written(value, flow=flow)
    file = tmp_path / "some.yaml"
    file.write_text(text, encoding="utf-8", newline="\n")
    document = read_document(file)
    assert document.problems == []
    assert document.value == YAML(typ="safe", pure=True).load(text) == value
    assert document.keys == places(text)


def test_the_example_is_read_as_the_other_parser_reads_it() -> None:
    text = EXAMPLE.read_text()
    document = read_document(EXAMPLE)
    assert document.value == YAML(typ="safe", pure=True).load(text)
    assert document.keys == places(text)
    line, column = document.values[("spokes", "directory", "cidr")]
    assert text.splitlines()[line - 1][column - 1 :].startswith(document.value["spokes"]["directory"]["cidr"])


def test_reading_is_linear_in_the_number_of_spokes(tmp_path: Path) -> None:
    """Counted in calls, not in time."""
    found = []
    for count in (50, 250):
        file = tmp_path / f"{count}.yaml"
        file.write_text("spokes:\n" + "".join(f"  spoke-{n}: {{account: apps, size: 22}}\n" for n in range(count)))
        profile = cProfile.Profile()
        profile.runcall(read_document, file)
        found.append(sum(entry.callcount for entry in profile.getstats()))
    assert found[1] < 5.5 * found[0]
