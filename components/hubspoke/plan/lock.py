"""The lock file: what was allocated, kept beside the intent and committed with it, so that nothing moves later."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from ipaddress import IPv4Network
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from hubspoke.intent.document import read_document
from hubspoke.intent.limits import (
    HUB_LONGEST_PREFIX,
    PRIVATE_NETWORKS,
    RESERVED_TUNNEL_CIDRS,
    TUNNEL_PREFIXES,
    TUNNEL_RANGE,
    is_private_asn,
)
from hubspoke.intent.model import HubKey, Key, Part
from hubspoke.intent.parse import parse
from hubspoke.intent.prefixes import overlaps
from hubspoke.intent.problem import IntentError, Issue, Location, Problem, render

HEADER = """\
# What hubspoke has allocated for wan.yaml: the inside addresses of tunnels, and the ASNs and prefixes that the intent
# leaves open. Commit this file beside wan.yaml: it is what keeps every address where it is.
# Written by `hubspoke plan --write`. To have something allocated afresh, remove its line and run that again.
"""


_VERSION = 1
TunnelKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{1,7}-[a-z][a-z0-9]{0,3}-[ab]$")]


class Lock(Part):
    """What was allocated, by the key of what it was allocated to."""

    version: int = _VERSION
    tunnels: dict[TunnelKey, IPv4Network] = Field(
        default_factory=dict, description="Inside prefix of each tunnel: a /30, on Azure a /31."
    )
    asns: dict[HubKey, int] = Field(default_factory=dict, description="ASN of each hub and on-ramp that gives none.")
    prefixes: dict[HubKey, IPv4Network] = Field(
        default_factory=dict, description="Prefix of each Azure hub that gives none."
    )
    cidrs: dict[Key, IPv4Network] = Field(
        default_factory=dict, description="CIDR of each spoke and on-ramp that gives none."
    )


def load_lock(path: Path) -> Lock:
    """The lock in a file, or an empty one where there is no file yet. Raises IntentError for a damaged file."""
    if not path.exists():
        return Lock()
    document = read_document(path)
    if document.value.get("version", _VERSION) != _VERSION:
        what, remedy = f"this is not version {_VERSION} of the file", "use the hubspoke that wrote it, or a newer one"
        raise IntentError([document.problem(Issue(("version",), what, remedy))])
    lock, _ = parse(document, Lock)
    problems = [*document.problems, *(document.problem(fault) for fault in (_faults(lock) if lock else ()))]
    if problems or lock is None:
        raise IntentError(problems)
    return lock


def write_lock(path: Path, lock: Lock) -> None:
    """Writes the lock, whole or not at all. Raises IntentError where the disk refuses."""
    target = path.resolve()
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        _write_synced(temporary, lock_text(lock))
        temporary.replace(target)
    except OSError as error:
        what, remedy = f"it cannot be written: {error.strerror}", "put that right; the file is as it was"
        raise IntentError([Problem(str(path), 0, 0, "", what, remedy)]) from error
    finally:
        with suppress(OSError):  # gone already, unless something went wrong
            temporary.unlink()


def lock_text(lock: Lock) -> str:
    """The lock as YAML, sorted by key: one lock has one text."""
    return HEADER + "\n".join(
        [
            f"version: {_VERSION}",
            *_section("tunnels", lock.tunnels),
            *_section("asns", lock.asns),
            *(_section("prefixes", lock.prefixes) if lock.prefixes else ()),
            *_section("cidrs", lock.cidrs),
            "",
        ]
    )


def _section(name: str, entries: Mapping[str, object]) -> list[str]:
    if not entries:
        return [f"{name}: {{}}"]
    return [f"{name}:", *(f"  {key}: {value}" for key, value in sorted(entries.items()))]


def _write_synced(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _faults(lock: Lock) -> Iterator[Issue]:
    yield from _tunnel_faults(lock)
    yield from _asn_faults(lock)
    yield from _hub_faults(lock)
    yield from _overlapping(_placed("cidrs", lock.cidrs) | _placed("prefixes", lock.prefixes))


def _tunnel_faults(lock: Lock) -> Iterator[Issue]:
    for key, inside in lock.tunnels.items():
        at = ("tunnels", key)
        known = any(inside.subnet_of(taken) for taken in (TUNNEL_RANGE, *PRIVATE_NETWORKS))
        if inside.prefixlen not in TUNNEL_PREFIXES.values() or not known:
            sizes = " or ".join(f"/{length}" for length in sorted({*TUNNEL_PREFIXES.values()}))
            yield Issue(at, f"{inside} is not a {sizes} in {TUNNEL_RANGE}, nor private", _AFRESH)
        if any(inside.overlaps(reserved) for reserved in RESERVED_TUNNEL_CIDRS):
            yield Issue(at, f"AWS keeps {inside} for itself", _AFRESH)
    yield from _overlapping(_placed("tunnels", lock.tunnels))


def _asn_faults(lock: Lock) -> Iterator[Issue]:
    first: dict[int, str] = {}
    for key, asn in lock.asns.items():
        if not is_private_asn(asn):
            yield Issue(("asns", key), f"{asn} is not a private ASN", _AFRESH)
        if (other := first.setdefault(asn, key)) != key:
            yield Issue(("asns", key), f"{asn} is allocated to {other!r} too", _AFRESH)


def _hub_faults(lock: Lock) -> Iterator[Issue]:
    for key, prefix in lock.prefixes.items():
        if prefix.prefixlen > HUB_LONGEST_PREFIX:
            yield Issue(("prefixes", key), f"{prefix} is longer than a /{HUB_LONGEST_PREFIX}", _AFRESH)


def _placed(section: str, prefixes: Mapping[str, IPv4Network]) -> dict[Location, IPv4Network]:
    return {(section, key): prefix for key, prefix in prefixes.items()}


def _overlapping(prefixes: Mapping[Location, IPv4Network]) -> Iterator[Issue]:
    for outer, inner in overlaps((prefix, at) for at, prefix in prefixes.items()):
        yield Issue(inner, f"{prefixes[inner]} overlaps {prefixes[outer]} of {render(outer)}", _AFRESH)


_AFRESH = "restore the file from version control, or remove this line and run `hubspoke plan --write`"
