"""The rules on Azure and Google Cloud: by the same names, each with what passes, what fails and what is not known."""

from typing import Any

import pytest
from pulumi_policy import PolicyResource
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE as UNKNOWN
from rules import (
    no_open_ingress,
    protect_gateways,
    redundant_tunnels,
    required_tags,
    strong_ipsec,
    tunnel_inside_addresses,
    types,
    vpc_flow_logs,
)

from tests.policies.judging import judged, judged_stack, member, not_evaluated

Properties = dict[str, Any]
TAGS = {"hubspoke:wan": "m", "hubspoke:component": "AzureHub/weu", "owner": "n"}
LABELS = {"hubspoke-wan": "m", "hubspoke-component": "gcphub_euw4", "owner": "n"}
POLICY = {
    "ikeEncryption": "AES256", "ikeIntegrity": "SHA256", "dhGroup": "ECP384", "ipsecEncryption": "AES256",
    "ipsecIntegrity": "SHA256", "pfsGroup": "ECP384", "saLifeTimeSeconds": 28800, "saDataSizeKilobytes": 0,
}  # fmt: skip
CIPHERS = {
    "phase1": {"encryptions": ["AES-GCM-16-256"], "prves": ["PRF-HMAC-SHA2-256"], "dhs": ["Group-20"]},
    "phase2": {"encryptions": ["AES-GCM-16-256"], "pfs": ["Group-20"]},
}


def everyone(prefix: str, what: str) -> list[str]:
    return [f"ingress from {prefix} on {what}; name the networks that may come in"]


# --- no-open-ingress ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"sourceAddressPrefix": "VirtualNetwork"}, []),  # a tag that names networks
        ({"sourceAddressPrefix": "*"}, everyone("0.0.0.0/0", "tcp 443")),
        ({"sourceAddressPrefix": "Internet", "access": "Deny"}, []),
        ({"sourceAddressPrefix": "Internet", "direction": "Outbound"}, []),
        ({"sourceAddressPrefix": None, "sourceAddressPrefixes": ["10.0.0.0/20", "0.0.0.0/1"]},
         everyone("0.0.0.0/1", "tcp 443")),
        ({"sourceAddressPrefix": "*", "protocol": "*", "destinationPortRange": "*"}, everyone("0.0.0.0/0", "everything")),
        ({"sourceAddressPrefix": "*", "destinationPortRange": "80-90"}, everyone("0.0.0.0/0", "tcp 80-90")),
        ({"sourceAddressPrefix": UNKNOWN}, [not_evaluated("sourceAddressPrefix")]),
    ],
)  # fmt: skip
def test_no_open_ingress_on_azure(change: Properties, expected: list[str]) -> None:
    rule = {
        "access": "Allow", "direction": "Inbound", "protocol": "Tcp", "sourceAddressPrefix": "10.1.0.0/20",
        "destinationPortRange": "443", **change,
    }  # fmt: skip
    assert judged(no_open_ingress.POLICY, types.SECURITY_RULE, rule) == expected
    inline = [each.replace("evaluated: ", "evaluated: securityRules.0.") for each in expected]
    assert judged(no_open_ingress.POLICY, types.NETWORK_SECURITY_GROUP, {"securityRules": [rule]}) == inline


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"sourceRanges": ["0.0.0.0/0"]}, everyone("0.0.0.0/0", "tcp 443")),
        ({"sourceRanges": None}, everyone("0.0.0.0/0", "tcp 443")),
        ({"sourceRanges": None, "sourceTags": ["web"]}, []),
        ({"sourceRanges": ["::/0"], "allows": [{"protocol": "all"}]}, everyone("::/0", "everything")),
        ({"sourceRanges": ["0.0.0.0/0"], "direction": "EGRESS"}, []),
        ({"sourceRanges": UNKNOWN}, [not_evaluated("sourceRanges")]),
    ],
)
def test_no_open_ingress_on_google(change: Properties, expected: list[str]) -> None:
    firewall = {"sourceRanges": ["10.1.0.0/20"], "allows": [{"protocol": "tcp", "ports": ["443"]}], **change}
    assert judged(no_open_ingress.POLICY, types.FIREWALL, firewall) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"match": {"srcIpRanges": ["0.0.0.0/0"], "layer4Configs": [{"ipProtocol": "tcp", "ports": ["22"]}]}},
         everyone("0.0.0.0/0", "tcp 22")),
        ({"action": "deny", "match": {"srcIpRanges": ["0.0.0.0/0"], "layer4Configs": [{"ipProtocol": "all"}]}}, []),
        ({"match": UNKNOWN}, [not_evaluated("match")]),
    ],
)  # fmt: skip
def test_no_open_ingress_in_googles_firewall_policies(change: Properties, expected: list[str]) -> None:
    match = {"srcIpRanges": ["10.1.0.0/20"], "layer4Configs": [{"ipProtocol": "tcp", "ports": ["443"]}]}
    rule = {"direction": "INGRESS", "action": "allow", "match": match, **change}
    assert judged(no_open_ingress.POLICY, types.FIREWALL_RULE, rule) == expected


