"""Each rule with what passes, what fails and what is not known yet, on properties as Pulumi's SDK wraps them."""

from collections.abc import Callable, Iterable
from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_policy import (
    PolicyCustomTimeouts,
    PolicyProviderResource,
    PolicyResource,
    PolicyResourceOptions,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE as UNKNOWN
from pulumi_policy.proxy import UnknownValueError, unknown_checking_proxy
from rules import (
    no_null_cipher,
    no_open_ingress,
    protect_gateways,
    redundant_tunnels,
    required_tags,
    strong_ipsec,
    transit_gateway_no_defaults,
    tunnel_health_checks,
    tunnel_inside_addresses,
    types,
    vpc_flow_logs,
)
from rules.values import Unknown, plain

Properties = dict[str, Any]


def judged(
    policy: ResourceValidationPolicy, kind: str, properties: Properties, *, name: str = "it", protect: bool = False,
    provider: Properties | None = None, **settings: Any,
) -> list[str]:  # fmt: skip
    """The messages of a resource rule."""
    by = PolicyProviderResource("pulumi:providers:aws", unknown_checking_proxy(provider or {}), "urn:p", "p")
    args = ResourceValidationArgs(
        kind, unknown_checking_proxy(properties), f"urn::{name}", name, _options(protect), by, settings
    )
    found: list[tuple[str, str]] = []
    policy.validate(args, into(found))
    return [message for _, message in found]


def member(kind: str, name: str, properties: Properties, **depends: PolicyResource) -> PolicyResource:
    """A resource of a stack; `depends` are the properties made from other resources."""
    on = {prop: [resource] for prop, resource in depends.items()}
    proxied = unknown_checking_proxy({**dict.fromkeys(depends, UNKNOWN), **properties})
    return PolicyResource(
        kind, proxied, f"urn::{kind}::{name}", name, _options(), None, None, list(depends.values()), on
    )


def judged_stack(
    policy: StackValidationPolicy, resources: Iterable[PolicyResource], **settings: Any
) -> list[tuple[str, str]]:
    """Names and messages of a stack rule."""
    found: list[tuple[str, str]] = []
    policy.validate(StackValidationArgs(list(resources), settings), into(found))
    return found


def into(found: list[tuple[str, str]]) -> ReportViolation:
    """Collects a rule's reports: the resource's name, and the message."""

    def report(message: str, urn: str | None) -> None:
        found.append(((urn or "").rpartition("::")[2], message))

    return report


def not_evaluated(path: str) -> str:
    remedy = "give it a plain value, or set allowUnknown for this policy"
    return f"not evaluated: {path} is known only after deployment; {remedy}"


def _options(protect: bool = False) -> PolicyResourceOptions:
    return PolicyResourceOptions(protect, [], None, [], PolicyCustomTimeouts(0, 0, 0), [])


# --- what all rules share -------------------------------------------------------------------------------------------


def test_values_are_plain_and_unknowns_are_marked_in_place() -> None:
    given_ = unknown_checking_proxy({"a": 1.0, "b": [{"c": UNKNOWN}, 1.5], "d": None, "e": UNKNOWN})
    assert plain(given_) == {"a": 1, "b": [{"c": Unknown("b.0.c")}, 1.5], "d": None, "e": Unknown("e")}


@pytest.mark.parametrize("pattern", ["it", "urn::it", "i*"])
def test_an_exempt_resource_is_not_judged(pattern: str) -> None:
    policy = transit_gateway_no_defaults.POLICY
    assert judged(policy, types.TRANSIT_GATEWAY, {}, exempt=[pattern]) == []
    assert judged(policy, types.TRANSIT_GATEWAY, {}, name="other", exempt=[pattern]) != []


def test_allowing_unknowns_leaves_pulumis_own_note_and_hides_no_violation(transit_gateway: Properties) -> None:
    properties = {
        **transit_gateway,
        "autoAcceptSharedAttachments": "enable",
        "defaultRouteTableAssociation": UNKNOWN,
    }
    found: list[tuple[str, str]] = []
    args = ResourceValidationArgs(
        types.TRANSIT_GATEWAY, unknown_checking_proxy(properties), "urn::it", "it", _options(), None,
        {"allowUnknown": True},
    )  # fmt: skip
    with pytest.raises(UnknownValueError) as error:
        transit_gateway_no_defaults.POLICY.validate(args, into(found))
    assert error.value.message == "string value at .defaultRouteTableAssociation can't be known during preview"
    assert found == [("it", 'autoAcceptSharedAttachments is "enable"; set it to "disable"')]


def test_other_types_are_left_alone() -> None:
    assert (
        judged(transit_gateway_no_defaults.POLICY, "aws:s3/bucket:Bucket", {"defaultRouteTableAssociation": "x"}) == []
    )


# --- transit-gateway-no-defaults ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"autoAcceptSharedAttachments": None}, []),  # the provider's default is "disable"
        (
            {"defaultRouteTableAssociation": None, "defaultRouteTablePropagation": None},
            [
                'defaultRouteTableAssociation is "enable" by default; set it to "disable"',
                'defaultRouteTablePropagation is "enable" by default; set it to "disable"',
            ],
        ),
        ({"autoAcceptSharedAttachments": "enable"}, ['autoAcceptSharedAttachments is "enable"; set it to "disable"']),
        ({"defaultRouteTablePropagation": UNKNOWN}, [not_evaluated("defaultRouteTablePropagation")]),
    ],
)
def test_transit_gateway_no_defaults(transit_gateway: Properties, change: Properties, expected: list[str]) -> None:
    properties = {**transit_gateway, **change}
    assert judged(transit_gateway_no_defaults.POLICY, types.TRANSIT_GATEWAY, properties) == expected


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


