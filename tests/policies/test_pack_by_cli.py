"""The pack run by the official CLI."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hubspoke.local.engine.analyzer import AnalyzedResource, Analyzer

from tests.policies.pack_bench import NO_INTENT, PACK, Properties, broken, run


@pytest.mark.skipif(shutil.which("pulumi") is None, reason="the official Pulumi CLI is not on PATH")
def test_the_official_cli_reports_the_same(pack: Analyzer, sound: list[AnalyzedResource], tmp_path: Path) -> None:
    resources = [deployed(each) for each in broken(sound)]
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"version": 3, "deployment": {"manifest": MANIFEST, "resources": in_state(resources)}}))
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps(NO_INTENT))
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    analyzed = subprocess.run(
        ["pulumi", "policy", "analyze", "--policy-pack", str(PACK), "--policy-pack-config", str(settings),
         "--file", str(state), "--json"],
        env={**os.environ, "PATH": path, "PULUMI_HOME": str(tmp_path / "home"), "PULUMI_SKIP_UPDATE_CHECK": "true"},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert analyzed.returncode == 1, analyzed.stderr
    events = [json.loads(line).get("policyEvent") for line in analyzed.stdout.splitlines() if line.startswith("{")]
    assert sorted(
        (e["policyName"], e["enforcementLevel"], e["severity"], e["resourceUrn"], e["message"]) for e in events if e
    ) == sorted((v.policy, v.level, v.severity, v.urn, f"{v.description}\n{v.message}") for v in run(pack, resources))


MANIFEST = {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""}


def deployed(planned: AnalyzedResource) -> AnalyzedResource:
    """The same with ids in place of unknowns."""
    known = {name: on[0].rpartition("::")[2] for name, on in planned.property_dependencies.items()}
    return AnalyzedResource(**{**vars(planned), "properties": {**planned.properties, **known}})


def in_state(resources: list[AnalyzedResource]) -> list[Properties]:
    return [
        {
            "urn": each.urn,
            "type": each.type,
            "custom": True,
            "id": each.name,
            "inputs": each.properties,
            "outputs": each.properties,
            "protect": each.protect,
            "dependencies": each.dependencies,
            "propertyDependencies": each.property_dependencies,
        }
        for each in resources
    ]
