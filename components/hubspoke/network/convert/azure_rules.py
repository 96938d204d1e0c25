"""Azure's security groups: rules by priority, the first match decides.

What no rule of a group matches meets Azure's own: they admit what the tag VirtualNetwork stands for, which is every
prefix that a hub or gateway programs, and so the whole WAN (NSG overview, 2026-08). As all that is judged has both ends
in the WAN, a group's last word is "allow".
"""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from typing import Any, Literal

from hubspoke.network.convert.made import Made
from hubspoke.network.model import ALL_PORTS, Filter, Ports, Prefixes, Protocol, Rule
from hubspoke.network.snapshot import NOT_KNOWN, Resource

GROUP = "azure-native:network:NetworkSecurityGroup"
_PROTOCOLS: Mapping[str, Protocol] = {"*": "any", "tcp": "tcp", "udp": "udp", "icmp": "icmp"}
_ANY = frozenset({"*", "VirtualNetwork"})
Direction = Literal["Inbound", "Outbound"]


class _NotRead(Exception):
    """A rule with something in it that is not read."""


def filter_of(made: Made, group: Resource, direction: Direction, key: str) -> Filter:
    """One direction of a group."""
    listed = group.get("securityRules", ())
    if listed is NOT_KNOWN:
        return Filter(key, (Rule("unknown", group.urn),), group.urn, "allow")
    ours = (rule for rule in listed if str(rule.get("direction")) == direction)
    rules = tuple(
        rule for each in sorted(ours, key=lambda each: int(each["priority"])) for rule in _rules(made, each, group.urn)
    )
    return Filter(key, rules, group.urn, default="allow")


def _rules(made: Made, rule: Mapping[str, Any], urn: str) -> Iterator[Rule]:
    """One for each range of ports. What cannot be read matches everything and says "unknown"."""
    origin = f"{urn}#{rule.get('name')}"
    try:
        yield from list(_read(made, rule, origin))
    except _NotRead as not_read:
        made.finding(f"a rule's {not_read} is not read", origin, "name prefixes, ports and a protocol")
        yield Rule("unknown", origin)


def _read(made: Made, rule: Mapping[str, Any], origin: str) -> Iterator[Rule]:
    protocol = _PROTOCOLS.get(str(rule.get("protocol")).lower())
    if protocol is None or rule.get("access") not in ("Allow", "Deny"):
        raise _NotRead("protocol" if protocol is None else "access")
    if _values(rule, "sourcePortRange") not in ([], ["*"]):
        raise _NotRead("sourcePortRange")
    action: Literal["allow", "deny"] = "allow" if rule["access"] == "Allow" else "deny"
    ends = (_prefixes(made, rule, end) for end in ("source", "destination"))
    sources, destinations = ends
    for ports in _values(rule, "destinationPortRange"):
        yield Rule(action, origin, sources, destinations, protocol, _ports(ports))


def _values(rule: Mapping[str, Any], name: str) -> list[Any]:
    many = rule.get(f"{name}s") or rule.get(f"{name}es")
    one = rule.get(name)
    return list(many or ()) + ([] if one in (None, "") else [one])


def _prefixes(made: Made, rule: Mapping[str, Any], end: str) -> Prefixes:
    values = _values(rule, f"{end}AddressPrefix")
    if not values or rule.get(f"{end}ApplicationSecurityGroups"):
        raise _NotRead(end)
    if any(value in _ANY for value in values if isinstance(value, str)):
        return ()
    try:
        return made.shared(*sorted(values, key=IPv4Network))
    except (ValueError, TypeError):
        raise _NotRead(f"{end}AddressPrefix") from None


def _ports(text: Any) -> Ports:
    if text == "*":
        return ALL_PORTS
    first, _, last = str(text).partition("-")
    if not first.isdigit() or not (last or first).isdigit():
        raise _NotRead("destinationPortRange")
    return int(first), int(last or first)
