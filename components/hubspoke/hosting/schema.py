"""What the plugin says of itself: inferred from the components, kept beside this package, and compared with it."""

import ast
import inspect
import json
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from pulumi.provider.experimental.analyzer import Analyzer
from pulumi.provider.experimental.schema import generate_schema

import hubspoke

NAME, VERSION = "hubspoke", "0.1.0"
SCHEMA = Path(__file__).parents[2] / "schema.json"
# Without it Pulumi's generator leaves out Go types of lists that come, by name, before any plain object (3.272.0).
_GO = {"generateExtraInputTypes": True}
HOSTED = tuple(hubspoke.__all__)


class DocumentingAnalyzer(Analyzer):
    """Pulumi's analyzer loses the descriptions of what a TypedDict inherits; this one finds them at its bases."""

    def get_docstring(self, typ: type, name: str) -> str | None:
        """What is said of a property where it is declared."""
        return next((said[name] for said in map(_said, _family(typ)) if name in said), None)


def _family(typ: type) -> Iterator[type]:
    """A class and what it inherits from, as its source says: a TypedDict forgets its bases before Python 3.12."""
    yield typ
    names = [base.id for base in _declaration(typ).bases if isinstance(base, ast.Name)]
    known = vars(sys.modules[typ.__module__])
    for base in (known.get(name) for name in names):
        if isinstance(base, type) and base.__module__.startswith("hubspoke."):
            yield from _family(base)


def _said(typ: type) -> dict[str, str]:
    """The strings that follow the annotated names of a class."""
    statements = _declaration(typ).body
    return {
        declared.target.id: said.value.value
        for declared, said in pairwise(statements)
        if isinstance(declared, ast.AnnAssign)
        and isinstance(declared.target, ast.Name)
        and isinstance(said, ast.Expr)
        and isinstance(said.value, ast.Constant)
        and isinstance(said.value.value, str)
    }


@cache
def _declaration(typ: type) -> ast.ClassDef:
    declared = ast.parse(inspect.getsource(typ)).body[0]
    assert isinstance(declared, ast.ClassDef)
    return declared


def infer_schema() -> dict[str, Any]:
    """The package's schema, from the components' own annotations. Imports every cloud's SDK."""
    analyzed = DocumentingAnalyzer(NAME).analyze([getattr(hubspoke, each) for each in HOSTED])
    components, types = analyzed["component_definitions"], analyzed["type_definitions"]
    for each in components.values():
        each.description = inspect.cleandoc(each.description or "")
    schema = generate_schema(NAME, VERSION, None, components, types, []).to_json()
    return {
        **schema,
        "language": {**schema["language"], "go": {**schema["language"]["go"], **_GO}},
        "description": "One wide-area network over every cloud.",
        "license": "Apache-2.0",
    }


def write_schema() -> None:
    """`python -m hubspoke.hosting`: write the schema file anew."""
    SCHEMA.write_text(json.dumps(infer_schema(), indent=2) + "\n")