# --- redundant-tunnels ----------------------------------------------------------------------------------------------


def hub(
    name: str = "use1", endpoints: tuple[Any, ...] = ("162.159.64.41", "162.159.66.41"), tunnels: int = 2
) -> list[PolicyResource]:
    """A hub in a preview: nothing is known of what does not exist yet but what it is made from."""
    gateway = member(types.TRANSIT_GATEWAY, name, {"id": UNKNOWN, "tags": {"hubspoke:component": name}})
    resources = [gateway]
    for number, endpoint in enumerate(endpoints):
        customer = member(types.CUSTOMER_GATEWAY, f"{name}-{number}", {"id": UNKNOWN, "ipAddress": endpoint})
        connection = member(
            types.VPN_CONNECTION, f"{name}-{number}", {"tunnel1Address": UNKNOWN, "tunnel2Address": UNKNOWN},
            transitGatewayId=gateway, customerGatewayId=customer,
        )  # fmt: skip
        resources += [customer, connection]
        resources += [
            member(types.CLOUDFLARE_TUNNEL, f"{name}-{number}-{slot}", {}, customerEndpoint=connection)
            for slot in "ab"[:tunnels]
        ]
    return resources


def deployed(
    name: str = "use1", ends: tuple[str, ...] = ("3.0.0.1", "3.0.0.2", "3.0.0.3", "3.0.0.4")
) -> list[PolicyResource]:
    """The same hub as it is observed: everything is known, and nothing says what was made from what."""
    resources = [member(types.TRANSIT_GATEWAY, name, {"id": "tgw-1", "tags": {"hubspoke:component": name}})]
    for number, endpoint in enumerate(("162.159.64.41", "162.159.66.41")):
        customer = {"id": f"cgw-{number}", "ipAddress": endpoint}
        outside = [f"3.0.0.{2 * number + 1}", f"3.0.0.{2 * number + 2}"]
        connection = {
            "transitGatewayId": "tgw-1", "customerGatewayId": f"cgw-{number}",
            "tunnel1Address": outside[0], "tunnel2Address": outside[1],
        }  # fmt: skip
        resources.append(member(types.CUSTOMER_GATEWAY, f"{name}-{number}", customer))
        resources.append(member(types.VPN_CONNECTION, f"{name}-{number}", connection))
    tunnels = [member(types.CLOUDFLARE_TUNNEL, f"t{n}", {"customerEndpoint": end}) for n, end in enumerate(ends)]
    return resources + tunnels


def redundancy(resources: Iterable[PolicyResource], **settings: Any) -> list[tuple[str, str]]:
    return judged_stack(redundant_tunnels.POLICY, resources, **settings)


def test_redundant_hubs_pass_planned_and_observed() -> None:
    assert redundancy(hub()) == []
    assert redundancy(deployed()) == []
    assert redundancy([*hub("use1"), *hub("euw1")]) == []


def test_one_connection_is_not_enough() -> None:
    assert redundancy([*hub("use1"), *hub("euw1", endpoints=("162.159.64.41",))]) == [
        ("euw1", "VPN connections: 1 of 2 required (euw1-0)"),
        ("euw1", "different ends of VPN connections: 1 of 2 required (162.159.64.41)"),
    ]


