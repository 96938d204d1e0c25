"""VPN connections: their tunnels' options, addresses, keys, and what they hang on."""

from collections.abc import Callable
from typing import Any

import pytest
from hubspoke.local.clouds.aws import sources as aws
from hubspoke.local.clouds.protocol import DiffKind
from hubspoke.local.clouds.testing import CloudAccount, Made

from tests.local.clouds.attempts import refusal


@pytest.fixture
def customer(hub: CloudAccount) -> Made:
    return hub.create(aws.CUSTOMER_GATEWAY, type="ipsec.1", ipAddress="192.0.2.1", bgpAsn="13335")


@pytest.fixture
def gateway(hub: CloudAccount, make_gateway: Callable[..., Made]) -> Made:
    return make_gateway(hub, amazonSideAsn=64600)


Connect = Callable[..., Made]


@pytest.fixture
def connect(hub: CloudAccount, customer: Made, gateway: Made) -> Connect:
    def make(**inputs: Any) -> Made:
        given = {"type": "ipsec.1", "customerGatewayId": customer.id, "transitGatewayId": gateway.id}
        return hub.create(aws.VPN_CONNECTION, **{**given, **inputs})

    return make


def test_a_connection_has_two_tunnels_with_addresses_of_their_own(connect: Connect) -> None:
    made = connect(tunnel1InsideCidr="169.254.240.0/30", tunnel1PresharedKey="secret_1.x")
    out = made.outputs
    assert out["tunnel1InsideCidr"] == "169.254.240.0/30"
    assert (out["tunnel1VgwInsideAddress"], out["tunnel1CgwInsideAddress"]) == ("169.254.240.1", "169.254.240.2")
    assert out["tunnel1PresharedKey"] == "secret_1.x"
    assert len(out["tunnel2PresharedKey"]) == 32
    assert (out["tunnel1BgpAsn"], out["tunnel1BgpHoldtime"]) == ("64600", 30)
    assert out["tunnel1Address"] != out["tunnel2Address"]
    assert out["transitGatewayAttachmentId"].startswith("tgw-attach-")
    assert [t["status"] for t in out["vgwTelemetries"]] == ["UP", "UP"]
    assert "<pre_shared_key>secret_1.x</pre_shared_key>" in out["customerGatewayConfiguration"]


def test_no_two_connections_share_an_outside_address(connect: Connect) -> None:
    made = [connect() for _ in range(5)]
    assert len({m.outputs[f"tunnel{n}Address"] for m in made for n in (1, 2)}) == 10


def test_inside_blocks_are_unique_on_a_gateway(connect: Connect, hub: CloudAccount) -> None:
    connect(tunnel1InsideCidr="169.254.240.0/30", tunnel2InsideCidr="169.254.240.4/30")
    with refusal("InvalidParameterValue"):
        connect(tunnel1InsideCidr="169.254.240.4/30")
    with refusal("InvalidParameterValue"):
        connect(tunnel1InsideCidr="169.254.240.8/30", tunnel2InsideCidr="169.254.240.8/30")
    other = hub.create(aws.TRANSIT_GATEWAY)
    connect(tunnel1InsideCidr="169.254.240.4/30", transitGatewayId=other.id)


@pytest.mark.parametrize(
    "cidr", [*(f"169.254.{n}.0/30" for n in range(6)), "169.254.169.252/30", "10.0.0.0/30", "169.254.240.0/29"]
)
def test_inside_blocks_that_aws_refuses(hub: CloudAccount, cidr: str) -> None:
    given = {"type": "ipsec.1", "customerGatewayId": "cgw-0"}
    assert len(hub.failures(aws.VPN_CONNECTION, **given, tunnel2InsideCidr=cidr)) == 1
    assert hub.failures(aws.VPN_CONNECTION, **given, tunnel2InsideCidr="169.254.240.0/30") == []


@pytest.mark.parametrize(("key", "problem"), [
    ("short77", "expected length"), ("x" * 65, "expected length"), ("0startsWithZero", "cannot start with zero"),
    ("has-a-dash", "can only contain"), ("has a space", "can only contain"),
])  # fmt: skip
def test_keys_that_aws_refuses_are_not_repeated(hub: CloudAccount, key: str, problem: str) -> None:
    given = {"type": "ipsec.1", "customerGatewayId": "cgw-0"}
    [reason] = hub.failures(aws.VPN_CONNECTION, **given, tunnel1PresharedKey=key)
    assert reason.startswith(problem)
    assert key not in reason
    assert hub.failures(aws.VPN_CONNECTION, **given, tunnel1PresharedKey="Good_key.8") == []


