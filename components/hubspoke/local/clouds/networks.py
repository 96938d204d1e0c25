"""CIDR blocks as providers judge them. Pure; messages in the words of the providers' own validators."""

import ipaddress
from collections.abc import Callable, Iterable
from typing import Any

Network = ipaddress.IPv4Network
Problem = Callable[[Any], str | None]


def network(cidr: Any) -> Network | None:
    """The network of a canonical IPv4 CIDR block; None for anything else."""
    try:
        return ipaddress.IPv4Network(str(cidr), strict=True)
    except ValueError:
        return None


def cidr_between(shortest: int, longest: int) -> Problem:
    """A canonical block whose prefix length lies between two bounds (Terraform's validation.IsCIDRNetwork)."""

    def problem(value: Any) -> str | None:
        found = network(value)
        if found is None:
            return canonical_cidr(value)
        if not shortest <= found.prefixlen <= longest:
            return (
                f"expected to contain a network Value with between {shortest} and {longest} significant bits, "
                f"got: {found.prefixlen}"
            )
        return None

    return problem


def canonical_cidr(value: Any) -> str | None:
    """A block without host bits (terraform-provider-aws, internal/verify, ValidIPv4CIDRNetworkAddress)."""
    if network(value) is not None:
        return None
    try:
        meant = ipaddress.IPv4Network(str(value), strict=False)
    except ValueError:
        return f"{value!r} is not a valid CIDR block: invalid CIDR address: {value}"
    return f'"{value}" is not a valid IPv4 CIDR block; did you mean "{meant}"?'


def any_cidr(value: Any) -> str | None:
    """A canonical block of either family."""
    try:
        ipaddress.ip_network(str(value), strict=True)
    except ValueError:
        return canonical_cidr(value)
    return None


def address(value: Any) -> str | None:
    """An IPv4 address (Terraform's validation.IsIPv4Address)."""
    try:
        ipaddress.IPv4Address(str(value))
    except ValueError:
        return f"expected to contain a valid IPv4 address, got: {value}"
    return None


def one_of(*allowed: Any) -> Problem:
    """Terraform's validation.StringInSlice."""

    def problem(value: Any) -> str | None:
        if value in allowed:
            return None
        return f"expected to be one of [{' '.join(map(repr, allowed))}], got {value}"

    return problem


def between(low: float, high: float) -> Problem:
    """Terraform's validation.IntBetween."""

    def problem(value: Any) -> str | None:
        if low <= float(value) <= high:
            return None
        return f"expected to be in the range ({low} - {high}), got {value}"

    return problem


def overlapping(cidr: str, others: Iterable[str]) -> str | None:
    """The first of the others that shares an address with a block."""
    mine = network(cidr)
    for other in others:
        theirs = network(other)
        if mine is not None and theirs is not None and mine.overlaps(theirs):
            return other
    return None


def hosts(cidr: str) -> tuple[str, str]:
    """The two usable addresses of a /30, or both of a /31."""
    found = ipaddress.IPv4Network(cidr, strict=False)
    first, second = list(found.hosts())[:2]
    return str(first), str(second)
