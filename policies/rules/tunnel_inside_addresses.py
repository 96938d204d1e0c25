"""Inside addresses that both AWS and Cloudflare accept.

AWS takes a /30 of 169.254.0.0/16 but some it keeps (169.254.0-5.0/30, 169.254.169.252/30: VPN guide, "Tunnel
options", 2026-08); Cloudflare takes a /30 or /31 of RFC 1918 or of 169.254.240.0/20 (reference of IPsec tunnels,
2026-08). What both take is a /30 of 169.254.240.0/20, and none that AWS keeps lies in it.
"""

from collections.abc import Callable, Iterator
from ipaddress import IPv4Interface, IPv4Network

from pulumi_policy import Severity

from rules import types
from rules.resource import Resource
from rules.rule import About, Finding, Settings, resource_rule
from rules.values import Unknown

Problem = Callable[[str], str]  # what is wrong with a value, "" if nothing

_LINK_LOCAL = IPv4Network("169.254.240.0/20")
_WANTED = f"give it a /30 of {_LINK_LOCAL}"
_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))


def _check_connection(connection: Resource, _: Settings) -> Iterator[Finding]:
    names = ("tunnel1InsideCidr", "tunnel2InsideCidr")
    values = [connection.get(name) for name in names]
    for name, value in zip(names, values, strict=True):
        yield from _finding(name, value, _aws_problem)
    if values[0] == values[1] and isinstance(values[0], str):
        yield f"both tunnels have the inside prefix {values[0]}; each needs its own"


def _check_cloudflare(tunnel: Resource, _: Settings) -> Iterator[Finding]:
    yield from _finding("interfaceAddress", tunnel.get("interfaceAddress"), _cloudflare_problem)


def _check_google(interface: Resource, _: Settings) -> Iterator[Finding]:
    yield from _finding("ipRange", interface.get("ipRange"), _google_problem)


def _finding(name: str, value: str | Unknown | None, problem: Problem) -> Iterator[Finding]:
    if isinstance(value, Unknown):
        yield value
    elif value is None:
        yield f"{name} is not set: the cloud would pick one that Cloudflare may refuse; {_WANTED}"
    elif what := problem(value):
        yield f"{name} {value} {what}; {_WANTED}"


def _aws_problem(value: str) -> str:
    try:
        network = IPv4Network(value)
    except ValueError:
        return "is not an IPv4 prefix"
    if network.prefixlen != 30:
        return f"is a /{network.prefixlen}"
    return "" if network.subnet_of(_LINK_LOCAL) else f"is not in {_LINK_LOCAL}"


def _google_problem(value: str) -> str:
    """Google takes the address with its prefix's length."""
    return _aws_problem(str(IPv4Interface(value).network)) if _is_interface(value) else "is not an IPv4 address"


def _is_interface(value: str) -> bool:
    try:
        return IPv4Interface(value) is not None
    except ValueError:
        return False


def _cloudflare_problem(value: str) -> str:
    try:
        interface = IPv4Interface(value)
    except ValueError:
        return "is not an IPv4 address with a prefix length"
    network = interface.network
    if network.prefixlen not in (30, 31):
        return f"is in a /{network.prefixlen}, not a /30 or /31"
    if not any(network.subnet_of(each) for each in (_LINK_LOCAL, *_PRIVATE)):
        return f"is neither in RFC 1918 nor in {_LINK_LOCAL}"
    return "" if interface.ip in set(network.hosts()) else "is the prefix's first or last address, not a host's"


POLICY = resource_rule(
    About(
        name="tunnel-inside-addresses",
        title="Inside addresses both ends accept",
        description=(
            "Tunnels have inside addresses that both ends accept, because AWS picks any of 169.254.0.0/16 when "
            "none is given and Cloudflare refuses most of them: the tunnel is then up and carries nothing."
        ),
        severity=Severity.MEDIUM,
        remedy=(
            f"Give each tunnel a /30 of its own in {_LINK_LOCAL}: the first host is AWS's, the second is "
            "Cloudflare's interfaceAddress."
        ),
        url="https://developers.cloudflare.com/cloudflare-wan/reference/gre-ipsec-tunnels/",
        tags=("addressing", "vpn"),
    ),
    {
        types.VPN_CONNECTION: _check_connection,
        types.ROUTER_INTERFACE: _check_google,
        types.CLOUDFLARE_TUNNEL: _check_cloudflare,
    },
)
