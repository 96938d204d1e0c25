"""Imports point one way: intent -> plan -> components -> stacks, and plan -> network -> operate -> cli."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "components" / "hubspoke"

# What each part may import of hubspoke, itself aside.
ALLOWED = {
    "intent": set(),
    "plan": {"intent"},
    "collecting": set(),
    "network": {"plan", "collecting"},
    "args": {"plan"},
    "aws": {"args", "plan", "cloudflare", "reads"},
    "azure": {"args", "plan", "cloudflare", "reads"},
    "gcp": {"args", "plan", "cloudflare", "reads"},
    "cloudflare": {"args", "plan"},
    "hosting": set(),
    "reads": set(),
    "firewall": {"args", "plan"},
    "compose": {"intent", "plan", "aws", "azure", "gcp", "cloudflare", "firewall", "pending"},
    "local": {"collecting"},
    "pending": set(),
    "operate": {"collecting", "intent", "plan", "network", "local", "aws", "azure", "gcp", "compose"},
    "cli": {"intent", "plan", "network", "pending", "local", "operate"},
}
MAY_IMPORT_PULUMI = {"hosting", "reads", "args", "aws", "azure", "gcp", "cloudflare", "firewall"} | {
    "compose",
    "local",
    "operate",
    "cli",
}


def _part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


SOURCES = sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_imports_only_what_lies_before_it(path: Path) -> None:
    part = _part(path)
    modules = _imports(path)
    parts = {m.split(".")[1] for m in modules if m.startswith("hubspoke.")} - {part}
    assert parts <= ALLOWED[part], f"{part} may not import {sorted(parts - ALLOWED[part])}"
    if part not in MAY_IMPORT_PULUMI:
        assert not {m for m in modules if m.split(".")[0].startswith("pulumi")}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_has_a_docstring_and_less_than_300_lines(path: Path) -> None:
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text)), "says what it holds"
    assert text.count("\n") <= 300, "one idea each"


def test_planning_loads_no_cloud_sdk() -> None:
    code = "import sys, hubspoke.plan; print([m for m in sys.modules if m.startswith(('pulumi', 'grpc'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
