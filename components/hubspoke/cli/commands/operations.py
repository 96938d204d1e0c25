"""preview, up, refresh and destroy: the engine's operations over one stack or the fleet."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

import typer
from rich.console import Console

from hubspoke.cli.exits import exit_code
from hubspoke.cli.options import (
    AllOption,
    EngineOption,
    FullOption,
    JsonOption,
    PackConfigOption,
    PackOption,
    ParallelOption,
    ProjectOption,
    StackOption,
    YesOption,
)
from hubspoke.cli.progress import Progress
from hubspoke.cli.render import results_to_json, show_results
from hubspoke.cli.session import Engine, Session, several
from hubspoke.operate.errors import UsageError
from hubspoke.operate.fleet import Fleet
from hubspoke.operate.result import Operation, Result, Status
from hubspoke.operate.retire import check_destroy
from hubspoke.operate.stack import OnEvent, Options, Stack
from hubspoke.pending import as_environment

# Stacks at a time: each has a process of its own, and its resources run in parallel within it.
STACKS_AT_A_TIME = 4

Do = Callable[[Stack, OnEvent], Result]
Preview = Callable[[Stack, OnEvent, Options], Result]


@dataclass(frozen=True)
class Operations:
    """The fleet operations of one command, with its progress on stderr."""

    session: Session
    options: Options

    def preview(self, stacks: list[str]) -> list[Result]:
        """Preview all at once."""
        return self.previewed(stacks, lambda stack, event, options: stack.preview(event, options))

    def previewed(self, stacks: list[str], do: Preview) -> list[Result]:
        """Preview all at once in a way of one's own: a stack that is not up yet gives unknown outputs to those that
        need it."""
        options = replace(self.options, environment=as_environment(self._pending(stacks)))
        independent = Fleet({stack: frozenset() for stack in stacks})
        return self._run(independent, "preview", lambda stack, event: do(stack, event, options))

    def up(self, stacks: list[str]) -> list[Result]:
        """Bring up in dependency order what was previewed. A stack whose preview had to do without its hubs' outputs,
        or whose hubs come up with it, is judged again on what those outputs now are, before it is changed."""
        changing = self._pending(stacks) | set(stacks)

        def do(stack: Stack, event: OnEvent) -> Result:
            needs = set(self.session.plan.account(stack.name).depends_on)
            return self._judged_up(stack, event) if needs & changing else self._up(stack, event)

        return self._run(Fleet.of(self.session.plan, stacks), "up", do)

    def refresh(self, stacks: list[str]) -> list[Result]:
        """Refresh all at once."""
        independent = Fleet({stack: frozenset() for stack in stacks})
        return self._run(independent, "refresh", lambda stack, event: stack.refresh(event, self.options))

    def destroy(self, stacks: list[str]) -> list[Result]:
        """Take down in reverse dependency order."""
        fleet = Fleet.of(self.session.plan, stacks).reversed()
        return self._run(fleet, "destroy", lambda stack, event: stack.destroy(event, self.options))

    def _judged_up(self, stack: Stack, event: OnEvent) -> Result:
        judged = stack.preview(lambda _: None, self.options)
        if judged.status is not Status.SUCCEEDED:
            return replace(judged, operation="up")
        return self._up(stack, event)

    def _up(self, stack: Stack, event: OnEvent) -> Result:
        return stack.up(event, replace(self.options, packs=()))

    def _run(self, fleet: Fleet, operation: Operation, do: Do) -> list[Result]:
        with Progress(Console(stderr=True, emoji=False)) as progress:

            def one(name: str) -> Result:
                progress.begin(name, operation)
                result = do(self.session.stack(name), lambda event: progress.event(name, event))
                progress.end(result)
                return result

            return fleet.run(operation, one, parallel=STACKS_AT_A_TIME)

    def _pending(self, stacks: list[str]) -> set[str]:
        """The stacks that these depend on and that have no outputs yet."""
        needed = {need for stack in stacks for need in self.session.plan.account(stack).depends_on}
        return {stack for stack in needed if not self._deployed(stack)}

    def _deployed(self, stack: str) -> bool:
        found = self.session.stack(stack)
        return found.exists() and "hubs" in found.outputs()


def preview(
    named: StackOption = None,
    every: AllOption = False,
    policy_pack: PackOption = None,
    policy_pack_config: PackConfigOption = None,
    parallel: ParallelOption = 16,
    full: FullOption = False,
    as_json: JsonOption = False,
    engine: EngineOption = Engine.LOCAL,
    project: ProjectOption = None,
) -> None:
    """Show what `up` would change, judged by the policy pack. Changes nothing.

    Exit code 3 where a mandatory policy is violated.
    """
    session = Session.begin(project, engine, named=named, judged=several(named, every))
    options = session.options(policy_pack or [], policy_pack_config, parallel)
    results = Operations(session, options).preview(session.chosen(named, every))
    _finish(results, as_json, full)


def up(
    named: StackOption = None,
    every: AllOption = False,
    yes: YesOption = False,
    policy_pack: PackOption = None,
    policy_pack_config: PackConfigOption = None,
    parallel: ParallelOption = 16,
    full: FullOption = False,
    as_json: JsonOption = False,
    engine: EngineOption = Engine.LOCAL,
    project: ProjectOption = None,
) -> None:
    """Deploy: preview everything, ask, then bring stacks up in dependency order.

    A mandatory policy violation in any stack stops all of it before anything changes, with exit code 3.
    """
    session = Session.begin(project, engine, named=named, judged=several(named, every))
    operations = Operations(session, session.options(policy_pack or [], policy_pack_config, parallel))
    stacks = session.chosen(named, every)
    may_ask(yes, "up")
    previewed = operations.preview(stacks)
    if exit_code(previewed):
        _finish(previewed, as_json, full)
    if not yes:
        show_results(Console(emoji=False), previewed, full=full)
        typer.confirm("Do this?", abort=True)
    _finish(operations.up(stacks), as_json, full)


def refresh(
    named: StackOption = None,
    every: AllOption = False,
    yes: YesOption = False,
    parallel: ParallelOption = 16,
    as_json: JsonOption = False,
    engine: EngineOption = Engine.LOCAL,
    project: ProjectOption = None,
) -> None:
    """Record what is found in the clouds as the new state. Changes no cloud.

    It takes drift over into the state, where it is no longer seen: `hubspoke drift` looks without doing that.
    """
    session = Session.begin(project, engine, named=named, runs="nothing")
    stacks = session.chosen(named, every)
    may_ask(yes, "refresh")
    if not yes:
        typer.confirm(f"Overwrite the recorded state of {', '.join(stacks)} with what is found?", abort=True)
    _finish(Operations(session, Options(parallel=parallel)).refresh(stacks), as_json, full=False)


def destroy(
    named: StackOption = None,
    every: AllOption = False,
    yes: YesOption = False,
    parallel: ParallelOption = 16,
    as_json: JsonOption = False,
    engine: EngineOption = Engine.LOCAL,
    project: ProjectOption = None,
) -> None:
    """Delete every resource of the stacks, spokes before their hubs. Adopted networks stay.

    Hubs' gateways are protected: set `protect: false` on the hub and deploy that first.
    """
    session = Session.begin(project, engine, named=named, runs="nothing")
    stacks = session.chosen(named, every)
    may_ask(yes, "destroy")
    check_destroy(session.plan, stacks, session.stack)
    if not yes:
        typer.confirm(f"Destroy everything in {', '.join(stacks)}?", abort=True)
    _finish(Operations(session, Options(parallel=parallel)).destroy(stacks), as_json, full=False)


def may_ask(yes: bool, command: str) -> None:
    """Nothing prompts without a terminal: there, --yes must say it. Raises UsageError."""
    if not yes and not sys.stdin.isatty():
        raise UsageError(f"`hubspoke {command}` changes things and there is no terminal to ask at: add --yes")


def _finish(results: list[Result], as_json: bool, full: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"stacks": results_to_json(results)}, indent=2, default=str))
    else:
        show_results(Console(emoji=False), results, full=full)
    raise typer.Exit(int(exit_code(results)))
