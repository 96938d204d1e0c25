"""For tests, yours as well as ours: programs run against simulated clouds of their own, whose time nobody waits for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hubspoke.local.clouds import simulated_provider_factory
from hubspoke.local.clouds.clock import SkippingClock
from hubspoke.local.clouds.faults import Fault, FaultKind
from hubspoke.local.clouds.packages import STORED
from hubspoke.local.clouds.records import Record
from hubspoke.local.clouds.sim import Simulation
from hubspoke.local.engine import LocalStack, Outcome, Project, Workspace


class SimulatedClouds:
    """Empty clouds in a folder, and stacks in them. `slept` lists what would have been waited for, in seconds.

    Operations are those of `LocalStack`, take its options and raise its errors, such as `ResourceFailed`.
    """

    def __init__(self, folder: Path, project: str = "test") -> None:
        self._clock = SkippingClock()
        self.simulation = Simulation(folder / "clouds", clock=self._clock)
        (folder / "Pulumi.yaml").write_text(f"name: {project}\nruntime: python\n")
        providers = simulated_provider_factory(folder / "clouds", clock=self._clock)
        self.workspace = Workspace(Project.load(folder), folder / "state", lambda: "passphrase", providers)
        self.events: list[Any] = []

    @property
    def slept(self) -> list[float]:
        return self._clock.slept

    def stack(self, name: str = "test") -> LocalStack:
        """A stack, made if it is not there yet."""
        stack = LocalStack(self.workspace, name)
        return stack if stack.exists() else LocalStack.init(self.workspace, name)

    def preview(self, program: Callable[[], object], stack: str = "test", **options: Any) -> Outcome:
        return self.stack(stack).preview(on_event=self.events.append, program=program, **options)

    def up(self, program: Callable[[], object], stack: str = "test", **options: Any) -> Outcome:
        return self.stack(stack).up(on_event=self.events.append, program=program, **options)

    def refresh(self, stack: str = "test", **options: Any) -> Outcome:
        return self.stack(stack).refresh(on_event=self.events.append, **options)

    def destroy(self, stack: str = "test", **options: Any) -> Outcome:
        return self.stack(stack).destroy(on_event=self.events.append, **options)

    def recorded(self, stack: str = "test") -> list[dict[str, Any]]:
        """The resources in a stack's state, as `pulumi stack export` writes them."""
        return list(self.stack(stack).export_stack()["deployment"].get("resources", []))

    def held(self, type_: str | None = None) -> list[Record]:
        """What the clouds hold, of one type if it is named; what comes by itself with something else is left out."""
        return [record for record in self.simulation.records(type_=type_) if record.owner is None]

    def fault(self, kind: str, *, cloud: str = "aws", times: int | None = None, **only: Any) -> int:
        """Switch a fault on, of a kind that `hubspoke sim fault add --help` explains; gives its key.

        `only` are further fields of `Fault`: account, region, type, action, id, seconds, until.
        """
        return self.simulation.add_fault(cloud, Fault(FaultKind(kind), remaining=times, **only))

    def clear_faults(self) -> None:
        """Switch every fault off."""
        for cloud in STORED:
            self.simulation.clear_faults(cloud)
