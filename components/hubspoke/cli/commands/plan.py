"""plan: what the intent comes to, before any cloud is spoken to."""

import json
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hubspoke.cli.commands.changes import plan_changes
from hubspoke.cli.exits import Exit, fail
from hubspoke.cli.options import AllOption, EngineOption, JsonOption, ProjectOption, StackOption
from hubspoke.cli.render import table_of, unbound
from hubspoke.cli.session import Engine, Session
from hubspoke.operate.errors import UsageError
from hubspoke.plan import (
    AccountTable,
    AllocationChange,
    FirewallRow,
    HubRow,
    OnRampRow,
    SpokeRow,
    TunnelRow,
    explain_allocations,
    make_plan,
    plan_rows,
    plan_to_dict,
    write_lock,
)
from hubspoke.plan.model import Plan

AccountOption = Annotated[str | None, typer.Option("--account", "-a", help="Only this account.")]
WriteOption = Annotated[bool, typer.Option("--write", "-w", help="Write new allocations to wan.lock.")]
CheckOption = Annotated[bool, typer.Option("--check", help="Fail with code 7 where wan.lock is not up to date.")]
ChangesOption = Annotated[
    bool, typer.Option("--changes", help="Preview stacks: what each step does to what is in use.")
]


def plan(
    account: AccountOption = None,
    write: WriteOption = False,
    check: CheckOption = False,
    changes: ChangesOption = False,
    named: StackOption = None,
    every: AllOption = False,
    as_json: JsonOption = False,
    engine: EngineOption = Engine.LOCAL,
    project: ProjectOption = None,
) -> None:
    """Show the plan: hubs, tunnels, networks, routes and rules, account by account.

    What the plan allocates (tunnel addresses, ASNs, CIDRs from pools) is kept in wan.lock beside the intent. Without
    --write, new allocations are shown but not kept, and stacks refuse to be deployed on them.

    With --changes: what deploying would do, step by step: in place, interrupts (which tunnels), replaces or refused,
    with the reason and what to do instead. Exit code 3 where the cloud would refuse a step, or where more than one
    tunnel of a hub would be interrupted at once.
    """
    if changes:
        _refuse("not with", account=account, write=write, check=check)
        begun = Session.begin(project, engine, named=named)
        plan_changes(begun, begun.chosen(named, every), as_json)
    _refuse("only with", stack=named, all=every, engine=engine is not Engine.LOCAL)
    session = Session.open(project)
    if account:
        session.known(account)
    allocations = _allocated(session, write=write)
    whole = make_plan(session.wan, session.locks[1])
    if as_json:
        typer.echo(json.dumps(_document(plan_to_dict(whole), allocations, account), indent=2))
    else:
        console = unbound()
        _show(console, whole, account)
        _show_allocations(console, allocations, written=write)
    if check and allocations:
        fail("wan.lock is not what wan.yaml needs: run `hubspoke plan --write` and commit it", Exit.DIFFERS)


def _allocated(session: Session, *, write: bool) -> list[AllocationChange]:
    """What the intent needs and the lock file has not, or had not until now."""
    old, new = session.locks
    changes = explain_allocations(old, new)
    if write and changes:
        write_lock(session.paths.lock, new)
    return changes


def _refuse(why: str, **given: object) -> None:
    """Raises UsageError for options that were given and have no meaning here."""
    named = [f"--{name}" for name, value in given.items() if value]
    if named:
        raise UsageError(f"{', '.join(named)}: {why} --changes")


def _document(plan_: dict[str, object], changes: list[AllocationChange], account: str | None) -> dict[str, object]:
    accounts = plan_["accounts"]
    assert isinstance(accounts, list)
    chosen = [a for a in accounts if account in (None, a["key"])]
    return {**plan_, "accounts": chosen, "allocations": [vars(change) for change in changes]}


def _show(console: Console, whole: Plan, account: str | None) -> None:
    for table in plan_rows(whole):
        if account in (None, table.key):
            _show_account(console, table)


def _show_account(console: Console, account: AccountTable) -> None:
    after = f"  after {', '.join(account.depends_on)}" if account.depends_on else ""
    place = "  ".join(part for part in (account.cloud, account.id, account.region) if part)
    console.print(f"\n[bold]{account.key}[/]  [dim]{place}{after}[/]", highlight=False)
    for hub in account.hubs:
        _show_hub(console, hub)
    for onramp in account.onramps:
        _show_onramp(console, onramp)
    if account.onramps:
        console.print(_rules(account.onramps, "on-ramp"))
    if account.spokes:
        console.print(_spokes(account.spokes))
        console.print(_rules(account.spokes, "spoke"))
    if account.firewall:
        _show_firewall(console, account.firewall)


def _show_hub(console: Console, hub: HubRow) -> None:
    details = "".join(f"  {detail}" for detail in hub.details)
    peers = f"\n    joined with: {'; '.join(hub.peers)}" if hub.peers else ""
    console.print(
        f"  hub [bold]{hub.key}[/]  {hub.region}  ASN {hub.asn}  {hub.routing} routing{details}\n"
        f"    segments: {'; '.join(hub.segments)}\n"
        f"    shared with: {', '.join(hub.shared_with) or 'no other account'}{peers}",
        highlight=False,
    )
    console.print(_tunnels(hub.tunnels))


def _show_onramp(console: Console, onramp: OnRampRow) -> None:
    details = "".join(f"  {detail}" for detail in onramp.details)
    console.print(
        f"  on-ramp [bold]{onramp.key}[/]  {onramp.region}  ASN {onramp.asn}  {onramp.routing} routing{details}\n"
        f"    segment {onramp.segment}, prefix {onramp.cidr}, network {onramp.network}, gateway {onramp.gateway}",
        highlight=False,
    )
    console.print(_tunnels(onramp.tunnels))


def _show_firewall(console: Console, firewall: FirewallRow) -> None:
    console.print("  firewall: what segments may send to each other; all else within the WAN is dropped")
    for line in (*firewall.segments, *firewall.allowed):
        console.print(f"    {line}", highlight=False, soft_wrap=True)


def _tunnels(tunnels: Iterable[TunnelRow]) -> Table:
    table = table_of("  tunnel", "endpoint", "cloud side", "Cloudflare side")
    for tunnel in tunnels:
        table.add_row(f"  {tunnel.key}", tunnel.endpoint, tunnel.cloud_address, tunnel.cloudflare_address)
    return table


def _spokes(spokes: Iterable[SpokeRow]) -> Table:
    table = table_of("  spoke", "hub", "segment", "prefix", "network")
    for spoke in spokes:
        table.add_row(f"  {spoke.key}", spoke.hub, spoke.segment, spoke.cidr, spoke.network)
    return table


def _rules(networks: Iterable[SpokeRow | OnRampRow], kind: str) -> Table:
    table = table_of(f"  {kind}", "", "filter rule (flow)")
    for network in networks:
        rules = [("in", rule) for rule in network.ingress] + [("out", rule) for rule in network.egress]
        for n, (way, rule) in enumerate(rules):
            table.add_row("" if n else f"  {network.key}", way, rule)
    return table


def _show_allocations(console: Console, changes: list[AllocationChange], *, written: bool) -> None:
    if not changes:
        return
    said = "written to wan.lock" if written else "not kept yet: run `hubspoke plan --write` and commit wan.lock"
    console.print(f"\nAllocations ({said}):", highlight=False)
    for change in changes:
        console.print(f"  {escape(str(change))}", highlight=False)
