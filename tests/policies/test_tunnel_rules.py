"""The rules on single tunnels: what passes, what fails, and what is not known yet."""

from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE as UNKNOWN
from rules import no_null_cipher, strong_ipsec, tunnel_health_checks, tunnel_inside_addresses, types

from tests.policies.judging import Properties, judged, judged_stack, member, not_evaluated

# --- strong-ipsec ---------------------------------------------------------------------------------------------------

OPTIONS = (
    "IkeVersions", "Phase1EncryptionAlgorithms", "Phase1IntegrityAlgorithms", "Phase1DhGroupNumbers",
    "Phase1LifetimeSeconds", "Phase2EncryptionAlgorithms", "Phase2IntegrityAlgorithms", "Phase2DhGroupNumbers",
    "Phase2LifetimeSeconds", "StartupAction", "DpdTimeoutAction",
)  # fmt: skip


def ipsec(properties: Properties, **settings: Any) -> list[str]:
    return judged(strong_ipsec.POLICY, types.VPN_CONNECTION, properties, **settings)


def test_a_strong_connection_passes(vpn_connection: Callable[..., Properties]) -> None:
    assert ipsec(vpn_connection()) == []
    assert ipsec(vpn_connection(tunnel1Phase1IntegrityAlgorithms=["SHA2-512", "SHA2-384"])) == []


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("tunnel", ["tunnel1", "tunnel2"])
def test_every_option_of_both_tunnels_must_be_set(
    vpn_connection: Callable[..., Properties], tunnel: str, option: str
) -> None:
    properties = vpn_connection()
    del properties[f"{tunnel}{option}"]
    (message,) = ipsec(properties)
    assert message.startswith(f"{tunnel}{option} is not set, and its default is weak; it must be ")


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("tunnel2IkeVersions", ["ikev1", "ikev2"], "is ikev1, ikev2; it must be only ikev2"),
        ("tunnel1Phase1EncryptionAlgorithms", ["AES128"], "is AES128; it must be only AES256-GCM-16"),
        ("tunnel1Phase2IntegrityAlgorithms", ["SHA1"], "is SHA1; it must be only SHA2-256, SHA2-384, SHA2-512"),
        ("tunnel2Phase2DhGroupNumbers", [2, 20], "is 2, 20; it must be only 20"),
        ("tunnel1Phase1LifetimeSeconds", 28801, "is 28801; it must be 900 to 28800"),
        ("tunnel1Phase2LifetimeSeconds", 900, "is 900; it must be 1800 to 3600"),
        ("tunnel2StartupAction", "add", 'is add; it must be "start", for Cloudflare only answers'),
        ("tunnel1DpdTimeoutAction", "clear", 'is clear; it must be "restart", or a lost tunnel stays lost'),
    ],
)
def test_a_weak_option_is_named(
    vpn_connection: Callable[..., Properties], option: str, value: Any, expected: str
) -> None:
    assert ipsec(vpn_connection(**{option: value})) == [f"{option} {expected}"]


@pytest.mark.parametrize(
    ("value", "path"),
    [(UNKNOWN, "tunnel1IkeVersions"), (["ikev2", UNKNOWN], "tunnel1IkeVersions.1")],
)
def test_an_unknown_option_is_not_taken_as_strong(
    vpn_connection: Callable[..., Properties], value: Any, path: str
) -> None:
    assert ipsec(vpn_connection(tunnel1IkeVersions=value)) == [not_evaluated(path)]


def test_accepted_algorithms_can_be_set(vpn_connection: Callable[..., Properties]) -> None:
    weaker = vpn_connection(tunnel1Phase1DhGroupNumbers=[14.0], tunnel2Phase2EncryptionAlgorithms=["AES128-GCM-16"])
    assert len(ipsec(weaker)) == 2
    assert ipsec(weaker, dhGroups=[14.0, 20.0], encryption=["AES128-GCM-16", "AES256-GCM-16"]) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, []),
        (False, ["replayProtection is false; it must be true, as AWS has it on always"]),
        (None, ["replayProtection is not set, and its default is weak; it must be true, as AWS has it on always"]),
        (UNKNOWN, [not_evaluated("replayProtection")]),
    ],
)
def test_replay_protection_at_cloudflare(cloudflare_tunnel: Properties, value: Any, expected: list[str]) -> None:
    properties = {**cloudflare_tunnel, "replayProtection": value}
    assert judged(strong_ipsec.POLICY, types.CLOUDFLARE_TUNNEL, properties) == expected


# --- no-null-cipher -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (False, []),
        (None, []),
        (UNKNOWN, []),  # a tunnel that is not there yet: only the API can switch it on
        (True, [("t", "allowNullCipher is true: this tunnel may carry traffic unencrypted")]),
    ],
)
def test_no_null_cipher(value: Any, expected: list[Any]) -> None:
    tunnel = member(types.CLOUDFLARE_TUNNEL, "t", {"allowNullCipher": value})
    assert judged_stack(no_null_cipher.POLICY, [tunnel]) == expected


# --- tunnel-inside-addresses ----------------------------------------------------------------------------------------

WANTED = "give it a /30 of 169.254.240.0/20"


