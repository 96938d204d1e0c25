"""Each program by each engine at hand, compared with the one golden file that the Pulumi CLI wrote.

What the local engine refuses, it must refuse by name: `REFUSED` of such a program.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conformance.conftest import RAN
from tests.conformance.engines import Engine, Place
from tests.conformance.scenario import PROGRAMS, Scenario, text


@pytest.mark.parametrize("engine", ["local", "cli"])
@pytest.mark.parametrize("program", PROGRAMS)
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
