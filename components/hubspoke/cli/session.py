"""What one command works on: a project, its plan, and the engine that runs its stacks."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hubspoke.intent import Wan, load_wan
from hubspoke.intent.parts import stacks
from hubspoke.operate import workers
from hubspoke.operate.errors import UsageError
from hubspoke.operate.project import Paths, find_project
from hubspoke.operate.stack import Options, PackRef, Stack
from hubspoke.operate.workers import Runs
from hubspoke.plan import Lock, allocate_files
from hubspoke.plan.handed import OFFICE
from hubspoke.plan.model import Plan

if TYPE_CHECKING:
    from hubspoke.operate.cli_drift import CliLook
    from hubspoke.operate.drift import Look
    from hubspoke.operate.inventory import Inventory

SIMULATED = "HUBSPOKE_SIM"  # the folder of simulated clouds; with the CLI, that they are to stand in for real ones


class Engine(StrEnum):
    """Who runs the programs."""

    LOCAL = "local"
    CLI = "cli"


def several(named: Sequence[str] | None, every: bool) -> bool:
    """Whether --stack and --all mean many stacks, for which it pays to prove the plan once."""
    return every or len(named or ()) > 1


@dataclass(frozen=True)
class Session:
    """One project, opened. Files are read when first asked for; raises IntentError for bad ones."""

    paths: Paths
    engine: Engine = Engine.LOCAL

    @classmethod
    def open(cls, project: Path | None, engine: Engine = Engine.LOCAL) -> "Session":
        """The project at or above `project`, or the current folder."""
        return cls(find_project(project or Path.cwd()), engine)

    @classmethod
    def begin(
        cls,
        project: Path | None,
        engine: Engine = Engine.LOCAL,
        *,
        named: Sequence[str] | None = None,
        judged: bool = False,
        runs: Runs = "programs",
    ) -> "Session":
        """Open a project to run stacks of it, those named or others too: the local engine's workers start importing
        what they are to run at once, and where many stacks are to be judged, prove the plan that is common to all."""
        session = cls.open(project, engine)
        if engine is Engine.LOCAL:
            workers.prewarm(session._clouds(named), session.paths.root if judged else None, runs)
        return session

    def _clouds(self, named: Sequence[str] | None) -> set[str]:
        """Those of the stacks named; an SDK takes longer than the plan that tells which it needs. Of others all whose
        names stand in the file, before it is read: what is wrong here costs or saves an import."""
        text = self.paths.wan.read_bytes() if self.paths.wan.is_file() else b""
        mentioned = {cloud for cloud in ("azure", "gcp") if cloud.encode() in text}
        if not (mentioned and named):
            return mentioned
        return mentioned & {account.cloud for account in self.plan.accounts if account.key in named}

    @cached_property
    def wan(self) -> Wan:
        """The intent."""
        return load_wan(self.paths.wan)

    @cached_property
    def locks(self) -> tuple[Lock, Lock]:
        """The allocations as committed, and as the intent needs them."""
        return allocate_files(self.paths.wan, self.paths.lock)

    @cached_property
    def plan(self) -> Plan:
        """The plan by the committed lock."""
        return OFFICE.plan(self.paths.wan, self.paths.lock)

    def stack(self, name: str) -> Stack:
        """A stack, by the chosen engine."""
        if self.engine is Engine.CLI:
            from hubspoke.operate.cli_stack import CliStack

            return CliStack(self.paths, name, self.plan.account(name).depends_on)
        from hubspoke.operate.local_stack import LocalStackRunner

        return LocalStackRunner(self.paths, name)

    @property
    def inventory(self) -> "Inventory | None":
        """What looks into the clouds beyond what stacks record; None for real ones, of which there is none yet."""
        from hubspoke.operate.inventory import SimulatedInventory

        simulated = self.engine is Engine.LOCAL or os.environ.get(SIMULATED)
        return SimulatedInventory(self.paths.clouds) if simulated else None

    def looks(self, options: Options) -> "Callable[[str], Look | CliLook]":
        """Looks for drift, by the chosen engine. What all looks share is read once, now."""
        return self._cli_looks(options) if self.engine is Engine.CLI else self._local_looks(options)

    def _local_looks(self, options: Options) -> "Callable[[str], Look | CliLook]":
        from hubspoke.operate.drift import Look, owned_ids
        from hubspoke.operate.inventory import SimulatedInventory

        inventory, owned = SimulatedInventory(self.paths.clouds), owned_ids(self.paths)
        return lambda stack: Look(self.paths, stack, inventory, owned, options.packs, options.parallel)

    def _cli_looks(self, options: Options) -> "Callable[[str], Look | CliLook]":
        from hubspoke.operate.cli_drift import CliLook
        from hubspoke.operate.cli_stack import CliStack

        inventory = self.inventory
        everything = [account.key for account in self.plan.accounts] if inventory else []
        known = CliStack(self.paths, "").states(everything)

        def look(stack: str) -> CliLook:
            needs = self.plan.account(stack).depends_on
            states = known or CliStack(self.paths, stack).states((stack, *needs))
            return CliLook(self.paths, stack, states, inventory, options.packs, options.parallel)

        return look

    def chosen(self, named: Sequence[str] | None, every: bool) -> list[str]:
        """The stacks that --stack and --all mean, each once. Raises UsageError where they mean none, or one that is
        not."""
        known = [account.key for account in self.plan.accounts]
        if every and named:
            raise UsageError("--stack and --all exclude each other")
        if every or (not named and len(known) == 1):
            return known
        if not named:
            raise UsageError(f"which stack? Give --stack with one of {', '.join(known)}, or --all")
        return [self.known(stack) for stack in dict.fromkeys(named)]

    def known(self, stack: str) -> str:
        """A stack's name, if it is one. Raises UsageError."""
        known = stacks(self.wan)
        if stack in known:
            return stack
        raise UsageError(f"there is no account {stack!r} in {self.paths.wan}; there are: {', '.join(known)}")

    def pack_refs(self, packs: list[Path], config: Path | None) -> tuple[PackRef, ...]:
        """The packs named, or else the project's own."""
        folders = packs or [p for p in [self.paths.policies] if (p / "PulumiPolicy.yaml").exists()]
        for folder in folders:
            if not (folder / "PulumiPolicy.yaml").is_file():
                raise UsageError(f"{folder} is not a policy pack: it has no PulumiPolicy.yaml")
        if config:
            _check_config(config)
        return tuple(PackRef(folder.resolve(), config) for folder in folders)

    def options(self, packs: list[Path], config: Path | None, parallel: int) -> Options:
        """Options of an operation with policy packs."""
        return Options(packs=self.pack_refs(packs, config), parallel=parallel)


def _check_config(config: Path) -> None:
    """Raises UsageError for a file that no pack could be configured with."""
    from hubspoke.local.engine.analyzer_config import load_policy_config
    from hubspoke.local.engine.analyzer_types import AnalyzerError

    try:
        load_policy_config(config)
    except AnalyzerError as error:
        raise UsageError(str(error)) from error