GOOD_AND_BAD = [
    ("DpdTimeoutAction", "restart", "reboot"), ("DpdTimeoutSeconds", 30, 29), ("IkeVersions", ["ikev2"], ["ikev3"]),
    ("Phase1DhGroupNumbers", [20], [5]), ("Phase2DhGroupNumbers", [5], [25]),
    ("Phase1EncryptionAlgorithms", ["AES256-GCM-16"], ["3DES"]),
    ("Phase2EncryptionAlgorithms", ["AES128"], ["DES"]), ("Phase1IntegrityAlgorithms", ["SHA2-256"], ["MD5"]),
    ("Phase2IntegrityAlgorithms", ["SHA2-512"], ["MD5"]), ("Phase1LifetimeSeconds", 28800, 28801),
    ("Phase2LifetimeSeconds", 900, 899), ("RekeyFuzzPercentage", 0, 101), ("RekeyMarginTimeSeconds", 60, 59),
    ("ReplayWindowSize", 2048, 2049), ("StartupAction", "start", "go"),
]  # fmt: skip


@pytest.mark.parametrize("tunnel", ["tunnel1", "tunnel2"])
@pytest.mark.parametrize(("option", "good", "bad"), GOOD_AND_BAD)
def test_tunnel_options(hub: CloudAccount, tunnel: str, option: str, good: Any, bad: Any) -> None:
    given = {"type": "ipsec.1", "customerGatewayId": "cgw-0"}
    assert hub.failures(aws.VPN_CONNECTION, **given, **{tunnel + option: good}) == []
    assert len(hub.failures(aws.VPN_CONNECTION, **given, **{tunnel + option: bad})) == 1


def test_what_changes_in_place_and_what_does_not(connect: Connect, hub: CloudAccount, gateway: Made) -> None:
    made = connect(tunnel1InsideCidr="169.254.240.0/30", tunnel1PresharedKey="first_key")
    base = {"type": "ipsec.1", "customerGatewayId": made.inputs["customerGatewayId"], "transitGatewayId": gateway.id}
    key = hub.diff(made, **base, tunnel1InsideCidr="169.254.240.0/30", tunnel1PresharedKey="second_key")
    assert key.detailed == {"tunnel1PresharedKey": DiffKind.UPDATE}
    inside = hub.diff(made, **base, tunnel1InsideCidr="169.254.240.4/30", tunnel1PresharedKey="first_key")
    assert inside.replaces == ("tunnel1InsideCidr",)
    static = {"tunnel1InsideCidr": "169.254.240.0/30", "tunnel1PresharedKey": "first_key", "staticRoutesOnly": True}
    assert hub.diff(made, **base, **static).replaces == ("staticRoutesOnly",)


def test_an_update_keeps_what_was_assigned(connect: Connect, hub: CloudAccount) -> None:
    made = connect(tunnel1PresharedKey="first_key")
    changed = hub.update(made, tunnel1PresharedKey="second_key")
    same = (
        "tunnel1Address",
        "tunnel2Address",
        "tunnel2PresharedKey",
        "transitGatewayAttachmentId",
        "tunnel1InsideCidr",
    )
    assert {n: changed.outputs[n] for n in same} == {n: made.outputs[n] for n in same}
    assert changed.outputs["tunnel1PresharedKey"] == "second_key"
    assert hub.seen(changed).outputs == changed.outputs


def test_connections_hang_on_what_exists(connect: Connect, spoke: CloudAccount, gateway: Made) -> None:
    with refusal("InvalidCustomerGatewayID.NotFound"):
        connect(customerGatewayId="cgw-0")
    with refusal("InvalidTransitGatewayID.NotFound"):
        connect(transitGatewayId="tgw-0")
    with refusal("InvalidVpnGatewayID.NotFound"):
        connect(transitGatewayId=None, vpnGatewayId="vgw-0")
    theirs = spoke.create(aws.CUSTOMER_GATEWAY, type="ipsec.1", ipAddress="192.0.2.1", bgpAsn="13335")
    with refusal("InvalidTransitGatewayID.NotFound"):
        spoke.create(aws.VPN_CONNECTION, type="ipsec.1", customerGatewayId=theirs.id, transitGatewayId=gateway.id)


def test_one_gateway_at_most(connect: Connect, hub: CloudAccount) -> None:
    private = hub.create(aws.VPN_GATEWAY)
    with refusal("InvalidParameterCombination"):
        connect(vpnGatewayId=private.id)
    with refusal("InvalidParameterCombination"):
        connect(transitGatewayId=None, vpnGatewayId=private.id, enableAcceleration=True)
    made = connect(transitGatewayId=None, vpnGatewayId=private.id)
    assert (made.outputs["transitGatewayAttachmentId"], made.outputs["tunnel1BgpAsn"]) == ("", "64512")


def test_what_a_connection_uses_stays(connect: Connect, hub: CloudAccount, customer: Made, gateway: Made) -> None:
    made = connect()
    for used in (customer, gateway):
        with refusal("IncorrectState"):
            hub.delete(used)
    hub.delete(made)
    hub.delete(customer)
    hub.delete(gateway)


