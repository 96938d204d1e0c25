"""Google Cloud's components made through the plugin: the same as in a Python program, each fed by another's outputs."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.components import gcp_lab
from tests.conftest import make_world
from tests.hosting.host import Hosted
from tests.hosting.making import camel, kept, make, part, preview, renamed, run

if TYPE_CHECKING:
    from tests.conftest import World

SPOKE = "hubspoke:index:GcpSpoke web"


async def _hub(host: Hosted, providers: list[Any], **changes: Any) -> tuple[str, dict[str, Any]]:
    return await make(host, "GcpHub", "euw1", camel(gcp_lab.hub_args() | changes), providers)


async def _by_bgp(host: Hosted) -> None:
    """A hub with BGP, a spoke in another project, and an on-ramp, of one plugin."""
    cloudflare = gcp_lab.cloudflare()
    network = [gcp_lab.project("network", gcp_lab.NETWORK), cloudflare]
    apps = [gcp_lab.project("apps", gcp_lab.APPS), cloudflare]
    urn, hub = await _hub(host, network, shared_with=[gcp_lab.APPS])
    ids = {key: hub[key] for key in ("hubId", "groups")}
    spoke = camel(gcp_lab.spoke_args() | {"cross_account": True}) | ids
    await make(host, "GcpSpoke", "web", spoke, apps, [urn])
    await make(host, "GcpOnRamp", "lab", camel(gcp_lab.onramp_args()), apps)


async def _static(host: Hosted) -> None:
    """A hub with static routing, and a spoke in another project."""
    cloudflare = gcp_lab.cloudflare()
    network, apps = gcp_lab.project("network", gcp_lab.NETWORK), gcp_lab.project("apps", gcp_lab.APPS)
    urn, hub = await _hub(host, [network, cloudflare], routing="static")
    routes = gcp_lab.static_routes("euw1", "10.16.32.0/20", 16)
    away = {"cross_account": True, "hub_project": gcp_lab.NETWORK, "cloudflare_routes": routes}
    ids = {"hubId": hub["hubId"], "groups": {}, "transitNetwork": hub["network"]}
    spoke = camel(gcp_lab.spoke_args() | away) | ids
    await make(host, "GcpSpoke", "web", spoke, [apps, cloudflare], [urn])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return run(make_world(tmp_path_factory.mktemp("google") / "project"), _by_bgp)


@pytest.fixture(scope="module")
def static(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return run(make_world(tmp_path_factory.mktemp("static") / "project"), _static)


def test_a_preview_plans_the_same_with_ids_unknown(made: dict[str, Any], world: "World") -> None:
    assert preview(world, _by_bgp) == set(made)


def test_a_preview_of_static_routing_plans_the_same(static: dict[str, Any], world: "World") -> None:
    assert preview(world, _static) == set(static)


@pytest.mark.parametrize(
    ("golden", "component"),
    [
        ("gcp-hub-bgp.json", "hubspoke:index:GcpHub euw1"),
        ("gcp-spoke-new.json", SPOKE),
        ("gcp-onramp-bgp.json", "hubspoke:index:GcpOnRamp lab"),
    ],
)
def test_it_makes_the_same_as_in_a_python_program(made: dict[str, Any], golden: str, component: str) -> None:
    assert part(made, component) == part(kept(golden), component)


def test_a_spoke_of_a_static_hub_in_another_project_is_peered_from_there(static: dict[str, Any]) -> None:
    spoke = part(static, SPOKE)
    provider = spoke.pop("pulumi:providers:gcp web-hub")
    assert provider["inputs"]["project"] == gcp_lab.NETWORK
    assert spoke == renamed(part(kept("gcp-spoke-static.json"), SPOKE), "network", "web-hub")
