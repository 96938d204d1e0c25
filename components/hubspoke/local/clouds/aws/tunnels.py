"""What a VPN tunnel may be set to, and what AWS sets where nobody does. One place for both tunnels."""

import re
import secrets
from collections.abc import Callable, Iterator
from typing import Any

from ..networks import Problem, between, cidr_between, network, one_of
from ..table import Immutable, Source, Validation
from .sources import provider

TUNNELS = ("tunnel1", "tunnel2")
FILE = provider("ec2/vpnsite_connection.go")
OPTIONS = Source("Amazon EC2 API Reference, VpnTunnelOptionsSpecification")

RESERVED = (*(f"169.254.{n}.0/30" for n in range(6)), "169.254.169.252/30")
_KEY = re.compile(r"[0-9a-zA-Z_.]+\Z")
_PHASE1_GROUPS = (2, *range(14, 25))
_CIPHERS = ("AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16")
_HASHES = ("SHA1", "SHA2-256", "SHA2-384", "SHA2-512")

# what an unset option is, as AWS documents it
DEFAULTS: dict[str, Any] = {
    "DpdTimeoutAction": "clear", "DpdTimeoutSeconds": 30, "Phase1LifetimeSeconds": 28800,
    "Phase2LifetimeSeconds": 3600, "RekeyFuzzPercentage": 100, "RekeyMarginTimeSeconds": 540,
    "ReplayWindowSize": 1024, "StartupAction": "add", "EnableTunnelLifecycleControl": False,
}  # fmt: skip
SETS = tuple(
    f"{tunnel}{name}" for tunnel in TUNNELS
    for name in ("IkeVersions", "Phase1DhGroupNumbers", "Phase1EncryptionAlgorithms", "Phase1IntegrityAlgorithms",
                 "Phase2DhGroupNumbers", "Phase2EncryptionAlgorithms", "Phase2IntegrityAlgorithms")
)  # fmt: skip


def preshared_key(value: Any) -> str | None:
    """8 to 64 letters, digits, periods and underscores, not starting with a zero. The key is never repeated."""
    if not 8 <= len(value) <= 64:
        return f"expected length to be in the range (8 - 64), got {len(value)}"
    if value.startswith("0"):
        return "cannot start with zero character"
    return None if _KEY.match(value) else "can only contain alphanumeric, period and underscore characters"


def inside_cidr(value: Any) -> str | None:
    """A /30 of 169.254.0.0/16 that AWS does not keep for itself."""
    problem = cidr_between(30, 30)(value)
    if problem:
        return problem
    if not str(value).startswith("169.254."):
        return f"must be within 169.254.0.0/16, got {value}"
    return f"expected not to be any of {list(RESERVED)}, got {value}" if value in RESERVED else None


def new_key() -> str:
    """A pre-shared key as AWS makes one."""
    return "k" + secrets.token_hex(16)[:31]


def free_inside_cidr(taken: set[str]) -> str:
    """An inside block that neither AWS nor the gateway's other tunnels have."""
    while True:
        third, fourth = secrets.randbelow(250) + 6, secrets.randbelow(64) * 4
        found = f"169.254.{third}.{fourth}/30"
        if found not in taken and found not in RESERVED and network(found) is not None:
            return found


_LIMITS: tuple[tuple[str, Problem, str], ...] = (
    ("PresharedKey", preshared_key, "8 to 64 letters, digits, '.' and '_', not starting with 0"),
    ("InsideCidr", inside_cidr, "a /30 of 169.254.0.0/16, none of the seven reserved ones"),
    ("DpdTimeoutAction", one_of("clear", "none", "restart"), "clear, none or restart"),
    ("DpdTimeoutSeconds", between(30, float("inf")), "30 or more"),
    ("IkeVersions", one_of("ikev1", "ikev2"), "ikev1, ikev2"),
    ("Phase1DhGroupNumbers", one_of(*_PHASE1_GROUPS), "2, 14 to 24"),
    ("Phase2DhGroupNumbers", one_of(2, 5, *_PHASE1_GROUPS[1:]), "2, 5, 14 to 24"),
    ("Phase1EncryptionAlgorithms", one_of(*_CIPHERS), ", ".join(_CIPHERS)),
    ("Phase2EncryptionAlgorithms", one_of(*_CIPHERS), ", ".join(_CIPHERS)),
    ("Phase1IntegrityAlgorithms", one_of(*_HASHES), ", ".join(_HASHES)),
    ("Phase2IntegrityAlgorithms", one_of(*_HASHES), ", ".join(_HASHES)),
    ("Phase1LifetimeSeconds", between(900, 28800), "900 to 28800"),
    ("Phase2LifetimeSeconds", between(900, 3600), "900 to 3600"),
    ("RekeyFuzzPercentage", between(0, 100), "0 to 100"),
    ("RekeyMarginTimeSeconds", between(60, 1800), "60 to 1800"),
    ("ReplayWindowSize", between(64, 2048), "64 to 2048"),
    ("StartupAction", one_of("add", "start"), "add or start"),
)


def validations() -> Iterator[Validation]:
    """The limits of both tunnels' options."""
    for tunnel in TUNNELS:
        yield from (Validation(f"{tunnel}{name}", problem, FILE, says) for name, problem, says in _LIMITS)


def immutable() -> Iterator[Immutable]:
    for tunnel in TUNNELS:
        yield from (Immutable(f"{tunnel}{name}", FILE) for name in ("InsideCidr", "InsideIpv6Cidr"))


def each(make: Callable[[str], Any]) -> Iterator[Any]:
    """One of something for either tunnel."""
    yield from map(make, TUNNELS)