OUTSIDE = f"is not in 169.254.240.0/20; {WANTED}"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("169.254.240.0/30", "169.254.255.252/30", []),
        ("169.254.10.0/30", "169.254.240.4/30", [f"tunnel1InsideCidr 169.254.10.0/30 {OUTSIDE}"]),
        ("10.0.0.0/30", "169.254.240.4/30", [f"tunnel1InsideCidr 10.0.0.0/30 {OUTSIDE}"]),
        ("169.254.240.0/30", "169.254.240.4/31", [f"tunnel2InsideCidr 169.254.240.4/31 is a /31; {WANTED}"]),
        (
            "169.254.240.1/30",
            "169.254.240.4/30",
            [f"tunnel1InsideCidr 169.254.240.1/30 is not an IPv4 prefix; {WANTED}"],
        ),
        (
            "169.254.240.0/30",
            "169.254.240.0/30",
            ["both tunnels have the inside prefix 169.254.240.0/30; each needs its own"],
        ),
        (
            None,
            "169.254.240.4/30",
            [f"tunnel1InsideCidr is not set: the cloud would pick one that Cloudflare may refuse; {WANTED}"],
        ),
        (UNKNOWN, UNKNOWN, [not_evaluated("tunnel1InsideCidr"), not_evaluated("tunnel2InsideCidr")]),
    ],
)
def test_inside_prefixes_at_aws(
    vpn_connection: Callable[..., Properties], first: Any, second: Any, expected: list[str]
) -> None:
    properties = vpn_connection(first, second)
    assert judged(tunnel_inside_addresses.POLICY, types.VPN_CONNECTION, properties) == expected


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("169.254.240.2/30", ""),
        ("169.254.241.0/31", ""),
        ("10.1.2.3/31", ""),
        ("172.31.0.1/30", ""),
        ("172.32.0.1/30", "is neither in RFC 1918 nor in 169.254.240.0/20"),
        ("169.254.1.1/30", "is neither in RFC 1918 nor in 169.254.240.0/20"),
        ("169.254.240.2/29", "is in a /29, not a /30 or /31"),
        ("169.254.240.2", "is in a /32, not a /30 or /31"),
        ("169.254.240.0/30", "is the prefix's first or last address, not a host's"),
        ("169.254.240.3/30", "is the prefix's first or last address, not a host's"),
        ("here", "is not an IPv4 address with a prefix length"),
    ],
)
def test_inside_addresses_at_cloudflare(cloudflare_tunnel: Properties, address: str, problem: str) -> None:
    properties = {**cloudflare_tunnel, "interfaceAddress": address}
    expected = [f"interfaceAddress {address} {problem}; {WANTED}"] if problem else []
    assert judged(tunnel_inside_addresses.POLICY, types.CLOUDFLARE_TUNNEL, properties) == expected


def test_an_unknown_inside_address_is_not_taken_as_right(cloudflare_tunnel: Properties) -> None:
    properties = {**cloudflare_tunnel, "interfaceAddress": UNKNOWN}
    found = judged(tunnel_inside_addresses.POLICY, types.CLOUDFLARE_TUNNEL, properties)
    assert found == [not_evaluated("interfaceAddress")]


@given(st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_just_the_slash_30s_of_the_range_pass(address: int, length: int) -> None:
    network = IPv4Network((address, length), strict=False)
    properties = {"tunnel1InsideCidr": str(network), "tunnel2InsideCidr": "169.254.240.4/30"}
    found = judged(tunnel_inside_addresses.POLICY, types.VPN_CONNECTION, properties)
    right = length == 30 and str(network.network_address).startswith("169.254.2") and address >> 12 == 0xA9FEF
    assert (found == []) == (right and str(network) != "169.254.240.4/30")


# --- tunnel-health-checks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"type": "reply", "rate": "high"}, []),
        ({"enabled": False}, ["healthCheck.enabled is false; it must be true"]),
        ({"direction": "unidirectional"}, ['healthCheck.direction is "unidirectional"; it must be "bidirectional"']),
        ({"type": None}, ['healthCheck.type is not set; it must be "request" or "reply"']),
        ({"rate": None}, ['healthCheck.rate is not set; it must be "low", "mid" or "high"']),
        ({"direction": UNKNOWN}, [not_evaluated("healthCheck.direction")]),
    ],
)
def test_tunnel_health_checks(cloudflare_tunnel: Properties, change: Properties, expected: list[str]) -> None:
    properties = {**cloudflare_tunnel, "healthCheck": {**cloudflare_tunnel["healthCheck"], **change}}
    assert judged(tunnel_health_checks.POLICY, types.CLOUDFLARE_TUNNEL, properties) == expected


def test_a_missing_or_unknown_health_check() -> None:
    missing = judged(tunnel_health_checks.POLICY, types.CLOUDFLARE_TUNNEL, {})
    assert [message.split(" is ")[0] for message in missing] == [
        "healthCheck.enabled", "healthCheck.direction", "healthCheck.type", "healthCheck.rate",
    ]  # fmt: skip
    unknown = judged(tunnel_health_checks.POLICY, types.CLOUDFLARE_TUNNEL, {"healthCheck": UNKNOWN})
    assert unknown == [not_evaluated("healthCheck")]
