"""Azure's components made through the plugin: the same as in a Python program, each fed by another's outputs."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.components import azure_lab, gcp_lab
from tests.conftest import make_world
from tests.hosting.host import Hosted
from tests.hosting.making import camel, kept, make, part, preview, renamed, run

if TYPE_CHECKING:
    from tests.conftest import World


async def _all(host: Hosted) -> None:
    """A virtual WAN with a hub, a spoke in another subscription, and an on-ramp, of one plugin."""
    cloudflare = gcp_lab.cloudflare()
    network = [azure_lab.provider("network", azure_lab.HUB), cloudflare]
    apps = [azure_lab.provider("apps", azure_lab.SPOKE), cloudflare]
    _, wan = await make(host, "AzureWan", "network", camel(azure_lab.wan_args()), network)
    _, hub = await make(host, "AzureHub", "weu1", camel(azure_lab.hub_args()) | wan, network)
    spoke = camel(azure_lab.spoke_args() | {"cross_account": True, "hub_subscription_id": azure_lab.HUB}) | hub
    await make(host, "AzureSpoke", "web", spoke, apps)
    await make(host, "AzureOnRamp", "lab1", camel(azure_lab.onramp_args()), apps)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return run(make_world(tmp_path_factory.mktemp("azure") / "project"), _all)


def test_a_preview_plans_the_same_with_ids_unknown(made: dict[str, Any], world: "World") -> None:
    assert preview(world, _all) == set(made)


@pytest.mark.parametrize(
    ("golden", "component"),
    [
        ("azure-hub.json", "hubspoke:index:AzureWan network"),
        ("azure-hub.json", "hubspoke:index:AzureHub weu1"),
        ("azure-onramp-new.json", "hubspoke:index:AzureOnRamp lab1"),
    ],
)
def test_it_makes_the_same_as_in_a_python_program(made: dict[str, Any], golden: str, component: str) -> None:
    assert part(made, component) == part(kept(golden), component)


def test_a_spoke_of_a_hub_in_another_subscription_has_its_connection_made_there(made: dict[str, Any]) -> None:
    component = "hubspoke:index:AzureSpoke web"
    spoke = part(made, component)
    provider = spoke.pop("pulumi:providers:azure-native web-hub")
    assert provider["inputs"]["subscriptionId"] == azure_lab.HUB
    assert spoke == renamed(part(kept("azure-spoke-new.json"), component), "network", "web-hub")
