"""drift: what differs from what is recorded, and putting it back."""

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from hubspoke.cli.commands.operations import STACKS_AT_A_TIME, may_ask
from hubspoke.cli.exits import Exit
from hubspoke.cli.options import (
    AllOption,
    EngineOption,
    JsonOption,
    PackConfigOption,
    PackOption,
    ParallelOption,
    ProjectOption,
    StackOption,
    YesOption,
)
from hubspoke.cli.progress import Progress
from hubspoke.cli.render import short_type, show, show_results, show_violations
from hubspoke.cli.session import Engine, Session, several
from hubspoke.operate.findings import Finding, Kind, Report
from hubspoke.operate.result import Result, Status
from hubspoke.operate.revert import Reverted, revert
from hubspoke.operate.stack import Options
from hubspoke.operate.workers import Runs

RevertOption = Annotated[bool, typer.Option("--revert", help="Put back what the WAN manages, and nothing else.")]
_COLOURS = {Kind.EDITED: "yellow", Kind.GONE: "red", Kind.EXTRA: "magenta"}


def drift(
    named: StackOption = None,
    every: AllOption = False,
    put_back: RevertOption = False,
    yes: YesOption = False,
    policy_pack: PackOption = None,
    policy_pack_config: PackConfigOption = None,
    parallel: ParallelOption = 16,
    as_json: JsonOption = False,
    engine: EngineOption = Engine.LOCAL,
    project: ProjectOption = None,
) -> None:
    """Find what was changed outside of the stacks: edited, gone, or extra in what the WAN manages.

    Reads every resource from its cloud and compares it with the recorded state, property by property; lists what is
    in managed route tables, security groups and tunnels and in nobody's stack; and runs the policy pack over what is
    there. Changes nothing without --revert. Exit code 7 where anything differs and was not put back.

    With --engine cli a copy of the state is refreshed by the Pulumi CLI, in a backend that lives for the look. There is
    no inventory of real clouds yet: what is extra in them is not found, and the report says so.
    """
    runs: Runs = "programs" if put_back else "packs"
    session = Session.begin(project, engine, named=named, judged=several(named, every), runs=runs)
    options = session.options(policy_pack or [], policy_pack_config, parallel)
    stacks = _up(session, session.chosen(named, every))
    if put_back:
        may_ask(yes, "drift --revert")
    reports = _look(session, stacks, options)
    reverted: list[Reverted] = []
    if not as_json:
        show_reports(Console(emoji=False), reports)
    if put_back and any(report.findings for report in reports):
        reports, reverted = _put_back(session, reports, options, yes=yes)
    _tell(reports, reverted, as_json=as_json)
    raise typer.Exit(int(_code(reports)))


def _up(session: Session, chosen: list[str]) -> list[str]:
    """Those that are up; the others are named."""
    up = [name for name in chosen if session.stack(name).exists()]
    if left := [name for name in chosen if name not in up]:
        typer.echo(f"not up, so there is nothing to compare: {', '.join(left)}", err=True)
    return up


def _put_back(
    session: Session, reports: list[Report], options: Options, *, yes: bool
) -> tuple[list[Report], list[Reverted]]:
    """What is found now, and what was done about what was found before. Asks first."""
    if not yes:
        typer.confirm("Put this back?", abort=True)
    reverted = _revert(session, reports, options)
    again = {report.stack: report for report in _look(session, [one.stack for one in reverted], options)}
    return [again.get(report.stack, report) for report in reports], reverted


def _tell(reports: list[Report], reverted: list[Reverted], *, as_json: bool) -> None:
    """All as one document; for people, who have seen the reports, what was put back."""
    if as_json:
        document = {"stacks": [_plain(r) for r in reports], "reverted": [asdict(r) for r in reverted]}
        typer.echo(json.dumps(document, indent=2, default=str))
    elif reverted:
        _show_reverted(Console(emoji=False), reverted, reports)