# --- strong-ipsec ---------------------------------------------------------------------------------------------------

WEAK = "ipsecPolicies is not set, and Azure's default admits SHA-1 and Diffie-Hellman group 2"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"ipsecPolicies": []}, [WEAK]),
        ({"ipsecPolicies": [{**POLICY, "dhGroup": "DHGroup2"}]},
         ["ipsecPolicies.0.dhGroup is DHGroup2; it must be ECP384"]),
        ({"ipsecPolicies": [{**POLICY, "saLifeTimeSeconds": 900}]},
         ["ipsecPolicies.0.saLifeTimeSeconds is 900; it must be 1800 to 28800"]),
        ({"ipsecPolicies": UNKNOWN}, [not_evaluated("ipsecPolicies")]),
    ],
)  # fmt: skip
def test_strong_ipsec_on_azure(change: Properties, expected: list[str]) -> None:
    values = {"ipsecPolicies": [POLICY], **change}
    own = {**values, "connectionMode": "InitiatorOnly"}
    assert judged(strong_ipsec.POLICY, types.VNET_CONNECTION, own) == expected
    link = {"vpnLinkConnections": [{**values, "vpnLinkConnectionMode": "InitiatorOnly"}]}
    inline = [each.replace("ipsecPolicies", "vpnLinkConnections.0.ipsecPolicies", 1) for each in expected]
    assert judged(strong_ipsec.POLICY, types.AZURE_CONNECTION, link) == inline


def test_azure_must_initiate() -> None:
    assert judged(strong_ipsec.POLICY, types.VNET_CONNECTION, {"ipsecPolicies": [POLICY]}) == [
        "connectionMode is not set; it must be InitiatorOnly"
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"ikeVersion": 1}, ["ikeVersion is 1; it must be 2"]),
        ({"cipherSuite": {**CIPHERS, "phase2": {"encryptions": ["AES-CBC-128"], "pfs": ["Group-20"]}}},
         ["cipherSuite.phase2.encryptions is AES-CBC-128; it must be AES-GCM-16-256"]),
        ({"cipherSuite": UNKNOWN}, [not_evaluated("cipherSuite")] * 5),
    ],
)  # fmt: skip
def test_strong_ipsec_on_google(change: Properties, expected: list[str]) -> None:
    tunnel = {"ikeVersion": 2, "cipherSuite": CIPHERS, **change}
    assert judged(strong_ipsec.POLICY, types.GCP_TUNNEL, tunnel) == expected


def test_what_google_would_choose_is_not_enough() -> None:
    said = judged(strong_ipsec.POLICY, types.GCP_TUNNEL, {"ikeVersion": 2})
    assert said[0] == "cipherSuite.phase1.encryptions is not set; it must be AES-GCM-16-256"
    assert len(said) == 5


# --- tunnel-inside-addresses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("169.254.240.1/30", ""),
        ("169.254.10.1/30", "is not in 169.254.240.0/20"),
        ("169.254.240.1/29", "is a /29"),
        ("x", "is not an IPv4 address"),
        (UNKNOWN, not_evaluated("ipRange")),
    ],
)
def test_inside_addresses_on_google(value: str, problem: str) -> None:
    said = judged(tunnel_inside_addresses.POLICY, types.ROUTER_INTERFACE, {"ipRange": value})
    assert len(said) == bool(problem)
    assert all(problem in each for each in said)


# --- required-tags, protect-gateways --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "name", "given"), [(types.VIRTUAL_HUB, "tags", TAGS), (types.GCP_TUNNEL, "labels", LABELS)]
)
def test_required_tags_and_labels(kind: str, name: str, given: Properties) -> None:
    word = name.removesuffix("s")
    assert judged(required_tags.POLICY, kind, {name: given}) == []
    assert judged(required_tags.POLICY, kind, {name: {**given, "owner": ""}}) == [f"{word} missing: owner"]
    assert judged(required_tags.POLICY, kind, {}) == [f"{name} missing: {', '.join(given)}"]
    assert judged(required_tags.POLICY, kind, {name: UNKNOWN}) == [not_evaluated(name)]


def test_labels_of_googles_provider_count() -> None:
    assert judged(required_tags.POLICY, types.GCP_TUNNEL, {}, provider={"defaultLabels": LABELS}) == []


@pytest.mark.parametrize("kind", [types.VIRTUAL_HUB, types.VNET_GATEWAY, types.HA_GATEWAY, types.NCC_HUB])
def test_gateways_are_protected_on_every_cloud(kind: str) -> None:
    assert judged(protect_gateways.POLICY, kind, {}, protect=True) == []
    assert judged(protect_gateways.POLICY, kind, {}) == ["it is not protected from deletion"]


# --- redundant-tunnels ----------------------------------------------------------------------------------------------


