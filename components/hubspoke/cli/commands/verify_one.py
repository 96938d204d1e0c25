"""verify --from --to: one packet, hop by hop, there and back."""

import json
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from hubspoke.cli.exits import Exit
from hubspoke.cli.verify.show import MARKS
from hubspoke.network import ways
from hubspoke.network.failures import fail
from hubspoke.network.filters import PROTOCOLS
from hubspoke.network.judge import Judgement
from hubspoke.network.model import ALL_PORTS, Network, Protocol
from hubspoke.network.packet import Packet
from hubspoke.network.questions import Answer
from hubspoke.network.settle import settle
from hubspoke.network.trace import Trace, answers, owner_of, trace
from hubspoke.operate.errors import UsageError

_PROTOCOLS: dict[str, Protocol] = {"tcp": "tcp", "udp": "udp", "icmp": "icmp", "any": "any"}


@dataclass(frozen=True)
class Sought:
    """One packet, in the words of the options: networks by key, or addresses."""

    source: str
    target: str
    protocol: str | None
    port: int | None


def sought(source: str | None, target: str | None, protocol: str | None, port: int | None) -> Sought | None:
    """The packet that is asked for, if one is. Raises UsageError for half of one."""
    if source and target:
        return Sought(source, target, protocol, port)
    if source or target:
        raise UsageError("--from and --to go together: both name a network of the intent, or an address")
    if port is not None or protocol:
        raise UsageError("--port and --protocol are of one packet: give --from and --to as well")
    return None


def follow(judged: Judgement, one: Sought, *, as_json: bool) -> NoReturn:
    """Shows the way there and back, and ends: 0 where it arrives and its answer does, 3 where not."""
    network = settle(fail(judged.network, *judged.failing)).network
    sent = Packet(_address(network, one.source), _address(network, one.target), *_traffic(one.protocol, one.port))
    there, back = trace(network, sent), answers(network, sent)
    answer = _answer(network, there, back)
    if as_json:
        found = {"answer": answer, "failed": list(judged.failing), "there": ways.plain(there), "back": ways.plain(back)}
        typer.echo(json.dumps(found, indent=2))
    else:
        _show(Console(emoji=False), there, back, answer)
    raise typer.Exit(int(Exit.CLEAN if answer == "proven" else Exit.BLOCKED))


def _traffic(protocol: str | None, port: int | None) -> tuple[Protocol, tuple[int, int]]:
    chosen = _PROTOCOLS.get(protocol or ("any" if port is None else "tcp"))
    if chosen is None:
        raise UsageError(f"--protocol {protocol}: it is one of {', '.join(_PROTOCOLS)}")
    if port is not None and chosen not in PROTOCOLS[:2]:
        raise UsageError(f"--port goes with tcp or udp: {chosen} has none")
    return chosen, ALL_PORTS if port is None else (port, port)


def _address(network: Network, text: str) -> str:
    """An address, or the first host of a network by key. Raises UsageError for what is neither."""
    if endpoint := network.endpoint.get(text):
        if not endpoint.prefixes:
            raise UsageError(f"{text} has no addresses in this network: is it deployed?")
        first = IPv4Network(endpoint.prefixes[0])
        return str(first[1] if first.num_addresses > 1 else first[0])
    try:
        address = str(IPv4Address(text))
    except AddressValueError as error:
        known = ", ".join(sorted(network.endpoint))
        raise UsageError(f"{text!r} is no address and no network; there are: {known}") from error
    if owner_of(network, address) is None:
        raise UsageError(f"no network has the address {address}: packets are followed between networks of the WAN")
    return address


def _answer(network: Network, there: Trace, back: Trace) -> Answer:
    said = [_said(there), _said(back)]
    if "refuted" in said:
        return "refuted"
    return "unknown" if "unknown" in said or network.findings else "proven"


def _said(way: Trace) -> Answer:
    """Of one way: any path that surely fails refutes it."""
    lost = [path for path in way.paths if path.ending not in ("delivered", "unknown")]
    if any(path.sure for path in lost) or any(each.action == "deny" for each in way.filters):
        return "refuted"
    known = all(path.ending == "delivered" and path.sure for path in way.paths)
    return "proven" if known and not way.blockers else "unknown"


def _show(console: Console, there: Trace, back: Trace, answer: Answer) -> None:
    for title, way in (("there", there), ("back", back)):
        console.print(f"[bold]{title}[/]")
        for line in ways.lines(way):
            console.print(f"  {escape(line)}", highlight=False, soft_wrap=True)
    said = {"proven": "it arrives, and so does the answer", "refuted": "it does not get through both ways"}
    text = said.get(answer, "not known: see the findings of `hubspoke verify`")
    console.print(f"{MARKS[answer]} [bold]{answer}[/]: {text}", highlight=False, soft_wrap=True)
