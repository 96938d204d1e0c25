"""Imports point one way: intent -> plan -> components -> stacks, and plan -> network -> operate -> cli."""

import ast
import os
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


_SDKS = ("pulumi", "grpc", "google", "opentelemetry")  # and each provider's, whose name begins as the first


def _loaded(code: str, **environment: str) -> str:
    """What of the SDKs a fresh interpreter has imported after some code."""
    asked = f"import sys\n{code}\nprint(sorted({{m.partition('.')[0] for m in sys.modules if m.startswith({_SDKS})}}))"
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, env={**os.environ, **environment}
    )
    return done.stdout.strip()


def test_planning_loads_no_sdk() -> None:
    assert _loaded("import hubspoke.plan") == "[]"


def test_commands_load_no_sdk() -> None:
    """All that a command's own process has besides its plan: programs and packs are run by others."""
    used = [f"hubspoke.operate.{part}" for part in ("local_stack", "drift", "inventory", "recovery", "preload")]
    assert _loaded(f"import hubspoke.cli.app, {', '.join(used)}") == "[]"


_STACK = """
from pathlib import Path
from hubspoke.local.clouds import simulated_provider_factory
from hubspoke.local.engine import LocalStack, Project, Workspace

root = Path.cwd()
clouds = simulated_provider_factory(root / "clouds")
workspace = Workspace(Project.load(root), root / "state", lambda: "secret", clouds)
"""
_UP = """
import pulumi_aws

def program():
    network = pulumi_aws.ec2.Vpc("network", cidr_block="10.0.0.0/16", region="eu-west-1")
    pulumi_aws.ec2.Subnet("subnet", vpc_id=network.id, cidr_block="10.0.1.0/24", region="eu-west-1")

LocalStack.init(workspace, "dev").up(on_event=lambda _: None, program=program)
"""
_WITHOUT_A_PROGRAM = """
stack, say = LocalStack(workspace, "dev"), lambda _: None
assert stack.refresh(on_event=say).changes == {"same": 3}
assert len(stack.export_stack()["deployment"]["resources"]) == 4
stack.outputs(), stack.recover()
assert stack.destroy(on_event=say, refresh=True).changes == {"delete": 3}
"""


def test_what_runs_no_program_loads_no_sdk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once what the SDK tells of the types is kept: the first run did that."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Pulumi.yaml").write_text("name: small\nruntime: python\n")
    kept = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}
    assert "pulumi_aws" in _loaded(_STACK + _UP, **kept)
    assert _loaded(_STACK + _WITHOUT_A_PROGRAM, **kept) == "[]"
