"""Tunnels negotiate strong ciphers only, and say so in every option."""

from collections.abc import Callable, Iterator
from typing import Any

from pulumi_policy import Severity

from rules import ipsec_elsewhere, types
from rules.resource import Resource
from rules.rule import About, Finding, Schema, Settings, resource_rule
from rules.values import Unknown

Judge = Callable[[Any], bool]


def _list_of(description: str, allowed: list[Any], default: list[Any]) -> dict[str, Any]:
    items = {"type": "integer" if isinstance(allowed[0], int) else "string", "enum": allowed}
    return {"type": "array", "items": items, "minItems": 1, "default": default, "description": description}


_SETTINGS: Schema = {
    "encryption": _list_of(
        "Encryption algorithms accepted in phases 1 and 2 on AWS.",
        ["AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16"],
        ["AES256-GCM-16"],
    ),
    "integrity": _list_of(
        "Integrity algorithms accepted in phases 1 and 2 on AWS.",
        ["SHA2-256", "SHA2-384", "SHA2-512"],
        ["SHA2-256", "SHA2-384", "SHA2-512"],
    ),
    "dhGroups": _list_of(
        "Diffie-Hellman groups accepted in phases 1 and 2; Cloudflare takes 14 and 20.", [14, 19, 20, 21], [20]
    ),
}
# Seconds. AWS: ModifyVpnTunnelOptions. Phase 2 from 1800: Cloudflare rekeys in 30 minutes to 8 hours.
_PHASE1_LIFETIME = (900, 28_800)
_PHASE2_LIFETIME = (1_800, 3_600)


def _options(settings: Settings) -> dict[str, tuple[Judge, str]]:
    """Each option of a tunnel: what makes it right, and in words."""
    lists = {"IkeVersions": ["ikev2"]}
    for phase in ("Phase1", "Phase2"):
        lists[f"{phase}EncryptionAlgorithms"] = settings["encryption"]
        lists[f"{phase}IntegrityAlgorithms"] = settings["integrity"]
        lists[f"{phase}DhGroupNumbers"] = settings["dhGroups"]
    return {
        **{name: (_only(allowed), f"only {_words(allowed)}") for name, allowed in lists.items()},
        "Phase1LifetimeSeconds": _between(*_PHASE1_LIFETIME),
        "Phase2LifetimeSeconds": _between(*_PHASE2_LIFETIME),
        "StartupAction": (lambda value: value == "start", '"start", for Cloudflare only answers'),
        "DpdTimeoutAction": (lambda value: value == "restart", '"restart", or a lost tunnel stays lost'),
    }


def _check_connection(connection: Resource, settings: Settings) -> Iterator[Finding]:
    for option, (right, words) in _options(settings).items():
        for tunnel in ("tunnel1", "tunnel2"):
            yield from _judge(connection, f"{tunnel}{option}", right, words)


def _check_cloudflare(tunnel: Resource, _: Settings) -> Iterator[Finding]:
    yield from _judge(tunnel, "replayProtection", lambda value: value is True, "true, as AWS has it on always")


def _judge(resource: Resource, name: str, right: Judge, words: str) -> Iterator[Finding]:
    value = resource.get(name)
    unknown = next((each for each in [value, *_items(value)] if isinstance(each, Unknown)), None)
    if unknown:
        yield unknown
    elif value is None or value == []:
        yield f"{name} is not set, and its default is weak; it must be {words}"
    elif not right(value):
        yield f"{name} is {_words(_items(value) or [value])}; it must be {words}"


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _only(allowed: list[Any]) -> Judge:
    return lambda value: set(_items(value)) <= set(allowed)


def _between(low: int, high: int) -> tuple[Judge, str]:
    return lambda value: isinstance(value, int) and low <= value <= high, f"{low} to {high}"


def _words(values: list[Any]) -> str:
    return ", ".join(str(value).lower() if isinstance(value, bool) else str(value) for value in values)


POLICY = resource_rule(
    About(
        name="strong-ipsec",
        title="Strong IPsec only",
        description=(
            "Every tunnel option is set, to IKEv2 and strong algorithms only, because what is not set admits "
            "IKEv1, SHA-1 and Diffie-Hellman group 2, and the peer or whoever sits between picks the weakest."
        ),
        severity=Severity.HIGH,
        remedy=(
            "Set on both tunnels: ikeVersions, encryption and integrity algorithms, dhGroupNumbers and "
            "lifetimes of both phases, startupAction and dpdTimeoutAction; on Azure ipsecPolicies and InitiatorOnly; "
            "on Google cipherSuite and ikeVersion 2; at Cloudflare replayProtection."
        ),
        url="https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html",
        tags=("encryption", "vpn"),
    ),
    {
        types.VPN_CONNECTION: _check_connection,
        types.AZURE_CONNECTION: ipsec_elsewhere.azure_hub,
        types.VNET_CONNECTION: ipsec_elsewhere.azure_network,
        types.GCP_TUNNEL: ipsec_elsewhere.google,
        types.CLOUDFLARE_TUNNEL: _check_cloudflare,
    },
    _SETTINGS,
)
