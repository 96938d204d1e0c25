"""The components as a Pulumi plugin, for programs in other languages and for YAML.

The schema is kept beside this package (`components/schema.json`) and inferred only to be compared with it, so that a
plugin starts without importing any cloud's SDK: each component is imported when the first one of it is constructed.
"""

import ast
import inspect
import json
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import pulumi
from pulumi.provider import Provider, main
from pulumi.provider.experimental.analyzer import Analyzer
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.experimental.schema import generate_schema
from pulumi.provider.provider import ConstructResult

import hubspoke

NAME, VERSION = "hubspoke", "0.1.0"
SCHEMA = Path(__file__).parents[1] / "schema.json"
HOSTED = tuple(hubspoke.__all__)


class Host(ComponentProvider):
    """Constructs the components; what it says of itself is the schema file."""

    def __init__(self, schema: str) -> None:
        Provider.__init__(self, VERSION, schema)  # not ComponentProvider's: it would import and analyse them all
        self._name = NAME
        self._analyzed: dict[str, ComponentProvider] = {}

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: pulumi.Inputs,
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        """Make one component. Raises ValueError for a type that is not one of the components."""
        self.validate_resource_type(self._name, resource_type)
        return self._host_of(resource_type.rsplit(":", 1)[-1]).construct(name, resource_type, inputs, options)

    def _host_of(self, component: str) -> ComponentProvider:
        if component not in HOSTED:
            known = ", ".join(HOSTED)
            raise ValueError(f"hubspoke has no component {component!r}; it has: {known}")
        if component not in self._analyzed:
            self._analyzed[component] = ComponentProvider([getattr(hubspoke, component)], NAME, version=VERSION)
        return self._analyzed[component]


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
    return {**schema, "description": "One wide-area network over every cloud.", "license": "Apache-2.0"}


def serve() -> None:
    """Serve until the engine that started this process ends it."""
    main(Host(SCHEMA.read_text()), sys.argv[1:])


def write_schema() -> None:
    """`python -m hubspoke.hosting`: write the schema file anew."""
    SCHEMA.write_text(json.dumps(infer_schema(), indent=2) + "\n")


if __name__ == "__main__":
    import_module("hubspoke.hosting").write_schema()
