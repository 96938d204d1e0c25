"""What the engine's tests share."""

import sys
from pathlib import Path

import pytest

# Test folders are no packages: without the root, only one of them could have modules of its own.
sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.local.engine.engine_bench import Bench, Cloud


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    (tmp_path / "Pulumi.yaml").write_text("name: proj\nruntime: python\n")
    return Bench(tmp_path, Cloud())
