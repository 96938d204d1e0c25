"""The firewall's expressions, as far as they are plain conditions that all hold: `ip.src in {...} and ip.dst in {...}`.

A condition's value is a set, a list by its name (`$hubspoke_prod`), or one value; conditions on one field may be
joined by "or" in brackets: `(ip.dst in $hubspoke_dev or ip.dst in $hubspoke_shared)`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from hubspoke.network.convert.lists import Lists
from hubspoke.network.convert.made import Made
from hubspoke.network.model import ALL_PORTS, Ports, Prefixes, Protocol, Rule

_TERM = re.compile(r"^(?P<field>[a-z.]+)\s+(?P<op>in|eq|==)\s+(?P<value>\{[^}]*\}|\$\w+|\"?[\w./-]+\"?)$")
_AND = re.compile(r"\s+and\s+(?![^(]*\))")  # outside brackets, which do not nest
_PROTOCOLS: Mapping[str, Protocol] = {"tcp": "tcp", "udp": "udp", "icmp": "icmp"}


class _NotRead(Exception):
    """An expression with something in it that is not read."""


def rule_of(made: Made, lists: Lists, rule: Mapping[str, Any], origin: str) -> Iterator[Rule]:
    """One rule of a ruleset. What cannot be read matches everything and says "unknown"."""
    actions: Mapping[Any, Literal["allow", "deny"]] = {"skip": "allow", "allow": "allow", "block": "deny"}
    ref = f"{origin}#{rule.get('ref') or rule.get('description') or rule.get('expression')}"
    try:
        if rule.get("action") not in actions or not isinstance(rule.get("expression"), str):
            raise _NotRead
        yield _rule(made, lists, actions[rule["action"]], rule["expression"], ref)
    except _NotRead:
        made.finding(
            f"a firewall rule is not understood: {rule.get('expression')!r}", ref, "write it in plain conditions"
        )
        yield Rule("unknown", ref)


def _rule(made: Made, lists: Lists, action: Literal["allow", "deny"], expression: str, origin: str) -> Rule:
    found: dict[str, list[str]] = {}
    terms = _AND.split(_stripped(expression))
    for term in terms:
        if len(terms) > 1 and _stripped(term) == term.strip() and re.search(r"\sor\s", term):
            raise _NotRead  # "and" binds closer than "or"
        field, values = _condition(lists, term)
        if field in found:
            raise _NotRead
        found[field] = values
    if found.keys() - {"ip.src", "ip.dst", "ip.proto", "tcp.dstport", "udp.dstport"}:
        raise _NotRead
    sources, destinations = (_prefixes(made, found.get(field)) for field in ("ip.src", "ip.dst"))
    return Rule(action, origin, sources, destinations, *_traffic(found))


def _condition(lists: Lists, term: str) -> tuple[str, list[str]]:
    """The one field of a condition, and all values that it may have."""
    matches = [_TERM.match(_stripped(each)) for each in re.split(r"\s+or\s+", _stripped(term))]
    fields = {match["field"] for match in matches if match}
    if None in matches or len(fields) != 1:
        raise _NotRead
    return fields.pop(), [value for match in matches if match for value in _values(lists, match["value"])]


def _values(lists: Lists, text: str) -> list[str]:
    """An empty list matches nothing, which no rule of ours can say."""
    if not text.startswith("$"):
        return text.strip('{}" ').replace('"', "").split()
    if not lists.get(text[1:]):
        raise _NotRead
    return list(lists[text[1:]])


def _stripped(text: str) -> str:
    text = text.strip()
    return text[1:-1].strip() if text.startswith("(") and text.endswith(")") and text.count("(") == 1 else text


def _prefixes(made: Made, values: list[str] | None) -> Prefixes:
    return made.shared(*values) if values else ()


def _traffic(found: Mapping[str, list[str]]) -> tuple[Protocol, Ports]:
    for protocol in ("tcp", "udp"):
        if ports := found.get(f"{protocol}.dstport"):
            if len(ports) != 1:
                raise _NotRead
            first, _, last = ports[0].partition("..")
            return _PROTOCOLS[protocol], (int(first), int(last or first))
    if protocols := found.get("ip.proto"):
        if len(protocols) != 1 or protocols[0] not in _PROTOCOLS:
            raise _NotRead
        return _PROTOCOLS[protocols[0]], ALL_PORTS
    return "any", ALL_PORTS
