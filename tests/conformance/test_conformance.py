"""Each program by each engine at hand, compared with the one golden file that the Pulumi CLI wrote.

What the local engine refuses, it must refuse by name: `REFUSED` of such a program.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conformance.conftest import RAN
from tests.conformance.engines import Engine, Place
from tests.conformance.scenario import PROGRAMS, Scenario, text

# Where the local engine is known to differ, and how. Each is expected to differ: one that no longer does must go.
DIFFERS = {
    "default_providers_disabled": "the CLI puts `Invoke: ` before the reason of a refused invoke",
    "get": "the CLI emits the event of one read later",
    "hooks_of_deletion": "a destroy with delete hooks is refused by both, in other words",
    "imports": "the CLI lists the values that differ, the local engine the properties",
    "providers_default": "the CLI also emits an update of a default provider whose configuration changed",
}


def _cases() -> list[object]:
    local = [
        pytest.param("local", program, marks=pytest.mark.xfail(strict=True, reason=DIFFERS[program]))
        if program in DIFFERS
        else pytest.param("local", program)
        for program in PROGRAMS
    ]
    return [*local, *(pytest.param("cli", program) for program in PROGRAMS)]


@pytest.mark.parametrize(("engine", "program"), _cases())
def test_program(
    engine: str,
    program: str,
    engines: dict[str, Engine],
    record_property: Callable[[str, object], None],
    tmp_path: Path,
) -> None:
    if engine not in engines:
        pytest.skip("no pulumi on PATH")
    record_property(RAN, engines[engine].name)
    scenario = Scenario(program)
    found = scenario.run(engines[engine], Place(tmp_path))
    if engine == "local" and scenario.refused:
        assert all(scenario.refused in step["errors"][0]["message"] for step in found)
        return
    again = f"if the golden file is wrong: python -m tests.conformance.record {program}"
    assert text(found) == scenario.golden.read_text(), again