def test_both_connections_to_one_endpoint() -> None:
    resources = hub(endpoints=("162.159.64.41", "162.159.64.41"))
    message = "different ends of VPN connections: 1 of 2 required (162.159.64.41)"
    assert redundancy(resources) == [("use1", message)]
    assert redundancy(resources, endpoints=1) == []


def test_a_hub_without_connections() -> None:
    found = redundancy(hub(endpoints=()))
    assert [message for _, message in found] == [
        "VPN connections: 0 of 2 required (none)",
        "different ends of VPN connections: 0 of 2 required (none)",
    ]
    assert redundancy(hub(endpoints=()), connections=0, endpoints=0) == []


def test_one_tunnel_of_two_at_cloudflare() -> None:
    assert redundancy(hub(tunnels=1)) == [
        ("use1-0", "tunnels at Cloudflare: 1 of 2 required (use1-0-a)"),
        ("use1-1", "tunnels at Cloudflare: 1 of 2 required (use1-1-a)"),
    ]
    assert redundancy(hub(tunnels=0), tunnels=0) == []


def test_two_tunnels_to_one_address_are_one() -> None:
    assert redundancy(deployed(ends=("3.0.0.1", "3.0.0.1", "3.0.0.3", "3.0.0.4"))) == [
        ("use1-0", "tunnels at Cloudflare: 1 of 2 required (t1)")
    ]


def test_a_tunnel_moved_to_another_address_is_seen_in_what_is_observed() -> None:
    assert redundancy(deployed(ends=("3.0.0.1", "9.9.9.9", "3.0.0.3", "3.0.0.4"))) == [
        ("use1-0", "tunnels at Cloudflare: 1 of 2 required (t0)")
    ]


def test_what_cannot_be_resolved_is_said() -> None:
    unknown = member(types.VPN_CONNECTION, "vpn", {"transitGatewayId": UNKNOWN})
    assert redundancy([*hub(), unknown], tunnels=0) == [("vpn", not_evaluated("transitGatewayId"))]
    assert redundancy(hub(endpoints=("162.159.64.41", UNKNOWN))) == [("use1", not_evaluated("ipAddress"))]


def test_a_brought_hub_is_judged_by_its_id() -> None:
    one = member(types.VPN_CONNECTION, "vpn", {"transitGatewayId": "tgw-9", "customerGatewayId": "cgw-1"})
    two = member(types.VPN_CONNECTION, "vpn2", {"transitGatewayId": "tgw-9", "customerGatewayId": "cgw-2"})
    assert redundancy([one, two], tunnels=0) == []
    assert redundancy([one], tunnels=0) == [
        ("vpn", "VPN connections: 1 of 2 required (vpn)"),
        ("vpn", "different ends of VPN connections: 1 of 2 required (cgw-1)"),
    ]


def test_a_gateway_that_is_only_read_is_not_judged() -> None:
    read = member(types.TRANSIT_GATEWAY, "shared", {"id": "tgw-9", "tags": {"Name": "someone else's"}})
    assert redundancy([read]) == []
    assert len(redundancy([read], managedTag="")) == 2


# --- no-open-ingress ------------------------------------------------------------------------------------------------


def ingress_rule(**properties: Any) -> Properties:
    return {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, **properties}


def inline(**rule: Any) -> Properties:
    return {"ingress": [{"protocol": "tcp", "fromPort": 22, "toPort": 22, **rule}]}


def open_to_all(ports: str, prefix: str = "0.0.0.0/0") -> str:
    return f"ingress from {prefix} on {ports}; name the networks that may come in"


