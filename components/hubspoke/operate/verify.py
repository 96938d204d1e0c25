"""What `verify` looks at: the network that the plan means, or what stacks plan, record, or have in the clouds."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from hubspoke.network.convert import actual
from hubspoke.network.intended import context
from hubspoke.network.model import Network
from hubspoke.network.snapshot import Snapshot, from_export
from hubspoke.network.told import as_told
from hubspoke.operate.errors import OperateError
from hubspoke.operate.result import Result, Status
from hubspoke.operate.stack import OnEvent, Options, PackRef, Stack
from hubspoke.plan.model import Plan

CAPTURE = Path(__file__).parent / "capture"  # the pack that writes down what a preview plans


class Of(StrEnum):
    """Which network is judged."""

    PLAN = "plan"
    PLANNED = "planned"
    RECORDED = "recorded"
    OBSERVED = "observed"


@dataclass(frozen=True)
class Seen:
    """What was found of some stacks. A stack that was never deployed has no snapshot: nothing of it is there."""

    snapshots: Mapping[str, Snapshot]

    def network(self, plan: Plan, judged: Iterable[str]) -> Network:
        """These stacks as they are, among what the plan says of all others."""
        whole = sum(self.snapshots.values(), Snapshot(()))
        return actual(as_told(whole, plan), context(plan, judged))


class Captures:
    """Previews that leave behind what they plan."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._config = folder, folder / "config.json"
        self._config.write_text(json.dumps({"write-down": {"folder": str(folder)}}))

    def preview(self, stack: Stack, on_event: OnEvent, options: Options) -> Result:
        """A preview as any other, judged by nothing."""
        return stack.preview(on_event, replace(options, packs=(PackRef(CAPTURE, self._config),)))

    def snapshot(self, result: Result) -> Snapshot:
        """What a preview planned. Raises OperateError where it did not get that far."""
        path = self._folder / f"{result.stack}.json"
        if result.status is not Status.SUCCEEDED or not path.exists():
            why = "; ".join(result.errors) or "it planned nothing"
            raise OperateError(f"the preview of {result.stack} {result.status}: {why}")
        return from_export(json.loads(path.read_text()))


@contextmanager
def captures() -> Iterator[Captures]:
    """A place for what previews plan, for as long as it is looked at; only the user may read it."""
    with tempfile.TemporaryDirectory(prefix="hubspoke-planned-") as folder:
        yield Captures(Path(folder))


def recorded(stacks: Iterable[Stack]) -> Seen:
    """What the state files of stacks hold."""
    return Seen({stack.name: from_export(stack.export_stack()) for stack in stacks if stack.exists()})
