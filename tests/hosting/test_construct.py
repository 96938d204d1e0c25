"""Components made through the plugin, as programs in other languages make them."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.components.conftest import HUB_ACCOUNT, SPOKE_ACCOUNT, Lab, hub_args, spoke_args
from tests.components.test_children import spoke_only
from tests.hosting.host import Hosted
from tests.hosting.making import Work, camel, kept, make, preview, renamed, run

if TYPE_CHECKING:
    from tests.conftest import World

ROUTES = [
    {"key": f"use1-{end}", "prefix": "10.16.32.0/20", "nexthop": f"169.254.240.{last}", "priority": 100}
    for end, last in (("e1-a", 17), ("e1-b", 21), ("e2-a", 25), ("e2-b", 29))
]


@pytest.fixture
def lab(world: "World") -> Lab:
    return Lab(world)


def _network(made: dict[str, Any]) -> dict[str, Any]:
    """What a spoke made. Aside: what it waits for as a whole, which is all of a hub in one process and the hub's name
    over the wire, and the provider that engines look such a name up with."""
    aside = {"hubspoke:index:AwsSpoke web", "pulumi:providers:pulumi default"}
    return {key: child for key, child in spoke_only(made).items() if key not in aside}


def test_a_hub_makes_the_same_as_in_a_python_program(lab: Lab) -> None:
    inputs = camel(hub_args() | {"routing": "bgp", "shared_with": [SPOKE_ACCOUNT, "432109876543"]})

    async def work(host: Hosted) -> None:
        await make(host, "AwsHub", "use1", inputs, [lab.aws("network", HUB_ACCOUNT), lab.cloudflare()])

    assert run(lab.world, work) == kept("hub-bgp.json")


def _hub_and_spoke(lab: Lab) -> Work:
    async def work(host: Hosted) -> None:
        providers = [lab.aws("network", HUB_ACCOUNT), lab.cloudflare()]
        urn, hub = await make(host, "AwsHub", "use1", camel(hub_args() | {"routing": "static"}), providers)
        arguments = spoke_args() | {"cross_account": False, "cloudflare_routes": ROUTES}
        ids = {key: hub[key] for key in ("transitGatewayId", "routeTables")}
        await make(host, "AwsSpoke", "web", camel(arguments) | ids, providers, [urn])

    return work


def test_a_spoke_takes_the_outputs_of_a_hub_once_they_are_known(lab: Lab) -> None:
    planned = preview(lab.world, _hub_and_spoke(lab))
    made = run(lab.world, _hub_and_spoke(lab))
    assert _network(made) == _network(kept("spoke-new-same-account.json"))
    assert planned == set(made)


def test_a_spoke_in_another_account_assumes_a_role_in_the_hubs(lab: Lab) -> None:
    async def work(host: Hosted) -> None:
        network, apps, cloudflare = lab.aws("network", HUB_ACCOUNT), lab.aws("apps", SPOKE_ACCOUNT), lab.cloudflare()
        shared = hub_args() | {"routing": "bgp", "shared_with": [SPOKE_ACCOUNT]}
        urn, hub = await make(host, "AwsHub", "use1", camel(shared), [network, cloudflare])
        arguments = spoke_args() | {"cross_account": True, "hub_role_arn": f"arn:aws:iam::{HUB_ACCOUNT}:role/hubspoke"}
        ids = {key: hub[key] for key in ("transitGatewayId", "routeTables")}
        await make(host, "AwsSpoke", "web", camel(arguments) | ids, [apps, cloudflare], [urn])

    made = _network(run(lab.world, work))
    assert made.pop("pulumi:providers:aws web-hub")["parent"] == "hubspoke:index:AwsSpoke web"
    assert made == renamed(_network(kept("spoke-new-cross-account.json")), "network", "web-hub")
