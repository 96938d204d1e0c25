"""The proofs by the Pulumi CLI: `pulumi preview --policy-pack policies` stops a leak, as the local engine does."""

from pathlib import Path
from typing import Any

from tests.cli.test_verify import open_egress
from tests.leak import LEAK
from tests.local.plugins.conftest import Cli


def test_a_leak_is_stopped_in_a_preview(fleet: Any, pulumi_home: Path) -> None:
    cli, stack = Cli(fleet, pulumi_home), ("--stack", "dev-apps")
    assert "segments-isolated" not in cli.run("preview", *stack, "--policy-pack", "policies")
    program = fleet.root / "stacks" / "__main__.py"
    program.write_text(LEAK + program.read_text())
    said = cli.run("preview", *stack, "--policy-pack", "policies", code=1)
    assert "segments-isolated" in said
    assert "10.32.16.1 reaches 10.240.0.1" in said
    assert "delivered: frankfurt" in said


def test_what_the_clouds_hold_is_the_same_by_either_engine(fleet: Any, pulumi_home: Path, monkeypatch: Any) -> None:
    """With a rule that somebody widened by hand."""
    for name, value in Cli(fleet, pulumi_home).environment.items():
        monkeypatch.setenv(name, value)
    open_egress(fleet)
    words = ("verify", "--of", "observed", "--stack", "dev-apps", "--no-failures", "--json")
    local, cli = fleet.hubspoke(*words), fleet.hubspoke(*words, "--engine", "cli")
    assert (local.code, cli.code) == (3, 3), cli.err
    assert cli.document["verdicts"] == local.document["verdicts"]
    assert cli.document["differences"] == local.document["differences"]


def test_what_previews_plan_is_the_same_by_either_engine(fleet: Any, pulumi_home: Path, monkeypatch: Any) -> None:
    for name, value in Cli(fleet, pulumi_home).environment.items():
        monkeypatch.setenv(name, value)
    ended = fleet.hubspoke(
        "verify", "--of", "planned", "--stack", "dev-apps", "--no-failures", "--engine", "cli", "--json"
    )
    assert (ended.code, ended.document["answer"], ended.document["differences"]) == (0, "proven", []), ended.err