def test_a_connections_attachment_works_and_goes_with_it(connect: Connect, hub: CloudAccount, gateway: Made) -> None:
    made = connect()
    attachment = made.outputs["transitGatewayAttachmentId"]
    table = hub.create(aws.TGW_ROUTE_TABLE, transitGatewayId=gateway.id)
    ids = {"transitGatewayRouteTableId": table.id, "transitGatewayAttachmentId": attachment}
    association = hub.create(aws.TGW_ASSOCIATION, **ids)
    hub.create(aws.TGW_ROUTE, **ids, destinationCidrBlock="10.0.0.0/8")
    assert (association.outputs["resourceType"], association.outputs["resourceId"]) == ("vpn", made.id)
    hub.delete(made)
    assert hub.read(association) is None


def test_customer_gateways(hub: CloudAccount) -> None:
    given = {"type": "ipsec.1", "ipAddress": "192.0.2.1", "bgpAsn": "13335"}
    made = hub.create(aws.CUSTOMER_GATEWAY, **given)
    assert hub.diff(made, **{**given, "ipAddress": "192.0.2.2"}).replaces == ("ipAddress",)
    assert len(hub.failures(aws.CUSTOMER_GATEWAY, **{**given, "ipAddress": "host"})) == 1
    assert len(hub.failures(aws.CUSTOMER_GATEWAY, **{**given, "bgpAsn": "4294967296"})) == 1
    assert len(hub.failures(aws.CUSTOMER_GATEWAY, **{**given, "type": "ipsec.2"})) == 1


def test_static_routes_of_a_connection(connect: Connect, hub: CloudAccount) -> None:
    bgp, static = connect(), connect(staticRoutesOnly=True)
    with refusal("InvalidParameterCombination"):
        hub.create(aws.VPN_CONNECTION_ROUTE, vpnConnectionId=bgp.id, destinationCidrBlock="10.0.0.0/8")
    made = hub.create(aws.VPN_CONNECTION_ROUTE, vpnConnectionId=static.id, destinationCidrBlock="10.0.0.0/8")
    assert hub.seen(static).outputs["routes"] == [
        {"destinationCidrBlock": "10.0.0.0/8", "source": "Static", "state": "available"}
    ]
    with refusal("RouteAlreadyExists"):
        hub.create(aws.VPN_CONNECTION_ROUTE, vpnConnectionId=static.id, destinationCidrBlock="10.0.0.0/8")
    hub.delete(static)
    assert hub.read(made) is None


def test_a_network_has_one_private_gateway(hub: CloudAccount) -> None:
    vpc = hub.create(aws.VPC, cidrBlock="10.0.0.0/16")
    first, second = hub.create(aws.VPN_GATEWAY), hub.create(aws.VPN_GATEWAY)
    attached = hub.create(aws.VPN_GATEWAY_ATTACHMENT, vpcId=vpc.id, vpnGatewayId=first.id)
    assert hub.seen(first).outputs["vpcId"] == vpc.id
    with refusal("VpnGatewayAttachmentLimitExceeded"):
        hub.create(aws.VPN_GATEWAY_ATTACHMENT, vpcId=vpc.id, vpnGatewayId=second.id)
    with refusal("VpnGatewayAttachmentLimitExceeded"):
        hub.create(aws.VPN_GATEWAY, vpcId=vpc.id)
    with refusal("IncorrectState"):
        hub.delete(first)
    hub.delete(attached)
    hub.delete(first)


def test_keys_in_secrets_manager_are_no_longer_told(connect: Connect, hub: CloudAccount) -> None:
    keys = {"tunnel1PresharedKey": "first_key_1", "tunnel2PresharedKey": "first_key_2"}
    made = connect(presharedKeyStorage="SecretsManager", **keys)
    assert made.outputs["presharedKeyArn"] == f"arn:aws:secretsmanager:eu-west-1:111111111111:secret:s2svpn!{made.id}"
    assert "first_key" not in made.outputs["customerGatewayConfiguration"]
    seen = hub.seen(made)
    assert {name: seen.outputs[name] for name in keys} == keys, "what the state knew"
    imported = hub.provider.read("u", aws.VPN_CONNECTION, made.id, None, None)
    assert imported is not None
    assert not set(keys) & {*imported.inputs, *imported.outputs}


def test_keys_move_to_secrets_manager_in_place(connect: Connect, hub: CloudAccount) -> None:
    made = connect(presharedKeyStorage="Standard", tunnel1PresharedKey="first_key_1")
    assert made.outputs["presharedKeyArn"] == ""
    assert hub.diff(made, **{**made.inputs, "presharedKeyStorage": "SecretsManager"}).replaces == ()
    moved = hub.update(made, presharedKeyStorage="SecretsManager")
    assert (moved.outputs["tunnel1Address"], "first_key" in moved.outputs["customerGatewayConfiguration"]) == (
        made.outputs["tunnel1Address"], False,
    )  # fmt: skip
