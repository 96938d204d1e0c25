"""The engines that the suite has on this machine, and a last line that says which it ran."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Test folders are no packages: the programs and the provider are found from the root.
sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.conformance.engines import Engine, LocalEngine, find_cli

RAN = "conformance: run by"


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Engine]]:
    """By "local" and, where there is a `pulumi` on PATH, "cli"."""
    cli = find_cli(tmp_path_factory.mktemp("pulumi-home"))
    yield {"local": LocalEngine(), **({"cli": cli} if cli else {})}
    if cli:
        cli.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What ran is told by the reports, since tests may have run in other processes."""
    reports = [each for found in terminalreporter.stats.values() for each in found]
    ran = {text for each in reports for key, text in getattr(each, "user_properties", ()) if key == RAN}
    if ran:
        only = "" if len(ran) > 1 else " only (no pulumi on PATH)"
        terminalreporter.write_line(f"conformance: {', '.join(sorted(ran))}{only}")
