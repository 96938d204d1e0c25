"""plan --changes: what a run would do to what is in use."""

import json
from collections.abc import Iterable
from itertools import groupby

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hubspoke.cli.commands.operations import Operations
from hubspoke.cli.exits import Exit, exit_code
from hubspoke.cli.render import short_type, show_results
from hubspoke.cli.session import Session
from hubspoke.operate.changes import StackChanges, changes_to_json, preview_changes
from hubspoke.operate.result import Result, Status
from hubspoke.operate.stack import OnEvent, Options, Stack
from hubspoke.plan.changes import Effect, HubCount, JudgedStep

_COLOURS = {
    Effect.CREATES: "green",
    Effect.IN_PLACE: "green",
    Effect.REMOVES: "red",
    Effect.INTERRUPTS: "yellow",
    Effect.REPLACES: "magenta",
    Effect.REFUSED: "red",
}
_MILD = frozenset({Effect.CREATES, Effect.IN_PLACE})


def plan_changes(session: Session, stacks: list[str], as_json: bool) -> None:
    """Preview stacks and say of each step what it does. Ends with code 3 where a run must not be begun as it is."""
    found = _judged(session, stacks)
    if as_json:
        document = {"stacks": [changes_to_json(each) for each in found]}
        typer.echo(json.dumps(document, indent=2, default=str))
    else:
        _show(Console(emoji=False), found)
    code = exit_code(each.result for each in found)
    raise typer.Exit(int(code or (Exit.BLOCKED if any(each.blocked for each in found) else Exit.CLEAN)))


def _judged(session: Session, stacks: list[str]) -> list[StackChanges]:
    judged: dict[str, StackChanges] = {}

    def do(stack: Stack, event: OnEvent, options: Options) -> Result:
        judged[stack.name] = preview_changes(stack, event, options)
        return judged[stack.name].result

    results = Operations(session, Options()).previewed(stacks, do)
    return [judged.get(result.stack) or StackChanges(result) for result in results]


def _show(console: Console, stacks: Iterable[StackChanges]) -> None:
    for changes in stacks:
        if changes.result.status is not Status.SUCCEEDED or changes.assessment is None:
            show_results(console, [changes.result])
            continue
        steps = changes.assessment.steps
        mark = "[red]■[/]" if changes.blocked else "[green]✓[/]"
        said = "must not be begun as it is" if changes.blocked else "nothing changes" if not steps else "may be begun"
        console.print(f"{mark} [bold]{changes.result.stack}[/]  {said}", highlight=False)
        _show_mild(console, [step for step in steps if step.effect in _MILD])
        for step in steps:
            if step.effect not in _MILD:
                _show_step(console, step)
        for hub in changes.assessment.hubs:
            _show_hub(console, hub)


def _show_mild(console: Console, steps: list[JudgedStep]) -> None:
    """What touches nothing that is in use, a line per type."""
    table = Table.grid(padding=(0, 1))
    by_type = sorted(steps, key=lambda step: (step.effect, step.step.type))
    for (effect, kind), own in groupby(by_type, key=lambda step: (step.effect, step.step.type)):
        names = [step.step.name for step in own]
        shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        table.add_row("   ", f"[{_COLOURS[effect]}]{effect}[/]", f"[dim]{short_type(kind)}[/]", escape(shown))
    if steps:
        console.print(table)


def _show_step(console: Console, step: JudgedStep) -> None:
    tunnels = f"  [dim]tunnels[/] {', '.join(tunnel.name for tunnel in step.tunnels)}" if step.tunnels else ""
    console.print(
        f"    [{_COLOURS[step.effect]}]{step.effect}[/] [dim]{short_type(step.step.type)}[/] "
        f"[bold]{escape(step.step.name)}[/]{tunnels}",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    told = [reason for reason in step.reasons if reason.effect is step.effect]
    for why, own in groupby(sorted(told, key=lambda r: (r.why, r.remedy)), key=lambda r: (r.why, r.remedy)):
        paths = ", ".join(reason.path for reason in own if reason.path)
        console.print(
            f"        {escape(f'{paths}: ' if paths else '')}{escape(why[0])}", highlight=False, soft_wrap=True
        )
        if why[1]:
            console.print(f"        [dim]instead:[/] {escape(why[1])}", highlight=False, soft_wrap=True)


def _show_hub(console: Console, hub: HubCount) -> None:
    names = ", ".join(tunnel.name for tunnel in hub.interrupted) or "none"
    gone = f", {len(hub.removed)} removed" if hub.removed else ""
    console.print(
        f"    hub [bold]{escape(hub.hub)}[/]: "
        f"{len(hub.interrupted)} of {hub.tunnels} tunnels interrupted ({names}){gone}",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    if hub.problem:
        console.print(f"        [red]{escape(hub.problem)}[/]", highlight=False, soft_wrap=True)
