"""Nothing on the WAN is open to everyone."""

from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

from pulumi_policy import PolicyComplianceFramework, Severity

from rules import open_elsewhere, types
from rules.open_elsewhere import Ingress, listed
from rules.resource import Resource
from rules.rule import About, Finding, Schema, Settings, resource_rule
from rules.values import Unknown

_SETTINGS: Schema = {
    "allowedPorts": {
        "type": "array",
        "items": {"type": "integer", "minimum": 1, "maximum": 65535},
        "default": [],
        "description": "TCP and UDP ports that may be open to everyone.",
    }
}
# Prefixes wider than these are "everyone" too, or 0.0.0.0/1 with 128.0.0.0/1 would pass. No one network is wider.
_WIDEST = {4: 8, 6: 16}


def _inline(group: Resource) -> Iterator[Ingress | Unknown]:
    rules = group.get("ingress") or []
    for each in [rules] if isinstance(rules, Unknown) else rules:
        yield each if isinstance(each, Unknown) else _from_lists(each)


def _separate(rule: Resource) -> Iterator[Ingress | Unknown]:
    prefixes = [rule.get("cidrIpv4"), rule.get("cidrIpv6")]
    yield Ingress(prefixes, rule.get("ipProtocol"), rule.get("fromPort"), rule.get("toPort"))


def _classic(rule: Resource) -> Iterator[Ingress | Unknown]:
    kind = rule.get("type")
    if isinstance(kind, Unknown):
        yield kind
    elif kind == "ingress":
        yield _from_lists(rule.properties)


def _from_lists(rule: dict[str, Any]) -> Ingress:
    prefixes = [*listed(rule.get("cidrBlocks")), *listed(rule.get("ipv6CidrBlocks"))]
    return Ingress(prefixes, rule.get("protocol"), rule.get("fromPort"), rule.get("toPort"))


def _judge(ingress: Ingress, allowed: set[int]) -> Iterator[Finding]:
    for prefix in ingress.prefixes:
        if isinstance(prefix, Unknown):
            yield prefix
        elif prefix is not None:
            yield from _judge_prefix(str(prefix), ingress, allowed)


def _judge_prefix(prefix: str, ingress: Ingress, allowed: set[int]) -> Iterator[Finding]:
    try:
        network = ip_network(prefix, strict=False)
    except ValueError:
        yield f"ingress from {prefix}, which is not a prefix"
        return
    if network.prefixlen >= _WIDEST[network.version]:
        return
    unknown = next((v for v in (ingress.protocol, ingress.first, ingress.last) if isinstance(v, Unknown)), None)
    if allowed and unknown:
        yield unknown
    elif unknown or not _allowed(ingress, allowed):
        yield f"ingress from {prefix} on {_ports(ingress)}; name the networks that may come in"


def _allowed(ingress: Ingress, allowed: set[int]) -> bool:
    first, last = ingress.first, ingress.last
    if ingress.protocol not in ("tcp", "udp") or not isinstance(first, int) or not isinstance(last, int):
        return False
    return set(range(first, last + 1)) <= allowed


def _ports(ingress: Ingress) -> str:
    if any(isinstance(value, Unknown) for value in (ingress.protocol, ingress.first, ingress.last)):
        return "ports that are known only after deployment"
    if ingress.protocol in ("-1", "all"):
        return "everything"
    if ingress.first is None:
        return str(ingress.protocol)
    span = str(ingress.first) if ingress.first == ingress.last else f"{ingress.first}-{ingress.last}"
    return f"{ingress.protocol} {span}"


def _check(read: Callable[[Resource], Iterator[Ingress | Unknown]]) -> Any:
    def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
        for ingress in read(resource):
            if isinstance(ingress, Unknown):
                yield ingress
            else:
                yield from _judge(ingress, set(settings["allowedPorts"]))

    return check


POLICY = resource_rule(
    About(
        name="no-open-ingress",
        title="Nothing open to everyone",
        description=(
            "No security group or firewall rule lets in traffic from everyone, because a WAN carries known networks "
            "only: an open rule admits every other segment and, with a way to the internet, the internet."
        ),
        severity=Severity.CRITICAL,
        remedy="Name the networks that may come in, or the security group; list public ports in allowedPorts.",
        url="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html",
        tags=("exposure", "security-group"),
        framework=PolicyComplianceFramework("AWS Foundational Security Best Practices", "1.0.0", "EC2.18"),
    ),
    {
        types.SECURITY_GROUP: _check(_inline),
        types.DEFAULT_SECURITY_GROUP: _check(_inline),
        types.SECURITY_GROUP_RULE: _check(_classic),
        types.INGRESS_RULE: _check(_separate),
        types.NETWORK_SECURITY_GROUP: _check(open_elsewhere.azure_group),
        types.SECURITY_RULE: _check(open_elsewhere.azure_rule),
        types.FIREWALL: _check(open_elsewhere.google_firewall),
        types.FIREWALL_RULE: _check(open_elsewhere.google_rule),
    },
    _SETTINGS,
)
