"""On-ramps, peerings and Cloudflare's own components made through the plugin, each fed by another's outputs."""

from typing import TYPE_CHECKING, Any

import pytest
from hubspoke.local.engine.values import UNKNOWN, Output

from tests.components.conftest import CLOUDFLARE, HUB_ACCOUNT, SPOKE_ACCOUNT, Lab, hub_args, onramp_args
from tests.components.test_aws_onramp import ROUTES
from tests.components.test_aws_peering import THERE, far_hub_args
from tests.components.test_cloudflare_firewall import ARGS as FIREWALL
from tests.conftest import make_world
from tests.hosting.host import Hosted
from tests.hosting.making import camel, kept, make, part, preview, renamed, run

if TYPE_CHECKING:
    from tests.conftest import World

PEERING, FIREWALL_NAME = "hubspoke:index:AwsPeering atlantic", "hubspoke:index:CloudflareFirewall firewall"
ONRAMP, AT_CLOUDFLARE = "hubspoke:index:AwsOnRamp branch", "hubspoke:index:CloudflareOnRamp factory"
TUNNELS = [
    {"key": "factory-e1", "endpoint": "162.159.64.41", "inside_cidr": "169.254.241.0/31",
     "cloudflare_address": "169.254.241.1", "customer_endpoint": "203.0.113.7", "health_check": {"type": "reply"}},
    {"key": "factory-e2", "endpoint": "162.159.66.41", "inside_cidr": "169.254.241.2/31",
     "cloudflare_address": "169.254.241.3", "customer_endpoint": "203.0.113.7"},
]  # fmt: skip


def side(hub: str, region: str, made: dict[str, Output], *routes: tuple[str, str]) -> dict[str, Any]:
    wanted = [{"segment": segment, "prefix": prefix} for segment, prefix in routes]
    ids = {key: made[key] for key in ("transitGatewayId", "routeTables")}
    return {"hub": hub, "region": region, "routes": wanted, **ids}


async def _peer(host: Hosted, lab: Lab, cloudflare: Any) -> None:
    here, there = lab.aws("here", HUB_ACCOUNT), lab.aws("there", THERE)
    _, near = await make(host, "AwsHub", "use1", camel(hub_args() | {"protect": False}), [here, cloudflare])
    _, far = await make(host, "AwsHub", "euc1", camel(far_hub_args()), [there, cloudflare])
    args = {
        "here": side("use1", "us-east-1", near, ("prod", "10.64.0.0/20"), ("shared", "10.64.0.0/20")),
        "there": side("euc1", "eu-central-1", far, ("prod", "10.16.32.0/20")),
        "accountId": THERE,
        "peerRoleArn": f"arn:aws:iam::{THERE}:role/hubspoke",
        "tags": {"owner": "network-team"},
    }
    await make(host, "AwsPeering", "atlantic", args, [here])


async def _join_factory(host: Hosted, cloudflare: Any, psk: Output) -> None:
    tunnels = [camel(tunnel) | {"psk": psk} for tunnel in TUNNELS]
    args = {
        "tunnels": tunnels,
        "cloudflare": {"account": CLOUDFLARE, "asn": 13335},
        "bgpAsn": 64700,
        "filters": {"accepted": ["10.200.0.0/16"], "told": ["10.0.0.0/8"]},
    }
    await make(host, "CloudflareOnRamp", "factory", args, [cloudflare])


async def _all(host: Hosted, lab: Lab, psk: Output) -> None:
    """All of them, of one plugin."""
    cloudflare = lab.cloudflare()
    await _peer(host, lab, cloudflare)
    onramp = camel(onramp_args() | {"cloudflare_routes": ROUTES})
    await make(host, "AwsOnRamp", "branch", onramp, [lab.aws("apps", SPOKE_ACCOUNT), cloudflare])
    await make(host, "CloudflareFirewall", "firewall", camel(FIREWALL), [cloudflare])
    await _join_factory(host, cloudflare, psk)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    world = make_world(tmp_path_factory.mktemp("aws") / "project")
    return run(world, lambda host: _all(host, Lab(world), Output("k-of-the-factory", secret=True)))


def test_a_preview_plans_the_same_with_ids_and_keys_unknown(made: dict[str, Any], world: "World") -> None:
    unknown = Output(UNKNOWN, known=False, secret=True)
    assert preview(world, lambda host: _all(host, Lab(world), unknown)) == set(made)


@pytest.mark.parametrize(("golden", "component"), [("onramp-static.json", ONRAMP), ("firewall.json", FIREWALL_NAME)])
def test_it_makes_the_same_as_in_a_python_program(made: dict[str, Any], golden: str, component: str) -> None:
    assert part(made, component) == part(kept(golden), component)


def test_a_peering_assumes_a_role_in_the_other_account(made: dict[str, Any]) -> None:
    peering = part(made, PEERING)
    assert "pulumi:providers:aws atlantic-peer" in peering
    del peering["pulumi:providers:aws atlantic-peer"]
    assert peering == renamed(part(kept("peering.json"), PEERING), "there", "atlantic-peer")


def test_anything_with_ipsec_is_joined_by_its_tunnels_alone(made: dict[str, Any]) -> None:
    joined = part(made, AT_CLOUDFLARE)
    tunnel = "cloudflare:index/magicWanIpsecTunnel:MagicWanIpsecTunnel"
    first, second = (joined.pop(f"{tunnel} factory-{end}")["inputs"] for end in ("e1", "e2"))
    profiles = {child["inputs"]["name"]: child["inputs"]["targets"] for child in joined.values()}
    assert profiles == {"factory import": ["10.200.0.0/16+"], "factory export": ["10.0.0.0/8+"]}
    assert (first["psk"], first["interfaceAddress"], first["customerEndpoint"]) == (
        "[secret]", "169.254.241.1/31", "203.0.113.7",
    )  # fmt: skip
    assert (first["healthCheck"]["type"], second["healthCheck"]["type"]) == ("reply", "request")
    assert first["bgp"]["customerAsn"] == 64700
