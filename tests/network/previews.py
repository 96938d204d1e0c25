"""What real previews plan, written down as `hubspoke verify --planned` does it."""

from typing import TYPE_CHECKING

from hubspoke.network.snapshot import Snapshot
from hubspoke.operate.local_stack import LocalStackRunner
from hubspoke.operate.stack import Options
from hubspoke.operate.verify import captures

if TYPE_CHECKING:
    from tests.conftest import World


def planned(world: "World", stack: str) -> Snapshot:
    """What a preview of a stack plans."""
    import hubspoke.operate.preload_programs  # noqa: F401

    with captures() as capture:
        return capture.snapshot(capture.preview(LocalStackRunner(world.paths, stack), lambda _: None, Options()))
