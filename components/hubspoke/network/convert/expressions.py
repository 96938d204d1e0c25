"""The firewall's expressions, as far as they are sums of plain conditions: `ip.src in {...} and ip.dst in {...}`."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from hubspoke.network.convert.made import Made
from hubspoke.network.model import ALL_PORTS, Ports, Prefixes, Protocol, Rule

_TERM = re.compile(r"^(?P<field>[a-z.]+)\s+(?P<op>in|eq|==)\s+(?P<value>\{[^}]*\}|\"?[\w./-]+\"?)$")
_PROTOCOLS: Mapping[str, Protocol] = {"tcp": "tcp", "udp": "udp", "icmp": "icmp"}


class _NotRead(Exception):
    """An expression with something in it that is not read."""


def rule_of(made: Made, rule: Mapping[str, Any], origin: str) -> Iterator[Rule]:
    """One rule of a ruleset. What cannot be read matches everything and says "unknown"."""
    actions: Mapping[Any, Literal["allow", "deny"]] = {"skip": "allow", "allow": "allow", "block": "deny"}
    ref = f"{origin}#{rule.get('ref') or rule.get('description') or rule.get('expression')}"
    try:
        if rule.get("action") not in actions or not isinstance(rule.get("expression"), str):
            raise _NotRead
        yield _rule(made, actions[rule["action"]], rule["expression"], ref)
    except _NotRead:
        made.finding(
            f"a firewall rule is not understood: {rule.get('expression')!r}", ref, "write it in plain conditions"
        )
        yield Rule("unknown", ref)


def _rule(made: Made, action: Literal["allow", "deny"], expression: str, origin: str) -> Rule:
    found: dict[str, Any] = {}
    for term in re.split(r"\s+and\s+", _stripped(expression)):
        match = _TERM.match(_stripped(term))
        if match is None or match["field"] in found:
            raise _NotRead
        found[match["field"]] = match["value"].strip('{}" ').replace('"', "").split()
    if found.keys() - {"ip.src", "ip.dst", "ip.proto", "tcp.dstport", "udp.dstport"}:
        raise _NotRead
    sources, destinations = (_prefixes(made, found.get(field)) for field in ("ip.src", "ip.dst"))
    return Rule(action, origin, sources, destinations, *_traffic(found))


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