def _look(session: Session, stacks: list[str], options: Options) -> list[Report]:
    look = session.looks(options)
    with Progress(Console(stderr=True, emoji=False)) as progress, ThreadPoolExecutor(STACKS_AT_A_TIME) as pool:

        def one(name: str) -> Report:
            progress.begin(name, "drift")
            report = look(name).report(lambda event: progress.event(name, event))
            status = Status.FAILED if report.errors else Status.SUCCEEDED
            progress.end(Result(name, "drift", status, report.steps, seconds=report.seconds))
            return report

        return list(pool.map(one, stacks))


def _revert(session: Session, reports: Iterable[Report], options: Options) -> list[Reverted]:
    inventory = session.inventory
    done: list[Reverted] = []
    with Progress(Console(stderr=True, emoji=False)) as progress:
        for report in reports:
            if report.findings:
                name = report.stack
                progress.begin(name, "revert")
                done.append(
                    revert(
                        session.stack(name),
                        report.findings,
                        inventory,
                        lambda event, name=name: progress.event(name, event),  # type: ignore[misc]
                        options,
                    )
                )
                progress.end(done[-1].result or Result(name, "revert", Status.SUCCEEDED))
    return done


def _code(reports: Iterable[Report]) -> Exit:
    if any(report.errors for report in reports):
        return Exit.FAILED
    return Exit.CLEAN if all(report.clean for report in reports) else Exit.DIFFERS


def show_reports(console: Console, reports: Iterable[Report]) -> None:
    """Every stack: what differs, property by property, and what the policy pack says of it."""
    for report in reports:
        mark = "[red]✗[/]" if report.errors else "[green]✓[/]" if report.clean else "[yellow]≠[/]"
        said = f"{report.resources} resources, {_said(report)}"
        console.print(f"{mark} [bold]{report.stack}[/]  {said}  [dim]{report.seconds:.1f} s[/]", highlight=False)
        for text in report.errors:
            console.print(f"    [red]error:[/] {escape(text)}", highlight=False, soft_wrap=True)
        for finding in report.findings:
            _show_finding(console, finding)
        for text in report.unknown:
            console.print(f"    [yellow]unknown:[/] {escape(text)}", highlight=False, soft_wrap=True)
        show_violations(console, report.violations)


def _said(report: Report) -> str:
    if report.clean:
        return "no drift"
    if report.errors and not report.findings:
        return "not judged" if report.resources else "not looked at"
    return f"{len(report.findings)} differ"


def _show_finding(console: Console, finding: Finding) -> None:
    colour = _COLOURS[finding.kind]
    where = f"in {finding.name}" if finding.kind is Kind.EXTRA else finding.name
    console.print(
        f"    [{colour}]{finding.kind:<6}[/] [dim]{short_type(finding.type)}[/] {escape(where)} [dim]{finding.id}[/]",
        highlight=False,
        soft_wrap=True,
    )
    for difference in finding.differences:
        old, new = show(difference.recorded), show(difference.observed)
        change = new if finding.kind is Kind.EXTRA else f"{old} -> {new}"
        console.print(f"             {escape(difference.path)}: {escape(change)}", highlight=False, soft_wrap=True)


def _show_reverted(console: Console, reverted: Iterable[Reverted], reports: Iterable[Report]) -> None:
    console.print()
    for one in reverted:
        if one.result and one.result.status is not Status.SUCCEEDED:
            show_results(console, [one.result])
            continue
        others = "" if one.untouched is None else f", {one.untouched} others in the clouds as they were"
        console.print(
            f"[green]✓[/] [bold]{one.stack}[/] put back: {len(one.touched)} resources touched{others}", highlight=False
        )
        for type_, id_ in one.touched:
            console.print(f"    [dim]{short_type(type_)}[/] {id_}", highlight=False)
    left = sum(len(report.findings) for report in reports)
    console.print(f"Looked again: {left or 'nothing'} differ{'s' if not left else ''}.", highlight=False)


def _plain(report: Report) -> dict[str, object]:
    return {**asdict(report), "clean": report.clean}
