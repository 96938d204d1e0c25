"""The example project: the checkout's own, or the copy that an installed package carries."""

import shutil
from pathlib import Path

import hubspoke
from hubspoke.operate.errors import UsageError

PARTS = ("Pulumi.yaml", "stacks", "policies")


def example_root() -> Path:
    """Where the example project is. Raises UsageError for an installation without it."""
    package = Path(hubspoke.__file__).parent
    checkout = package.parents[1]
    for root in (checkout, package / "example"):
        if (root / "Pulumi.yaml").is_file() and (root / "stacks" / "wan.yaml").is_file():
            return root
    raise UsageError(f"the example project is missing from this installation of hubspoke, in {package}")


def copy_example(target: Path) -> None:
    """Make a project of its own from the example. `target` must not exist, or be empty."""
    root = example_root()
    target.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        source = root / part
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
            shutil.copytree(source, target / part, ignore=ignored, dirs_exist_ok=True)
        else:
            shutil.copy2(source, target / part)