@pytest.mark.parametrize(
    ("kind", "properties", "expected"),
    [
        (types.INGRESS_RULE, ingress_rule(cidrIpv4="10.0.0.0/8"), []),
        (types.INGRESS_RULE, ingress_rule(referencedSecurityGroupId=UNKNOWN), []),
        (types.INGRESS_RULE, ingress_rule(cidrIpv4="0.0.0.0/0"), [open_to_all("tcp 443")]),
        (types.INGRESS_RULE, ingress_rule(cidrIpv6="::/0"), [open_to_all("tcp 443", "::/0")]),
        (types.INGRESS_RULE, ingress_rule(cidrIpv4="128.0.0.0/1"), [open_to_all("tcp 443", "128.0.0.0/1")]),
        (types.INGRESS_RULE, {"ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"}, [open_to_all("everything")]),
        (types.INGRESS_RULE, ingress_rule(cidrIpv4="everyone"), ["ingress from everyone, which is not a prefix"]),
        (types.INGRESS_RULE, ingress_rule(cidrIpv4=UNKNOWN), [not_evaluated("cidrIpv4")]),
        (
            types.INGRESS_RULE,
            ingress_rule(cidrIpv4="0.0.0.0/0", fromPort=UNKNOWN),
            [open_to_all("ports that are known only after deployment")],
        ),
        (types.EGRESS_RULE, ingress_rule(cidrIpv4="0.0.0.0/0"), []),
        (types.SECURITY_GROUP, {}, []),
        (types.SECURITY_GROUP, inline(cidrBlocks=["10.0.0.0/8"], ipv6CidrBlocks=None), []),
        (types.SECURITY_GROUP, inline(cidrBlocks=["10.0.0.0/8", "0.0.0.0/0"]), [open_to_all("tcp 22")]),
        (
            types.SECURITY_GROUP,
            inline(cidrBlocks=[UNKNOWN, "0.0.0.0/0"]),
            [not_evaluated("ingress.0.cidrBlocks.0"), open_to_all("tcp 22")],
        ),
        (types.SECURITY_GROUP, {"ingress": UNKNOWN}, [not_evaluated("ingress")]),
        (types.SECURITY_GROUP, {"ingress": [UNKNOWN]}, [not_evaluated("ingress.0")]),
        (types.SECURITY_GROUP, inline(cidrBlocks=UNKNOWN), [not_evaluated("ingress.0.cidrBlocks")]),
        (types.DEFAULT_SECURITY_GROUP, inline(ipv6CidrBlocks=["::/0"]), [open_to_all("tcp 22", "::/0")]),
        (
            types.SECURITY_GROUP_RULE,
            {"type": "ingress", "protocol": "udp", "fromPort": 1, "toPort": 9, "cidrBlocks": ["0.0.0.0/0"]},
            [open_to_all("udp 1-9")],
        ),
        (types.SECURITY_GROUP_RULE, {"type": "egress", "protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}, []),
        (types.SECURITY_GROUP_RULE, {"type": UNKNOWN, "cidrBlocks": []}, [not_evaluated("type")]),
    ],
)  # fmt: skip
def test_no_open_ingress(kind: str, properties: Properties, expected: list[str]) -> None:
    assert judged(no_open_ingress.POLICY, kind, properties) == expected


@pytest.mark.parametrize(
    ("change", "passes"),
    [
        ({}, True),
        ({"fromPort": 80, "toPort": 80}, True),
        ({"fromPort": 80, "toPort": 443}, False),
        ({"ipProtocol": "-1", "fromPort": None, "toPort": None}, False),
        ({"ipProtocol": "icmp", "fromPort": -1, "toPort": -1}, False),
    ],
)
def test_ports_that_may_be_open(change: Properties, passes: bool) -> None:
    properties = ingress_rule(cidrIpv4="0.0.0.0/0", **change)
    found = judged(no_open_ingress.POLICY, types.INGRESS_RULE, properties, allowedPorts=[80.0, 443.0])
    assert (found == []) is passes


def test_an_unknown_port_is_not_taken_as_allowed() -> None:
    properties = ingress_rule(cidrIpv4="0.0.0.0/0", toPort=UNKNOWN)
    found = judged(no_open_ingress.POLICY, types.INGRESS_RULE, properties, allowedPorts=[443])
    assert found == [not_evaluated("toPort")]


@given(st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_only_prefixes_wider_than_a_slash_8_are_everyone(address: int, length: int) -> None:
    prefix = str(IPv4Network((address, length), strict=False))
    found = judged(no_open_ingress.POLICY, types.INGRESS_RULE, ingress_rule(cidrIpv4=prefix))
    assert (found == []) == (length >= 8)


# --- vpc-flow-logs --------------------------------------------------------------------------------------------------


def vpc(name: str = "web", **properties: Any) -> PolicyResource:
    return member(types.VPC, name, {"id": UNKNOWN, "tags": {"hubspoke:component": name}, **properties})


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("ALL", []),
        ("REJECT", []),
        ("ACCEPT", [("web", "its flow logs hold ACCEPT traffic only; one must hold ALL or REJECT")]),
        (UNKNOWN, [("web", not_evaluated("trafficType"))]),
    ],
)
def test_a_planned_vpc_s_flow_log_is_found_by_what_it_is_made_from(kind: str, expected: list[Any]) -> None:
    network = vpc()
    log = member(types.FLOW_LOG, "log", {"trafficType": kind}, vpcId=network)
    assert judged_stack(vpc_flow_logs.POLICY, [network, log]) == expected


def test_an_observed_vpc_s_flow_log_is_found_by_id() -> None:
    web, db = vpc("web", id="vpc-1"), vpc("db", id="vpc-2")
    log = member(types.FLOW_LOG, "log", {"trafficType": "ALL", "vpcId": "vpc-1"})
    missing = "it has no flow log for ALL or REJECT traffic"
    assert judged_stack(vpc_flow_logs.POLICY, [web, db, log]) == [("db", missing)]
    assert judged_stack(vpc_flow_logs.POLICY, [web, db, log], exempt=["db"]) == []


def test_a_flow_log_of_something_else_does_not_count() -> None:
    subnet_log = member(types.FLOW_LOG, "log", {"trafficType": "ALL", "subnetId": "subnet-1"})
    found = judged_stack(vpc_flow_logs.POLICY, [vpc(), subnet_log])
    assert found == [("web", "it has no flow log for ALL or REJECT traffic")]


def test_a_flow_log_that_cannot_be_resolved_is_said() -> None:
    log = member(types.FLOW_LOG, "log", {"trafficType": "ALL", "vpcId": UNKNOWN})
    assert judged_stack(vpc_flow_logs.POLICY, [vpc(), log]) == [
        ("log", not_evaluated("vpcId")),
        ("web", "it has no flow log for ALL or REJECT traffic"),
    ]


def test_an_adopted_vpc_is_not_judged() -> None:
    adopted = vpc("old", id="vpc-9", tags={"Name": "legacy"})
    assert judged_stack(vpc_flow_logs.POLICY, [adopted]) == []
    assert len(judged_stack(vpc_flow_logs.POLICY, [adopted], managedTag="")) == 1
    assert len(judged_stack(vpc_flow_logs.POLICY, [vpc(tags=UNKNOWN)])) == 1  # in doubt it is judged


# --- required-tags --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", types.TAGGED)
def test_required_tags(tags: dict[str, str], kind: str) -> None:
    assert judged(required_tags.POLICY, kind, {"tags": tags}) == []
    assert judged(required_tags.POLICY, kind, {}) == ["tags missing: Name, hubspoke:wan, hubspoke:component, owner"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"owner": ""}, ["tag missing: owner"]),
        ({"owner": None}, ["tag missing: owner"]),
        ({"owner": UNKNOWN}, []),  # it has a value, whatever it will be
        ({"more": "x"}, []),
    ],
)
def test_a_tag_needs_a_value(tags: dict[str, str], change: Properties, expected: list[str]) -> None:
    assert judged(required_tags.POLICY, types.VPC, {"tags": {**tags, **change}}) == expected


