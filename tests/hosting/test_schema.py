"""What the plugin says of itself."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import hubspoke
from hubspoke import hosting

from tests.hosting.host import PLUGIN, plugin, schema_of

AGAIN = "if that is meant: make schema"
KEPT = json.loads(hosting.SCHEMA.read_text())


def test_the_kept_schema_is_what_the_components_say() -> None:
    assert hosting.infer_schema() == KEPT, AGAIN


def test_the_plugin_serves_it() -> None:
    with plugin() as host:
        assert json.loads(schema_of(host)) == KEPT


def test_every_component_is_hosted_under_its_own_token() -> None:
    assert set(KEPT["resources"]) == {f"{hosting.NAME}:index:{name}" for name in hubspoke.__all__}


def _undocumented(part: Any, path: str) -> Iterator[str]:
    if not isinstance(part, dict):
        return
    for name, value in part.items():
        if name in ("properties", "inputProperties"):
            yield from (f"{path}.{each}" for each, what in value.items() if not what.get("description"))
        yield from _undocumented(value, f"{path}.{name}")


def test_every_property_is_described() -> None:
    assert list(_undocumented(KEPT, "")) == []


def test_a_plugin_imports_no_cloud_to_start() -> None:
    code = "import hubspoke.hosting, sys; print(sorted(m for m in sys.modules if m.startswith('pulumi_')))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=PLUGIN, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