def virtual_hub(links: int, ends: list[Any]) -> list[PolicyResource]:
    """A VPN gateway with a connection of so many links, and a site with Cloudflare's addresses."""
    gateway = member(types.AZURE_VPN_GATEWAY, "weu", {"tags": TAGS})
    site = member(types.VPN_SITE, "weu", {"vpnSiteLinks": [{"ipAddress": end} for end in ends]})
    own = {"vpnLinkConnections": [{"name": f"e{n}"} for n in range(links)]}
    return [gateway, site, member(types.AZURE_CONNECTION, "weu", own, gatewayName=gateway)]


@pytest.mark.parametrize(
    ("links", "ends", "expected"),
    [
        (2, ["1.1.1.1", "2.2.2.2"], []),
        (1, ["1.1.1.1", "2.2.2.2"], ["links: 1 of 2 required"]),
        (2, ["1.1.1.1", "1.1.1.1"], ["different ends of links: 1 of 2 required"]),
        (2, ["1.1.1.1", UNKNOWN], [not_evaluated("vpnSiteLinks.1.ipAddress")]),
    ],
)
def test_redundant_tunnels_of_a_virtual_hub(links: int, ends: list[Any], expected: list[str]) -> None:
    said = judged_stack(redundant_tunnels.POLICY, virtual_hub(links, ends))
    assert [message for _, message in said] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, []),
        (False, ["activeActive is not true: one of its two instances carries everything"]),
        (UNKNOWN, [not_evaluated("activeActive")]),
    ],
)
def test_redundant_tunnels_of_a_networks_own_gateway(value: Any, expected: list[str]) -> None:
    gateway = member(types.VNET_GATEWAY, "edge", {"activeActive": value, "tags": TAGS})
    assert [message for _, message in judged_stack(redundant_tunnels.POLICY, [gateway])] == expected


@pytest.mark.parametrize(
    ("interfaces", "expected"),
    [
        ([0, 1], []),
        ([0, 0], ["interfaces with a tunnel: 1 of 2 required"]),
        ([0], ["tunnels: 1 of 2 required", "interfaces with a tunnel: 1 of 2 required"]),
        ([0, UNKNOWN], [not_evaluated("vpnGatewayInterface")]),
    ],
)
def test_redundant_tunnels_on_google(interfaces: list[Any], expected: list[str]) -> None:
    gateway = member(types.HA_GATEWAY, "euw4", {})
    tunnels = [
        member(types.GCP_TUNNEL, f"euw4-e{n}", {"vpnGatewayInterface": each}, vpnGateway=gateway)
        for n, each in enumerate(interfaces)
    ]
    said = judged_stack(redundant_tunnels.POLICY, [gateway, *tunnels])
    assert [message for _, message in said] == expected


def test_a_deployed_connections_gateway_is_the_one_that_it_is_made_from() -> None:
    """The gateway's name is part of the connection's path alone: it is among no properties once that is deployed."""
    gateways = [
        member(types.AZURE_VPN_GATEWAY, key, {"id": f"/gateways/{key}", "tags": TAGS}) for key in ("weu", "neu")
    ]
    own = {"id": "/connections/weu", "vpnLinkConnections": [{"name": "e1"}, {"name": "e2"}], "gatewayName": None}
    connection = member(types.AZURE_CONNECTION, "weu", own, gatewayName=gateways[0])
    site = member(types.VPN_SITE, "weu", {"vpnSiteLinks": [{"ipAddress": "1.1.1.1"}, {"ipAddress": "2.2.2.2"}]})
    said = judged_stack(redundant_tunnels.POLICY, [*gateways, connection, site])
    assert said == [("neu", "links: 0 of 2 required")]


# --- vpc-flow-logs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("enabled", "expected"),
    [
        (True, []),
        (False, ["it has no flow log that is enabled"]),
        (UNKNOWN, [not_evaluated("enabled"), "it has no flow log that is enabled"]),
    ],
)
def test_flow_logs_on_azure(enabled: Any, expected: list[str]) -> None:
    network = member(types.VIRTUAL_NETWORK, "web", {"tags": TAGS})
    log = member(types.AZURE_FLOW_LOG, "web", {"enabled": enabled}, targetResourceId=network)
    assert [message for _, message in judged_stack(vpc_flow_logs.POLICY, [network, log])] == expected
    assert judged_stack(vpc_flow_logs.POLICY, [network]) == [("web", "it has no flow log that is enabled")]
    assert judged_stack(vpc_flow_logs.POLICY, [member(types.VIRTUAL_NETWORK, "adopted", {"tags": {}})]) == []


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"logConfig": {"flowSampling": 0.5}}, []),
        ({}, ["logConfig is not set: it has no flow log"]),
        ({"purpose": "REGIONAL_MANAGED_PROXY"}, []),
        ({"logConfig": UNKNOWN}, [not_evaluated("logConfig")]),
    ],
)
def test_flow_logs_on_google(properties: Properties, expected: list[str]) -> None:
    said = judged_stack(vpc_flow_logs.POLICY, [member(types.SUBNETWORK, "web", properties)])
    assert [message for _, message in said] == expected
