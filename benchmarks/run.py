"""What the performance figures come from: `make bench`, or `python benchmarks/run.py --json` for a document.

Every figure is the minimum, median and maximum of several runs, in seconds. `python benchmarks/run.py NAME ...` runs
only what is named; `--runs N` overrides how often.
"""

import argparse
import json
import multiprocessing
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

Clocks = dict[str, float]  # seconds by what was measured


@dataclass(frozen=True)
class Benchmark:
    """Something to measure, in a folder of its own; `aim` is in seconds, for the median of its first clock."""

    what: str
    measure: Callable[[Path], Clocks]
    runs: int
    aim: float | None = None


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    benchmark: str
    clock: str
    runs: int
    minimum: float
    median: float
    maximum: float
    aim: float | None


def preview(root: Path) -> Clocks:
    """The preview of the network stack of the example, before anything is deployed, in a process of its own."""
    from hubspoke.operate.example import copy_example

    copy_example(root)
    started = time.perf_counter()
    clocks: Clocks = multiprocessing.get_context("spawn").Pool(1).apply(_preview_here, (root,))
    return {**clocks, "whole process": time.perf_counter() - started}


def _preview_here(root: Path) -> Clocks:
    started = time.perf_counter()
    from hubspoke.local.engine import LocalStack
    from hubspoke.operate import preload, preload_packs, preload_programs
    from hubspoke.operate.local_stack import open_workspace
    from hubspoke.operate.project import Paths

    assert all(each.LOADED for each in (preload, preload_packs, preload_programs))
    imported = time.perf_counter()
    paths = Paths(root)
    paths.prepare()
    stack = LocalStack.init(open_workspace(paths, "benchmark"), "network")
    begun = time.perf_counter()
    stack.preview(on_event=lambda _: None)
    ended = time.perf_counter()
    return {"engine": ended - begun, "imports": imported - started}


def demo(root: Path) -> Clocks:
    """The whole story: deployed, blocked, broken, found, put back, destroyed."""
    started = time.perf_counter()
    command = [sys.executable, "-c", "from hubspoke.cli.app import main; main()", "demo", "--yes", "--dir", str(root)]
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return {"whole process": time.perf_counter() - started}


def plan(root: Path) -> Clocks:
    """3,000 spokes in 300 accounts, from their files to the plan."""
    from generated import generate  # type: ignore[import-not-found] # beside this file, not a package
    from hubspoke.intent import load_wan
    from hubspoke.plan import load_lock, make_plan

    generate(root, stacks=300, spokes=3000)
    wan, lock = root / "stacks" / "wan.yaml", root / "stacks" / "wan.lock"
    started = time.perf_counter()
    intent, allocations = load_wan(wan), load_lock(lock)
    loaded = time.perf_counter()
    make_plan(intent, allocations)
    planned = time.perf_counter()
    return {"load and plan": planned - started, "load": loaded - started, "plan": planned - loaded}


BENCHMARKS = {
    "preview": Benchmark("preview of one example stack", preview, runs=7, aim=0.3),
    "plan": Benchmark("3,000 spokes", plan, runs=3),
    "demo": Benchmark("the whole demo", demo, runs=3, aim=60),
}


def figures(name: str, runs: int | None) -> Iterator[Figure]:
    """Run one benchmark as often as asked, each time in a new folder."""
    benchmark = BENCHMARKS[name]
    found = [_run(benchmark) for _ in range(runs or benchmark.runs)]
    for number, clock in enumerate(found[0]):
        seconds = [round(clocks[clock], 3) for clocks in found]
        aim = benchmark.aim if number == 0 else None
        median = round(statistics.median(seconds), 3)
        yield Figure(benchmark.what, clock, len(seconds), min(seconds), median, max(seconds), aim)


def _run(benchmark: Benchmark) -> Clocks:
    folder = Path(tempfile.mkdtemp(prefix="hubspoke-bench-"))
    try:
        return benchmark.measure(folder / "project")
    finally:
        shutil.rmtree(folder)


def show(found: list[Figure]) -> None:
    """The table."""
    table = Table("benchmark", "clock", "runs", "min s", "median s", "max s", "aim s")
    for f in found:
        aim = "" if f.aim is None else f"under {f.aim:g}"
        table.add_row(f.benchmark, f.clock, str(f.runs), *(f"{s:.3f}" for s in (f.minimum, f.median, f.maximum)), aim)
    Console().print(table)


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(BENCHMARKS)}; default: all")
    parser.add_argument("--runs", type=int, help="how often each; default: as often as it takes to trust it")
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of the table")
    given: Any = parser.parse_args()
    unknown = sorted({*given.names} - {*BENCHMARKS})
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}")
    found = [figure for name in given.names or BENCHMARKS for figure in figures(name, given.runs)]
    if given.json:
        print(json.dumps([asdict(figure) for figure in found], indent=2))
    else:
        show(found)


if __name__ == "__main__":
    main()
