"""Every name that one part gives of another must exist, and must mean one thing only.

Works on the values as they are written, so that a part that is wrong in itself is still followed.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from hubspoke.intent.model import Wan
from hubspoke.intent.names import suggest
from hubspoke.intent.problem import Issue, Location

Written = Mapping[str, Any]
Known = Mapping[str, frozenset[str]]  # per section, its keys; without those sections that cannot be read

_ENDS = {"segments": "segment", "spokes": "spoke", "sites": "site"}
_SINGULAR = _ENDS | {"accounts": "account", "hubs": "hub"}
_REFERENCES = (
    ("hubs", "account", "accounts"),
    ("spokes", "account", "accounts"),
    ("spokes", "hub", "hubs"),
    ("spokes", "segment", "segments"),
    ("sites", "segment", "segments"),
)


def check_references(written: Written) -> Iterator[Issue]:
    known = dict(_keys(written))
    for at, section, name in (*_fields(written), *_elements(written)):
        if section in known and name not in known[section]:
            remedy = suggest(name, sorted(known[section]), section)
            yield Issue(at, f"there is no {_SINGULAR[section]} {name!r}", remedy)
    yield from _flow_ends(written, known)
    yield from _ambiguous(known)


def _keys(written: Written) -> Iterator[tuple[str, frozenset[str]]]:
    """A section that is not a mapping, or is missing though required, is left out: that is reported as such."""
    for section in _SINGULAR:
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
    """The same for keys and items of lists."""
    pools = written.get("pools")
    for key in pools if isinstance(pools, dict) else ():
        yield ("pools", key), "hubs", key
    for key, segment in _parts(written, "segments"):
        others = segment.get("reaches")
        for index, other in enumerate(others if isinstance(others, list) else ()):
            if isinstance(other, str):
                yield ("segments", key, "reaches", index), "segments", other


def _flow_ends(written: Written, known: Known) -> Iterator[Issue]:
    if not known.keys() >= _ENDS.keys():
        return
    ends = frozenset(key for section in _ENDS for key in known[section])
    for key, flow in _parts(written, "flows"):
        for field in ("from", "to"):
            name = flow.get(field)
            if isinstance(name, str) and name not in ends:
                remedy = suggest(name, sorted(ends), "spokes, sites and segments")
                yield Issue(("flows", key, field), f"there is no spoke, site or segment {name!r}", remedy)


def _parts(written: Written, section: str) -> Iterator[tuple[str, dict[str, Any]]]:
    held = written.get(section)
    for key, part in held.items() if isinstance(held, dict) else ():
        if isinstance(part, dict):
            yield key, part


def _ambiguous(known: Known) -> Iterator[Issue]:
    """A key of two kinds: a flow that names it would not say which."""
    first: dict[str, str] = {}
    for section, kind in _ENDS.items():
        for name in sorted(known.get(section, ())):
            if (other := first.setdefault(name, kind)) != kind:
                yield Issue((section, name), f"{name!r} is a {other} too", f"rename the {kind} or the {other}")
