"""The local engine beside the Pulumi CLI: same programs, same simulated clouds, same machine, one after the other.

    python benchmarks/engines.py [--runs N] [--only small large linear fleet] [--fleet STACKS] [--json]

The CLI is measured where `pulumi` is on PATH, with every plugin that it looks for installed. Engines take turns, so
that what else the machine does falls on both. A figure is minimum / median / maximum of the runs; a ratio is the median
of those within one run. Processor time (all processes) stands beside the wall clock: it is what can be compared best on
a machine that does other things too.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import packages_distributions
from pathlib import Path

from generated import generate  # type: ignore[import-not-found] # beside this file, not a package
from hubspoke.local.clouds.packages import SIMULATED
from measuring import Cost, Spread, adopt_orphans, measure  # type: ignore[import-not-found]
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
OPERATIONS = ("preview", "up", "preview again", "up again", "refresh")
LINEAR = (250, 500, 1000, 2000)
PER_STACK = 10  # spokes


@dataclass(frozen=True)
class Figure:
    """One operation by one engine, run by run."""

    what: str
    engine: str
    runs: tuple[Cost, ...]
    includes: str = ""

    @property
    def wall(self) -> Spread:
        return Spread.of([cost.wall for cost in self.runs])

    @property
    def cpu(self) -> Spread:
        return Spread.of([cost.cpu for cost in self.runs])

    def ratio(self, own: "Figure") -> str:
        """How many times as long as the other one, by the wall clock and (by processor time), run by run."""
        pairs = list(zip(self.runs, own.runs, strict=False))
        wall = statistics.median(other.wall / mine.wall for other, mine in pairs)
        return f"{wall:.1f} ({statistics.median(other.cpu / mine.cpu for other, mine in pairs):.1f})"


@dataclass(frozen=True)
class EngineUnderTest:
    """Runs an operation on a project, in a folder of its own. `env` is what its commands need."""

    name: str
    command: Callable[[Path, str], list[str]]
    includes: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    operations: tuple[str, ...] = OPERATIONS

    def prepare(self, root: Path, resources: int) -> None:
        shutil.copytree(HERE / "sized", root)
        (root / "Pulumi.dev.yaml").write_text(f'config:\n  sized:resources: "{resources}"\n')
        for part in ("state", "clouds"):
            (root / part).mkdir()
        if self.name != "local":
            measure(["pulumi", "stack", "init", "dev", "--non-interactive"], root, self.env(root))

    def env(self, root: Path) -> dict[str, str]:
        return {**cli_environment(root.parent, root / "state", root / "clouds"), **dict(self.extra)}

    def run(self, root: Path, operation: str) -> Cost:
        return measure(self.command(root, operation.removesuffix(" again")), root, self.env(root))


def cli_environment(home: Path, state: Path, clouds: Path) -> dict[str, str]:
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",  # the program's Python, for the CLI
        "PULUMI_HOME": str(home / "pulumi-home"),
        "PULUMI_BACKEND_URL": f"file://{state}",
        "PULUMI_CONFIG_PASSPHRASE": "benchmark",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "HUBSPOKE_SIM": str(clouds),
        "PYTHONDONTWRITEBYTECODE": "",  # what is installed is compiled, and so is what is measured, for both engines
    }


def _local(root: Path, operation: str) -> list[str]:
    return [sys.executable, str(HERE / "local_run.py"), str(root), "dev", operation]


def _cli(_: Path, operation: str) -> list[str]:
    yes = [] if operation == "preview" else ["--yes", "--skip-preview"]
    return ["pulumi", operation, "--stack", "dev", "--non-interactive", "--color", "never", "--parallel", "16", *yes]


LOCAL = EngineUnderTest("local", _local, "a journal that survives kill -9, and one checkpoint at the end")
CLI = EngineUnderTest("cli", _cli, "a checkpoint per step")
_SKIP = (("PULUMI_EXPERIMENTAL", "true"), ("PULUMI_SKIP_CHECKPOINTS", "true"))
_UNSAFE = "nothing: a killed run loses what it made"
CLI_UNSAFE = EngineUnderTest("cli, checkpoints skipped", _cli, _UNSAFE, _SKIP, ("up",))


def engines() -> list[EngineUnderTest]:
    return [LOCAL, *([CLI, CLI_UNSAFE] if shutil.which("pulumi") else [])]


def sized(scratch: Path, resources: int, runs: int) -> Iterator[Figure]:
    """A stack of so many resources through all its operations, engines taking turns, each run on new clouds."""
    found: dict[tuple[str, str], list[Cost]] = {}
    for run in range(runs):
        for engine in engines():
            root = scratch / f"{engine.name}-{resources}-{run}"
            engine.prepare(root, resources)
            for operation in engine.operations:
                found.setdefault((operation, engine.name), []).append(engine.run(root, operation))
    includes = {engine.name: engine.includes for engine in engines()}
    for (operation, name), costs in found.items():
        said = includes[name] if operation == "up" else ""
        yield Figure(f"{resources} resources, {operation}", name, tuple(costs), said)


def warm(scratch: Path, resources: int, runs: int) -> Iterator[Figure]:
    """The preview in a local engine's process that has done it before."""
    root = scratch / f"warm-{resources}"
    LOCAL.prepare(root, resources)
    command = [*_local(root, "preview"), str(runs + 3)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=root).stdout
    seconds = [float(line) for line in said.split()][3:]
    costs = tuple(Cost(each, each, 0) for each in seconds)
    yield Figure(f"{resources} resources, preview", "local, warm process", costs, "no imports, no start")


