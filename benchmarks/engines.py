"""The local engine beside the Pulumi CLI: same programs, same simulated clouds, same machine, one after the other.

    python benchmarks/engines.py [--runs N] [--only small large linear fleet] [--fleet STACKS] [--json]

The CLI is measured where `pulumi` is on PATH, with every plugin that it looks for installed. Each figure is minimum /
median / maximum of the runs; ratios are those of medians. Processor time (all processes) stands beside the wall clock:
it is what can be compared on a machine that does other things too.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from generated import generate  # type: ignore[import-not-found] # beside this file, not a package
from measuring import Cost, Spread, adopt_orphans, measure  # type: ignore[import-not-found]
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
OPERATIONS = ("preview", "up", "preview again", "up again", "refresh")
LINEAR = (250, 500, 1000, 2000)
PER_STACK = 10  # spokes


@dataclass(frozen=True)
class Figure:
    """One operation by one engine."""

    what: str
    engine: str
    wall: Spread
    cpu: Spread
    peak: float  # MiB
    includes: str = ""


@dataclass(frozen=True)
class EngineUnderTest:
    """Runs an operation on a project, in a folder of its own. `env` is what its commands need."""

    name: str
    command: Callable[[Path, str], list[str]]
    includes: str = ""
    extra: tuple[tuple[str, str], ...] = ()

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
        "PULUMI_HOME": str(home / "pulumi-home"),
        "PULUMI_BACKEND_URL": f"file://{state}",
        "PULUMI_CONFIG_PASSPHRASE": "benchmark",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "HUBSPOKE_SIM": str(clouds),
    }


def _local(root: Path, operation: str) -> list[str]:
    return [sys.executable, str(HERE / "local_run.py"), str(root), "dev", operation]


def _cli(_: Path, operation: str) -> list[str]:
    yes = [] if operation == "preview" else ["--yes", "--skip-preview"]
    return ["pulumi", operation, "--stack", "dev", "--non-interactive", "--color", "never", "--parallel", "16", *yes]


LOCAL = EngineUnderTest("local", _local, "a journal that survives kill -9, and one checkpoint at the end")
CLI = EngineUnderTest("cli", _cli, "a checkpoint per step")
_SKIP = (("PULUMI_EXPERIMENTAL", "true"), ("PULUMI_SKIP_CHECKPOINTS", "true"))
CLI_UNSAFE = EngineUnderTest("cli, checkpoints skipped", _cli, "nothing: a killed run loses what it made", _SKIP)


def engines() -> list[EngineUnderTest]:
    return [LOCAL, *([CLI] if shutil.which("pulumi") else [])]


def sized(scratch: Path, resources: int, runs: int) -> Iterator[Figure]:
    """A stack of so many resources through all its operations, engines taking turns, each run on new clouds."""
    found: dict[tuple[str, str], list[Cost]] = {}
    for run in range(runs):
        for engine in engines():
            root = scratch / f"{engine.name}-{resources}-{run}"
            engine.prepare(root, resources)
            for operation in OPERATIONS:
                found.setdefault((operation, engine.name), []).append(engine.run(root, operation))
    for (operation, name), costs in found.items():
        includes = {each.name: each.includes for each in engines()}[name] if operation == "up" else ""
        yield _figure(f"{resources} resources, {operation}", name, costs, includes)


def unsafe(scratch: Path, resources: int, runs: int) -> Iterator[Figure]:
    """The CLI's first `up` without its checkpoints: what they cost it."""
    costs = []
    for run in range(runs if shutil.which("pulumi") else 0):
        root = scratch / f"unsafe-{resources}-{run}"
        CLI_UNSAFE.prepare(root, resources)
        costs.append(CLI_UNSAFE.run(root, "up"))
    if costs:
        yield _figure(f"{resources} resources, up", CLI_UNSAFE.name, costs, CLI_UNSAFE.includes)


def warm(scratch: Path, resources: int, runs: int) -> Iterator[Figure]:
    """The preview in a local engine's process that has done it before."""
    root = scratch / f"warm-{resources}"
    LOCAL.prepare(root, resources)
    command = [*_local(root, "preview"), str(runs + 3)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=root).stdout
    seconds = [float(line) for line in said.split()][3:]
    spread = Spread.of(seconds)
    yield Figure(f"{resources} resources, preview", "local, warm process", spread, spread, 0, "no imports, no start")


def linear(scratch: Path, runs: int) -> Iterator[Figure]:
    for resources in LINEAR:
        costs: dict[str, list[Cost]] = {}
        for run in range(runs):
            root = scratch / f"linear-{resources}-{run}"
            LOCAL.prepare(root, resources)
            for operation in ("preview", "up", "up again", "refresh"):
                costs.setdefault(operation, []).append(LOCAL.run(root, operation))
        for operation, found in costs.items():
            yield _figure(f"{resources} resources, {operation}", "local", found)


def fleet(scratch: Path, stacks: int, sample: int) -> Iterator[Figure]:
    """The preview of a whole fleet by the local engine, and of as many of its stacks by the CLI as time allows."""
    root = scratch / "fleet"
    generate(root, stacks, stacks * PER_STACK)
    for engine, count in (("local", stacks), ("local", sample), ("cli", sample)):
        if count and (engine == "local" or shutil.which("pulumi")):
            command = [sys.executable, str(HERE / "fleet_run.py"), str(root), engine, str(count)]
            env = cli_environment(scratch, root / ".hubspoke" / "state", root / ".hubspoke" / "clouds")
            name = f"fleet of {stacks}: preview of {count} stacks, policy pack included"
            yield _figure(name, engine, [measure(command, root, env)], "the intent read once, four stacks at a time")


def _figure(what: str, engine: str, costs: list[Cost], includes: str = "") -> Figure:
    walls, cpus = [cost.wall for cost in costs], [cost.cpu for cost in costs]
    return Figure(what, engine, Spread.of(walls), Spread.of(cpus), max(cost.peak for cost in costs), includes)


def figures(parts: set[str], runs: int, stacks: int, sample: int) -> Iterator[Figure]:
    """All that was asked for; parts are small, large, linear and fleet. To be called by whoever wants the figures."""
    adopt_orphans()
    scratch = Path(tempfile.mkdtemp(prefix="hubspoke-engines-"))
    try:
        if shutil.which("pulumi"):
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
        yield from unsafe(scratch, 1000, 1)
    if "linear" in parts:
        yield from linear(scratch, runs)
    if "fleet" in parts:
        yield from fleet(scratch, stacks, sample)


def show(found: list[Figure]) -> None:
    table = Table("what", "engine", "wall s", "processor s", "peak MiB", "ratio to local", "includes")
    local = {figure.what: figure for figure in found if figure.engine == "local"}
    for figure in found:
        own = local.get(figure.what)
        ratio = f"{figure.wall.median / own.wall.median:.1f} ({figure.cpu.median / own.cpu.median:.1f})" if own else ""
        peak = f"{figure.peak:.0f}" if figure.peak else ""
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
