"""What lets traffic in on Azure and Google Cloud, read into the same terms as AWS's security groups."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rules.resource import Resource
from rules.values import Unknown

EVERYONE = "0.0.0.0/0"
_AZURE_EVERYONE = frozenset({"*", "any", "internet"})


@dataclass(frozen=True)
class Ingress:
    """One rule that lets traffic in. Any field may be, or hold, an `Unknown`."""

    prefixes: Any
    protocol: Any
    first: Any
    last: Any


def azure_group(group: Resource) -> Iterator[Ingress | Unknown]:
    for each in listed(group.get("securityRules")):
        yield from [each] if isinstance(each, Unknown) else _azure(each)


def azure_rule(rule: Resource) -> Iterator[Ingress | Unknown]:
    yield from _azure(rule.properties)


def google_firewall(firewall: Resource) -> Iterator[Ingress | Unknown]:
    if firewall.get("direction") in (None, "INGRESS"):
        named = any(firewall.get(name) for name in ("sourceTags", "sourceServiceAccounts"))
        sources = firewall.get("sourceRanges") or ([] if named else [EVERYONE])  # without any, all are meant
        yield from _google(sources, firewall.get("allows"), "protocol")


def google_rule(rule: Resource) -> Iterator[Ingress | Unknown]:
    direction, action = rule.get("direction"), rule.get("action")
    if direction in ("EGRESS",) or action in ("deny", "goto_next"):
        return
    match = rule.get("match")
    if isinstance(match, Unknown):
        yield match
    elif match:
        yield from _google(match.get("srcIpRanges"), match.get("layer4Configs"), "ipProtocol")


def listed(value: Any) -> list[Any]:
    return [value] if isinstance(value, Unknown) else value or []


def _azure(rule: dict[str, Any]) -> Iterator[Ingress | Unknown]:
    if rule.get("access") == "Deny" or rule.get("direction") == "Outbound":
        return
    sources = [rule.get("sourceAddressPrefix"), *listed(rule.get("sourceAddressPrefixes"))]
    prefixes = [_azure_prefix(each) for each in sources if each is not None]
    protocol = rule.get("protocol")
    ports = [rule.get("destinationPortRange"), *listed(rule.get("destinationPortRanges"))]
    for port in [each for each in ports if each is not None] or ["*"]:
        name = protocol if isinstance(protocol, Unknown) else "all" if protocol == "*" else str(protocol).lower()
        yield Ingress([each for each in prefixes if each], name, *_span(port))


def _azure_prefix(source: Any) -> Any:
    """A prefix; everyone's for a tag that means everyone; nothing for Azure's other tags, which name networks."""
    if isinstance(source, Unknown) or source.lower() not in _AZURE_EVERYONE:
        return source if isinstance(source, Unknown) or source[0].isdigit() or ":" in source else None
    return EVERYONE


def _google(sources: Any, allowed: Any, protocol: str) -> Iterator[Ingress | Unknown]:
    for each in listed(allowed):
        if isinstance(each, Unknown):
            yield each
            continue
        for port in listed(each.get("ports")) or ["*"]:
            yield Ingress(listed(sources), each.get(protocol), *_span(port))


def _span(port: Any) -> tuple[Any, Any]:
    if isinstance(port, Unknown):
        return port, port
    first, _, last = str(port).partition("-")
    return (int(first), int(last or first)) if first.isdigit() else (None, None)