def test_unknown_tags_are_not_taken_as_there() -> None:
    assert judged(required_tags.POLICY, types.VPC, {"tags": UNKNOWN}) == [not_evaluated("tags")]
    assert judged(required_tags.POLICY, types.VPC, {"tags": UNKNOWN}, tags=[]) == []


@pytest.mark.parametrize("default", [{"tags": {"owner": "x"}}, '{"tags": {"owner": "x"}}'])
def test_a_provider_s_default_tags_count(default: Any) -> None:
    provider = {"defaultTags": default}
    assert judged(required_tags.POLICY, types.VPC, {}, provider=provider, tags=["owner"]) == []
    assert judged(required_tags.POLICY, types.VPC, {}, provider=provider, tags=["Name"]) == ["tag missing: Name"]
    assert judged(required_tags.POLICY, types.VPC, {}, provider={"defaultTags": UNKNOWN}, tags=["Name"]) == [
        not_evaluated("defaultTags")
    ]


# --- protect-gateways -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [types.TRANSIT_GATEWAY, types.VPN_CONNECTION])
def test_protect_gateways(kind: str) -> None:
    assert judged(protect_gateways.POLICY, kind, {"id": UNKNOWN}, protect=True) == []
    assert judged(protect_gateways.POLICY, kind, {"id": UNKNOWN}) == ["it is not protected from deletion"]
