"""Sessions that are told more prefixes than they take: they are reset, and what they taught is gone both ways.

A session that is reset comes up again, is told too much again, and so on: for a proof it is down, and a finding of its
own, as what goes over it does not stay.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import chain

from hubspoke.network.model import Finding, Network, Prefixes, Session, Speaker

Told = Callable[[Session, int], Iterable[Prefixes]]  # what the side of a session with this number tells the other


def exceeded(network: Network, told: Told) -> dict[str, Finding]:
    """By session, that it is told more than it takes."""
    found: dict[str, Finding] = {}
    for session in network.sessions:
        for side, (speaker, listener) in enumerate((session.speakers, session.speakers[::-1])):
            count = _count(told(session, side), listener) if listener.limit else 0
            if count > listener.limit:
                what = f"{session.key} is reset: {listener.router} takes {listener.limit} prefixes from "
                what += f"{speaker.router} and is told {count}"
                found.setdefault(session.key, Finding(what, session.origin, "tell it fewer: filter or summarise"))
    return found


def without(network: Network, reset: dict[str, Finding]) -> Network:
    """The network with these sessions gone, and why."""
    sessions = tuple(each for each in network.sessions if each.key not in reset)
    return replace(network, sessions=sessions, findings=(*network.findings, *reset.values()))


def _count(told: Iterable[Prefixes], listener: Speaker) -> int:
    """How many prefixes that are, each counted once: exactly, where there may be more than it takes."""
    told = tuple(told)
    most = sum(map(len, told))
    return most if most <= listener.limit else len(set(chain.from_iterable(told)))