def linear(scratch: Path, runs: int) -> Iterator[Figure]:
    for resources in LINEAR:
        costs: dict[str, list[Cost]] = {}
        for run in range(runs):
            root = scratch / f"linear-{resources}-{run}"
            LOCAL.prepare(root, resources)
            for operation in ("preview", "up", "up again", "refresh"):
                costs.setdefault(operation, []).append(LOCAL.run(root, operation))
        for operation, found in costs.items():
            yield Figure(f"{resources} resources, {operation}", "local", tuple(found))


def fleet(scratch: Path, stacks: int, sample: int) -> Iterator[Figure]:
    """The preview of a whole fleet by the local engine, and of as many of its stacks by the CLI as time allows."""
    root = scratch / "fleet"
    generate(root, stacks, stacks * PER_STACK)
    for engine, count in (("local", stacks), ("local", sample), ("cli", sample)):
        if count and (engine == "local" or shutil.which("pulumi")):
            command = [sys.executable, str(HERE / "fleet_run.py"), str(root), engine, str(count)]
            env = cli_environment(scratch, root / ".hubspoke" / "state", root / ".hubspoke" / "clouds")
            name = f"fleet of {stacks}: preview of {count} stacks, policy pack included"
            yield Figure(name, engine, (measure(command, root, env),), "the intent read once, four stacks at a time")


def refuse_unfair() -> None:
    """Each SDK in the environment is a plugin that the CLI looks for, and seconds lost where it is missing. Raises
    SystemExit for one that is not simulated."""
    found = {name for name in packages_distributions() if name.startswith("pulumi_")} - {"pulumi_policy"}
    missing = sorted(found - {f"pulumi_{name.replace('-', '_')}" for name in SIMULATED})
    if missing:
        raise SystemExit(f"no simulated plugin for {', '.join(missing)}: measure in an environment without")


def figures(parts: set[str], runs: int, stacks: int, sample: int) -> Iterator[Figure]:
    """All that was asked for; parts are small, large, linear and fleet. To be called by whoever wants the figures."""
    adopt_orphans()
    scratch = Path(tempfile.mkdtemp(prefix="hubspoke-engines-"))
    try:
        if shutil.which("pulumi"):
            refuse_unfair()
            env = cli_environment(scratch, scratch, scratch)
            measure([sys.executable, "-c", "from hubspoke.cli.app import main; main()", "sim", "install"], scratch, env)
        yield from _parts(scratch, parts, runs, stacks, sample)
    finally:
        shutil.rmtree(scratch)


def _parts(scratch: Path, parts: set[str], runs: int, stacks: int, sample: int) -> Iterator[Figure]:
    if "small" in parts:
        yield from sized(scratch, 6, runs)
        yield from warm(scratch, 6, runs * 5)
    if "large" in parts:
        yield from sized(scratch, 1000, runs)
        yield from warm(scratch, 1000, 2)
    if "linear" in parts:
        yield from linear(scratch, runs)
    if "fleet" in parts:
        yield from fleet(scratch, stacks, sample)


def show(found: list[Figure]) -> None:
    table = Table("what", "engine", "wall s", "processor s", "peak MiB", "ratio to local", "includes")
    local = {figure.what: figure for figure in found if figure.engine == "local"}
    for figure in found:
        own = local.get(figure.what)
        ratio = figure.ratio(own) if own else ""
        peak = f"{max(cost.peak for cost in figure.runs):.0f}"
        table.add_row(figure.what, figure.engine, str(figure.wall), str(figure.cpu), peak, ratio, figure.includes)
    Console(width=200).print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = ("small", "large", "linear", "fleet")
    parser.add_argument("--only", nargs="+", choices=parts, default=parts)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--fleet", type=int, default=300, metavar="STACKS", help="each with ten spokes")
    parser.add_argument("--sample", type=int, default=8, help="how many of them the CLI previews")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of the table")
    given = parser.parse_args()
    found = list(figures(set(given.only), given.runs, given.fleet, given.sample))
    if given.json:
        print(json.dumps([asdict(figure) for figure in found], indent=2))
    else:
        show(found)


if __name__ == "__main__":
    main()
