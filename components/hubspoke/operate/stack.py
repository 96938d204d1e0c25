"""One stack, whichever engine runs it: the words of `pulumi.automation.Stack`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from hubspoke.operate.result import Event, Result

OnEvent = Callable[[Event], None]


@dataclass(frozen=True)
class PackRef:
    """A policy pack's folder, and the file of its configuration (as `--policy-pack-config` takes it)."""

    path: Path
    config: Path | None = None


@dataclass(frozen=True)
class Options:
    """How an operation is run. The defaults are those of the Pulumi CLI where it has them."""

    packs: tuple[PackRef, ...] = ()
    refresh: bool = False
    targets: tuple[str, ...] = ()
    target_dependents: bool = False
    parallel: int = 16
    environment: tuple[tuple[str, str], ...] = ()


class Stack(Protocol):
    """What fleet, drift and the command line need of a stack. No method raises for what a run can meet: a
    `Result` with a status and errors says how it ended."""

    name: str

    def exists(self) -> bool:
        """Whether it was ever created in the backend."""
        ...

    def preview(self, on_event: OnEvent, options: Options) -> Result:
        """What `up` would do. Changes nothing."""
        ...

    def up(self, on_event: OnEvent, options: Options) -> Result:
        """Make the cloud what the program says. Creates the stack if need be."""
        ...

    def refresh(self, on_event: OnEvent, options: Options, *, preview_only: bool = False) -> Result:
        """Read every resource from its cloud, and record what is found unless `preview_only`."""
        ...

    def destroy(self, on_event: OnEvent, options: Options) -> Result:
        """Delete every resource of the stack."""
        ...

    def export_stack(self) -> dict[str, Any]:
        """The state as `pulumi stack export` writes it."""
        ...

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, secrets masked."""
        ...
