"""`python -m tests.conformance.record [program ...]`: write golden files anew, by the Pulumi CLI, the judge."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.conformance.engines import Engine, Place, find_cli
from tests.conformance.scenario import PROGRAMS, Scenario, text


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.record", description=__doc__)
    parser.add_argument("program", nargs="*", choices=[[], *PROGRAMS], help="all, unless named")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = find_cli(Path(folder, "home"))
        if engine is None:
            sys.exit("error: golden files are written by the Pulumi CLI, and there is no `pulumi` on PATH")
        for name in given.program or PROGRAMS:
            record(Scenario(name), engine, Path(folder, name))
        engine.close()


def record(scenario: Scenario, engine: Engine, folder: Path) -> None:
    scenario.golden.parent.mkdir(exist_ok=True)
    scenario.golden.write_text(text(scenario.run(engine, Place(folder))))
    print(f"{scenario.golden.name}: by {engine.name}", flush=True)


if __name__ == "__main__":
    main()
