"""verify: that the network does what the intent says, proven, or refuted by a packet that shows it."""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import typer
from rich.console import Console

from hubspoke.cli.commands.operations import Operations
from hubspoke.cli.commands.verify_one import Sought, follow, sought
from hubspoke.cli.options import AllOption, EngineOption, JsonOption, ProjectOption, StackOption
from hubspoke.cli.progress import Progress
from hubspoke.cli.session import Engine, Session
from hubspoke.cli.verify.documents import to_json, to_markdown, to_sarif
from hubspoke.cli.verify.options import (
    AcceptOption,
    FailOption,
    FailuresOption,
    FromOption,
    FullOption,
    MarkdownOption,
    OfOption,
    PortOption,
    ProtocolOption,
    SarifOption,
    ToOption,
)
from hubspoke.cli.verify.outcome import Outcome
from hubspoke.cli.verify.show import show
from hubspoke.network.judge import Judgement, NotInNetwork, accepted_of, risk_of
from hubspoke.network.model import Network
from hubspoke.operate.errors import UsageError
from hubspoke.operate.result import Result, Status
from hubspoke.operate.stack import OnEvent, Options
from hubspoke.operate.verify import Of, Seen, captures, recorded


def verify(
    of: OfOption = Of.PLAN,
    named: StackOption = None,
    every: AllOption = False,
    source: FromOption = None,
    target: ToOption = None,
    port: PortOption = None,
    protocol: ProtocolOption = None,
    fail: FailOption = None,
    accept: AcceptOption = None,
    failures: FailuresOption = True,
    full: FullOption = False,
    as_json: JsonOption = False,
    sarif: SarifOption = None,
    markdown: MarkdownOption = None,
    engine: EngineOption = Engine.LOCAL,
    project: ProjectOption = None,
) -> None:
    """Prove that the network does what the intent says: before it is deployed, and after.

    Every flow arrives, there and back; every denied pair and every pair of segments that must not meet is kept apart;
    routes lead there without loops, black holes, or links too narrow; and all of it with any single tunnel, endpoint,
    gateway or hub failed. Not samples: all addresses and ports. Three answers: proven, refuted (with a packet that
    shows it, hop by hop, and the route or rule that decided), or unknown. Unknown is no pass.

    \b
        hubspoke verify                                   the plan, in a second
        hubspoke verify --of planned                      what previews would make of it
        hubspoke verify --of observed --stack prod-apps   one account as it is, among the plan of the others
        hubspoke verify --from web --to orders --port 8443
        hubspoke verify --fail hub/use1 --fail tunnel/euc1-e1-a

    What is planned, recorded or observed is compared with the plan too: missing, extra, different. Exit codes: 0 all
    proven, 3 something is refuted or unknown, 2 usage.
    """
    one = sought(source, target, protocol, port)
    _check(of, bool(named or every), one, (sarif, markdown))
    session, stacks = _begun(of, named, every, engine, project)
    judged = _judgement(session, _network(session, of, stacks), accept or [], fail or [])
    if one:
        follow(judged, one, as_json=as_json)
    with _progress(f"asking {len(judged.questions)} questions, and again with each thing failed"):
        outcome = Outcome.of_judgement(judged, of, session.paths.wan, stacks, failures=failures)
    _write(session, outcome, sarif, markdown)
    _tell(outcome, full=full, as_json=as_json)
    raise typer.Exit(int(outcome.exit))


def _begun(
    of: Of, named: Sequence[str] | None, every: bool, engine: Engine, project: Path | None
) -> tuple[Session, list[str]]:
    """The project, with workers where stacks are run, and the stacks that are looked at."""
    if of is Of.PLAN:
        return Session.open(project, engine), []
    if of is Of.RECORDED:
        session = Session.open(project, engine)
    else:
        session = Session.begin(project, engine, named=named, runs="programs" if of is Of.PLANNED else "nothing")
    return session, session.chosen(named, every or not named)


def _tell(outcome: Outcome, *, full: bool, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(to_json(outcome), indent=2))
    else:
        show(Console(emoji=False), outcome, full=full)


def _check(of: Of, some: bool, one: Sought | None, files: Iterable[Path | None]) -> None:
    """Raises UsageError for options that do not go together."""
    if one and any(files):
        raise UsageError("--sarif and --markdown are of the whole network: leave out --from and --to")
    if of is Of.PLAN and some:
        raise UsageError("the plan is of all stacks: --stack and --all go with --of planned, recorded or observed")


def _judgement(session: Session, network: Network | None, accept: list[str], failed: list[str]) -> Judgement:
    plain = Judgement(session.plan, network)
    try:
        accepted = [accepted_of(session.plan, plain.network, text) for text in accept]
        risks = list(dict.fromkeys(risk_of(plain.network, text) for text in failed))
    except NotInNetwork as error:
        raise UsageError(str(error)) from error
    return Judgement(session.plan, network, accepted, risks)


# What is looked at


def _network(session: Session, of: Of, stacks: list[str]) -> Network | None:
    """The network that is asked for; None for the plan's own."""
    if of is Of.PLAN:
        return None
    look: dict[Of, Callable[[Session, list[str]], Seen]] = {
        Of.PLANNED: _planned, Of.RECORDED: _recorded, Of.OBSERVED: _observed,
    }  # fmt: skip
    return look[of](session, stacks).network(session.plan, stacks)


def _recorded(session: Session, stacks: list[str]) -> Seen:
    with _progress(f"reading {len(stacks)} states"):
        return recorded([session.stack(name) for name in stacks])


def _planned(session: Session, stacks: list[str]) -> Seen:
    operations = Operations(session, Options())
    with captures() as capture:
        results = operations.previewed(stacks, capture.preview)
        return Seen({result.stack: capture.snapshot(result) for result in results})


def _observed(session: Session, stacks: list[str]) -> Seen:
    there = [name for name in stacks if session.stack(name).exists()]
    look_at = session.looks(Options())
    looks = {name: look_at(name) for name in there}
    for unseen in sorted({look.unseen for look in looks.values()} - {""}):
        typer.echo(unseen, err=True)
    with Progress(Console(stderr=True, emoji=False)) as progress:

        def on(name: str) -> OnEvent:
            progress.begin(name, "refresh")
            return lambda event: progress.event(name, event)

        found = {}
        for name, look in looks.items():
            started = time.monotonic()
            found[name] = look.snapshot(on(name))
            progress.end(Result(name, "refresh", Status.SUCCEEDED, seconds=time.monotonic() - started))
    return Seen(found)


# How it is told


def _progress(text: str) -> AbstractContextManager[object]:
    return Console(stderr=True, emoji=False).status(text)


def _write(session: Session, outcome: Outcome, sarif: Path | None, markdown: Path | None) -> None:
    """The files that are asked for. Raises UsageError where one cannot be written."""
    uri = session.paths.wan.resolve().relative_to(session.paths.root.resolve()).as_posix()
    if sarif:
        _write_file(sarif, json.dumps(to_sarif(outcome, uri), indent=2) + "\n")
    if markdown:
        _write_file(markdown, to_markdown(outcome))


def _write_file(path: Path, text: str) -> None:
    try:
        path.write_text(text)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
