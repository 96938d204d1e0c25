"""AwsOnRamp: a VPC on a virtual private gateway of its own, new or there before, static or by BGP."""

import json
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hubspoke.local.engine import EngineError

if TYPE_CHECKING:
    from tests.components.conftest import Lab

ACCOUNT, VPC = "321098765432", "vpc-0a1b2c3d4e5f67890"
ROUTES = [
    {"key": f"branch-{end}", "prefix": "10.16.32.0/20", "nexthop": f"169.254.240.{last}", "priority": 100}
    for end, last in (("e1-a", 33), ("e1-b", 37), ("e2-a", 41), ("e2-b", 45))
]
ADOPTED = {
    "network": VPC,
    "subnets": {"a": "subnet-0a11b22c33d44e55f"},
    "route_tables": {"private": "rtb-0c1d2e3f405162738", "database": "rtb-0d9e8f7a6b5c4d3e2"},
}
Golden = Callable[[str, str], None]


def program(lab: "Lab", **changes: Any) -> Callable[[], object]:
    def made() -> None:
        import pulumi

        onramp = lab.onramp([lab.aws("apps", ACCOUNT), lab.cloudflare()], **changes)
        pulumi.export("onramp", onramp.outputs())

    return made


def text(children: dict[str, Any]) -> str:
    return json.dumps(children, indent=1, sort_keys=True) + "\n"


def gateway_there(lab: "Lab", vpc: str | None = VPC, asn: str = "64520") -> str:
    """A gateway that somebody made before."""
    lab.world.clouds.create(
        ACCOUNT, "us-east-1", "aws:ec2/vpnGateway:VpnGateway", {"amazonSideAsn": asn}, "vgw-0aa11bb22cc33dd44"
    )
    if vpc:
        both = {"vpcId": vpc, "vpnGatewayId": "vgw-0aa11bb22cc33dd44"}
        lab.world.clouds.create(ACCOUNT, "us-east-1", "aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment", both)
    return "vgw-0aa11bb22cc33dd44"


def test_a_new_network_with_static_routes(lab: "Lab", golden: Golden) -> None:
    made = lab.children(program(lab, cloudflare_routes=ROUTES))
    golden("golden/onramp-static.json", text(made))


def test_an_adopted_network_with_its_gateway_and_bgp(lab: "Lab", golden: Golden) -> None:
    gateway = gateway_there(lab)
    before = lab.world.held()
    bgp = program(lab, routing="bgp", adopted=ADOPTED, subnets=[], gateway=gateway, cidr="10.8.0.0/20", protect=False)
    golden("golden/onramp-adopted-bgp.json", text(lab.children(bgp)))
    assert {key: value for key, value in lab.world.held().items() if key in before} == before
    lab.world.run("destroy", "lab")
    assert lab.world.held() == before, "what was there is left as it was"


def test_a_second_gateway_on_one_network_is_refused_by_the_cloud(lab: "Lab") -> None:
    gateway_there(lab)
    with pytest.raises(EngineError, match="VpnGatewayAttachmentLimitExceeded"):
        lab.world.up("lab", program(lab, adopted=ADOPTED, subnets=[], cidr="10.8.0.0/20"))


def test_a_gateway_of_no_network_is_refused_before_anything_is_made(lab: "Lab") -> None:
    gateway = gateway_there(lab, vpc=None)
    adopting = program(lab, adopted=ADOPTED, subnets=[], gateway=gateway, cidr="10.8.0.0/20")
    with pytest.raises(EngineError, match=f"gateway {gateway} is attached to no network, not to {VPC}") as caught:
        lab.world.run("preview", "lab", program=adopting)
    assert "Traceback" not in str(caught.value)


def test_a_gateway_with_another_asn_is_refused_where_bgp_is_spoken(lab: "Lab") -> None:
    adopting: dict[str, Any] = {
        "adopted": ADOPTED,
        "subnets": [],
        "gateway": gateway_there(lab, asn="64999"),
        "cidr": "10.8.0.0/20",
    }
    with pytest.raises(EngineError, match="has ASN 64999, not 64520: write `asn: 64999`"):
        lab.world.run("preview", "lab", program=program(lab, routing="bgp", **adopting))
    lab.world.run("preview", "lab", program=program(lab, **adopting))


def test_up_again_changes_nothing_and_refresh_finds_nothing(lab: "Lab") -> None:
    static = program(lab, cloudflare_routes=ROUTES, protect=False)
    before = lab.world.held()
    lab.world.up("lab", static)
    held = lab.world.held()
    assert lab.world.up("lab", static).changed == {}
    lab.world.run("refresh", "lab")
    assert lab.world.up("lab", static).changed == {}
    assert lab.world.held() == held
    lab.world.run("destroy", "lab")
    assert lab.world.held() == before


def test_what_was_edited_behind_its_back_is_put_back(lab: "Lab") -> None:
    static = program(lab, cloudflare_routes=ROUTES, protect=False)
    lab.world.up("lab", static)
    clouds = lab.world.clouds
    held = lab.world.held()
    (propagation,) = clouds.records(type_="aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation")
    vpn = clouds.records(type_="aws:ec2/vpnConnection:VpnConnection")[0]
    clouds.delete(propagation.id, type_=propagation.type)
    clouds.edit(vpn.id, {"tunnel1Phase1LifetimeSeconds": 900}, type_=vpn.type)
    assert lab.world.held() != held
    ran = lab.world.up("lab", static, refresh=True)
    kinds = Counter((urn.split("$")[-1].split("::")[0].rsplit(":", 1)[-1], op) for urn, op in ran.changed.items())
    assert kinds == {("VpnGatewayRoutePropagation", "create"): 1, ("VpnConnection", "update"): 1}
    assert lab.world.held() == held


def test_the_routes_of_a_network_are_the_wans_and_stay_when_another_prefix_joins(lab: "Lab") -> None:
    lab.world.up("lab", program(lab, cloudflare_routes=ROUTES))
    ran = lab.world.up(
        "lab",
        program(lab, cloudflare_routes=ROUTES, wan_prefixes=["10.0.0.0/8", "172.16.0.0/16", "192.168.64.0/18"]),
    )
    names = {urn.rsplit("::", 1)[-1]: op for urn, op in ran.changed.items()}
    assert names == {"branch/e1/172.16.0.0/16": "create", "branch/e2/172.16.0.0/16": "create"}
