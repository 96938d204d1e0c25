"""Results for people: what changes, what a policy says, what went wrong."""

import os
import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hubspoke.cli.progress import MARKS, counts
from hubspoke.operate.paths import value_at
from hubspoke.operate.result import Result, Status, Step, Violation

_SYMBOLS = {
    "create": "[green]+[/]",
    "delete": "[red]-[/]",
    "update": "[yellow]~[/]",
    "replace": "[magenta]±[/]",
    "create-replacement": "[magenta]+±[/]",
    "delete-replaced": "[magenta]-±[/]",
    "import": "[green]=[/]",
}
_UNBOUND = 10_000  # columns: wider than any table here
_SHOWN = 12  # rows per stack before a table is cut; --json has all


def unbound() -> Console:
    """Stdout for tables: as wide as the terminal, and as wide as they are where no terminal reads them."""
    bound = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(emoji=False, width=None if bound else _UNBOUND)


def table_of(*columns: str) -> Table:
    """A table of plain columns. What is too long for a narrow terminal goes on below: it is not cut."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def show_results(console: Console, results: Iterable[Result], *, full: bool = False) -> None:
    """Every stack: one line, then its changes (of a preview, or if `full`), violations, warnings and errors."""
    for result in results:
        console.print(
            f"{MARKS[result.status]} [bold]{result.stack}[/]  {result.operation} {result.status}  "
            f"[dim]{result.seconds:.1f} s[/]  {counts(result.changes)}",
            highlight=False,
        )
        if full or result.operation == "preview":
            _show_steps(console, result.changed, full)
        show_violations(console, result.violations)
        for text in result.warnings:
            console.print(f"    [yellow]warning:[/] {escape(text)}", highlight=False, soft_wrap=True)
        for text in result.errors if result.status is not Status.SUCCEEDED else ():
            console.print(f"    [red]error:[/] {escape(text)}", highlight=False, soft_wrap=True)


def show_violations(console: Console, violations: Iterable[Violation]) -> None:
    """What policies say, mandatory first."""
    for violation in sorted(violations, key=lambda v: (v.level != "mandatory", v.policy, v.urn)):
        colour = "red" if violation.level == "mandatory" else "yellow"
        where = violation.urn.rsplit("::", 1)[-1] if violation.urn else "the stack"
        console.print(
            f"    [{colour}]{violation.level}[/] [bold]{violation.policy}[/] {escape(where)}", highlight=False
        )
        for line in violation.message.splitlines():
            console.print(f"        {escape(line)}", highlight=False, soft_wrap=True)


def _show_steps(console: Console, steps: tuple[Step, ...], full: bool) -> None:
    if not steps:
        return
    table = Table.grid(padding=(0, 1))
    for step in steps if full else steps[:_SHOWN]:
        table.add_row(
            "   ",
            _SYMBOLS.get(step.op, step.op),
            f"[dim]{short_type(step.type)}[/]",
            escape(step.name),
            _diff(step),
        )
    console.print(table)
    if not full and len(steps) > _SHOWN:
        console.print(f"    [dim]and {len(steps) - _SHOWN} more; --full shows all[/]", highlight=False)


def _diff(step: Step) -> str:
    if step.op in ("create", "delete"):
        return ""
    return escape("; ".join(f"{p}: {change(step, p)}" for p in sorted(step.paths)[:4]))


def change(step: Step, path: str) -> str:
    """ "old -> new" of one property path, as far as both are known."""
    return f"{show(value_at(step.old, path))} -> {show(value_at(step.new, path))}"


def show(value: Any) -> str:
    """One value, short."""
    text = "absent" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def short_type(token: str) -> str:
    """`aws:ec2/vpc:Vpc` as `aws:ec2:Vpc`."""
    package, module, name = [*token.split(":"), "", ""][:3]
    return ":".join(part for part in (package, module.split("/")[0], name) if part and part != "index")


def results_to_json(results: Iterable[Result]) -> list[dict[str, Any]]:
    """Results as plain values; secrets are masked by the engine already."""
    return [{**asdict(result), "status": str(result.status), "changes": result.changes} for result in results]
