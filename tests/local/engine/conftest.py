"""What the engine's tests share."""

import sys
from pathlib import Path

import pytest

# Test folders are no packages: without the root, only one of them could have modules of its own.
sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.local.engine.engine_bench import Bench, Cloud
from tests.local.engine.packs import HEAD, MANIFEST, Write


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    (tmp_path / "Pulumi.yaml").write_text("name: proj\nruntime: python\n")
    return Bench(tmp_path, Cloud())


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a pack: its rules as code, and its manifest."""

    def write(code: str, manifest: str = MANIFEST) -> Path:
        folder = tmp_path / "pack"
        folder.mkdir()
        (folder / "PulumiPolicy.yaml").write_text(manifest)
        (folder / "__main__.py").write_text(HEAD + code)
        return folder

    return write
