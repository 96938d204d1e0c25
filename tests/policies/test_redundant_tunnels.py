"""The rule redundant-tunnels, on what is planned and on what is observed."""

from collections.abc import Iterable
from typing import Any

from pulumi_policy import PolicyResource
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE as UNKNOWN
from rules import redundant_tunnels, types

from tests.policies.judging import judged_stack, member, not_evaluated


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
