"""Strong IPsec on Azure and Google Cloud, in their own words for the same algorithms.

What Cloudflare takes of them: its pages on Azure VPN gateways, Virtual WAN and Google Cloud VPN, 2026-08.
"""

from collections.abc import Iterator
from typing import Any

from rules.resource import Resource
from rules.rule import Finding, Settings
from rules.values import Unknown

_AZURE_DH = {14: ("DHGroup14", "DHGroup2048"), 19: ("ECP256",), 20: ("ECP384",), 21: ()}
_AZURE_PFS = {14: ("PFS14", "PFS2048"), 19: ("ECP256",), 20: ("ECP384",), 21: ()}
_AZURE_LISTS = {
    "ikeEncryption": ("GCMAES256", "AES256"),
    "ikeIntegrity": ("SHA384", "SHA256", "GCMAES256"),
    "ipsecEncryption": ("GCMAES256", "AES256"),
    "ipsecIntegrity": ("GCMAES256", "SHA256"),
}
_LIFETIME = (1_800, 28_800)  # seconds: Cloudflare rekeys in 30 minutes to 8 hours
_GOOGLE_ENCRYPTION = ("AES-GCM-16-256",)
_GOOGLE_PRF = ("PRF-HMAC-SHA2-256", "PRF-HMAC-SHA2-384", "PRF-HMAC-SHA2-512")


def azure_hub(connection: Resource, settings: Settings) -> Iterator[Finding]:
    """A virtual hub's VPN connection: each of its link connections."""
    links = connection.get("vpnLinkConnections")
    if isinstance(links, Unknown):
        yield links
    elif not links:
        yield "vpnLinkConnections is not set: what it does without has Azure's weak defaults"
    else:
        for n, link in enumerate(links):
            where = f"vpnLinkConnections.{n}."
            yield from [link] if isinstance(link, Unknown) else _azure(link, where, "vpnLinkConnectionMode", settings)


def azure_network(connection: Resource, settings: Settings) -> Iterator[Finding]:
    """The connection of a network's own VPN gateway."""
    yield from _azure(connection.properties, "", "connectionMode", settings)


def google(tunnel: Resource, settings: Settings) -> Iterator[Finding]:
    groups = tuple(f"Group-{number}" for number in settings["dhGroups"])
    yield from _one(tunnel.get("ikeVersion"), "ikeVersion", (2,))
    for path, allowed in {
        "cipherSuite.phase1.encryptions": _GOOGLE_ENCRYPTION,
        "cipherSuite.phase1.prves": _GOOGLE_PRF,
        "cipherSuite.phase1.dhs": groups,
        "cipherSuite.phase2.encryptions": _GOOGLE_ENCRYPTION,
        "cipherSuite.phase2.pfs": groups,
    }.items():
        yield from _one(tunnel.at(path), path, allowed)


def _azure(values: dict[str, Any], where: str, mode: str, settings: Settings) -> Iterator[Finding]:
    yield from _one(values.get(mode), f"{where}{mode}", ("InitiatorOnly",))
    policies = values.get("ipsecPolicies")
    if isinstance(policies, Unknown):
        yield policies
    elif not policies:
        yield f"{where}ipsecPolicies is not set, and Azure's default admits SHA-1 and Diffie-Hellman group 2"
    for n, policy in enumerate(policies if isinstance(policies, list) else ()):
        yield from [policy] if isinstance(policy, Unknown) else _policy(policy, f"{where}ipsecPolicies.{n}.", settings)


def _policy(policy: dict[str, Any], where: str, settings: Settings) -> Iterator[Finding]:
    for name, allowed in _AZURE_LISTS.items():
        yield from _one(policy.get(name), where + name, allowed)
    for name, words in (("dhGroup", _AZURE_DH), ("pfsGroup", _AZURE_PFS)):
        yield from _one(policy.get(name), where + name, tuple(w for n in settings["dhGroups"] for w in words[n]))
    lifetime, (low, high) = policy.get("saLifeTimeSeconds"), _LIFETIME
    if isinstance(lifetime, Unknown):
        yield lifetime
    elif not isinstance(lifetime, int) or not low <= lifetime <= high:
        yield f"{where}saLifeTimeSeconds is {'not set' if lifetime is None else lifetime}; it must be {low} to {high}"


def _one(value: Any, name: str, allowed: tuple[Any, ...]) -> Iterator[Finding]:
    """Every value of a property, which may be one or a list, must be among those allowed."""
    values = value if isinstance(value, list) else [value]
    if unknown := next((each for each in values if isinstance(each, Unknown)), None):
        yield unknown
    elif not values or any(each not in allowed for each in values):
        said = "not set" if value in (None, []) else ", ".join(map(str, values))
        yield f"{name} is {said}; it must be {' or '.join(map(str, allowed))}"
