"""Every name that one part gives of another must exist, and must mean one thing only.

Works on the values as they are written, so that a part that is wrong in itself is still followed.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from hubspoke.intent.model import Wan
from hubspoke.intent.names import SINGULAR, suggest
from hubspoke.intent.problem import Issue, Location

Written = Mapping[str, Any]
Known = Mapping[str, frozenset[str]]  # per section, its keys; without those sections that cannot be read

_ENDS = ("segments", "spokes", "onramps", "sites")
_GATEWAYS = ("hubs", "onramps")  # their keys name tunnels
_SECTIONS = (*_ENDS, "accounts", "hubs")
_REFERENCES = (
    ("hubs", "account", "accounts"),
    ("spokes", "account", "accounts"),
    ("spokes", "hub", "hubs"),
    ("spokes", "segment", "segments"),
    ("onramps", "account", "accounts"),
    ("onramps", "segment", "segments"),
    ("sites", "segment", "segments"),
)
_LISTS = (
    ("segments", "reaches", "segments"),
    ("hubs", "center", "segments"),
    ("peerings", "hubs", "hubs"),
)


def check_references(written: Written) -> Iterator[Issue]:
    known = dict(_keys(written))
    for at, section, name in (*_fields(written), *_elements(written)):
        if section in known and name not in known[section]:
            remedy = suggest(name, sorted(known[section]), section)
            yield Issue(at, f"there is no {SINGULAR[section]} {name!r}", remedy)
    yield from _pools(written, known)
    yield from _flow_ends(written, known)
    yield from _ambiguous(known, _ENDS)
    yield from _ambiguous(known, _GATEWAYS)


def _keys(written: Written) -> Iterator[tuple[str, frozenset[str]]]:
    """A section that is not a mapping, or is missing though required, is left out: that is reported as such."""
    for section in _SECTIONS:
        held = written.get(section, None if Wan.model_fields[section].is_required() else {})
        if isinstance(held, dict):
            yield section, frozenset(held)


def _fields(written: Written) -> Iterator[tuple[Location, str, str]]:
    """(where, in which section, which name) for every field that names another part."""
    for section, field, target in _REFERENCES:
        for key, part in _parts(written, section):
            if isinstance(part.get(field), str):
                yield (section, key, field), target, part[field]


def _elements(written: Written) -> Iterator[tuple[Location, str, str]]:
    """The same for items of lists."""
    for section, field, target in _LISTS:
        for key, part in _parts(written, section):
            held = part.get(field)
            for index, name in enumerate(held if isinstance(held, list) else ()):
                if isinstance(name, str):
                    yield (section, key, field, index), target, name


def _pools(written: Written, known: Known) -> Iterator[Issue]:
    """A pool is a hub's or an on-ramp's; an on-ramp may name another's."""
    pools = written.get("pools", {})
    if not isinstance(pools, dict) or not known.keys() >= set(_GATEWAYS):
        return
    owners = sorted(key for section in _GATEWAYS for key in known[section])
    for key in pools:
        if key not in owners:
            kind, plural = ("hub or on-ramp", "hubs and on-ramps") if known["onramps"] else ("hub", "hubs")
            yield Issue(("pools", key), f"there is no {kind} {key!r}", suggest(key, owners, plural))
    for key, onramp in _parts(written, "onramps"):
        pool = onramp.get("pool")
        if isinstance(pool, str) and pool not in pools:
            yield Issue(("onramps", key, "pool"), f"there is no pool {pool!r}", suggest(pool, sorted(pools), "pools"))


def _flow_ends(written: Written, known: Known) -> Iterator[Issue]:
    if not known.keys() >= set(_ENDS):
        return
    ends = frozenset(key for section in _ENDS for key in known[section])
    for key, flow in _parts(written, "flows"):
        for field in ("from", "to"):
            name = flow.get(field)
            if isinstance(name, str) and name not in ends:
                remedy = suggest(name, sorted(ends), "spokes, on-ramps, sites and segments")
                yield Issue(("flows", key, field), f"there is no spoke, on-ramp, site or segment {name!r}", remedy)


def _parts(written: Written, section: str) -> Iterator[tuple[str, dict[str, Any]]]:
    held = written.get(section)
    for key, part in held.items() if isinstance(held, dict) else ():
        if isinstance(part, dict):
            yield key, part


def _ambiguous(known: Known, sections: tuple[str, ...]) -> Iterator[Issue]:
    """A key of two kinds: a flow that names it would not say which, and two gateways' tunnels would have one name."""
    first: dict[str, str] = {}
    for section in sections:
        kind = SINGULAR[section]
        for name in sorted(known.get(section, ())):
            if (other := first.setdefault(name, kind)) != kind:
                yield Issue((section, name), f"{name!r} is {_a(other)} too", f"rename the {kind} or the {other}")


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
