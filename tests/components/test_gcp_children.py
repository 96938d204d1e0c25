"""Exactly what each of Google Cloud's components makes: types, names, parents, providers, protection and inputs."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.components import gcp_lab as lab
from tests.components.conftest import described

if TYPE_CHECKING:
    from tests.conftest import World

Golden = Callable[[str, str], None]
HUB = "hubspoke:index:GcpHub euw1"


@pytest.fixture
def children(world: "World") -> Callable[[Callable[[], object]], dict[str, Any]]:
    def make(program: Callable[[], object]) -> dict[str, Any]:
        world.up("lab", program)
        return described(world.resources("lab"))

    return make


Children = Callable[[Callable[[], object]], dict[str, Any]]


def text(found: dict[str, Any]) -> str:
    return json.dumps(found, indent=1, sort_keys=True) + "\n"


def spoke_only(found: dict[str, Any]) -> dict[str, Any]:
    """Without the hub, which has golden files of its own."""
    inside = {HUB} | {key for key, child in found.items() if child.get("parent") == HUB}
    return {key: child for key, child in found.items() if key not in inside and child.get("parent") not in inside}


def test_a_hub_that_speaks_bgp(children: Children, golden: Golden) -> None:
    def program() -> None:
        lab.hub([lab.project("network", lab.NETWORK), lab.cloudflare()], shared_with=[lab.APPS])

    golden("golden/gcp-hub-bgp.json", text(children(program)))


def test_a_star_for_its_own_project(children: Children, golden: Golden) -> None:
    def program() -> None:
        changes: dict[str, Any] = {"topology": "star", "center": ["shared"], "protect": False}
        lab.hub([lab.project("network", lab.NETWORK), lab.cloudflare()], **changes)

    golden("golden/gcp-hub-star.json", text(children(program)))


def test_a_hub_with_static_routes(children: Children, golden: Golden) -> None:
    def program() -> None:
        lab.hub([lab.project("network", lab.NETWORK), lab.cloudflare()], routing="static", advertised=[])

    golden("golden/gcp-hub-static.json", text(children(program)))


def test_a_new_network_in_another_project(children: Children, golden: Golden) -> None:
    def program() -> None:
        network, apps, cloudflare = lab.project("network", lab.NETWORK), lab.project("apps", lab.APPS), lab.cloudflare()
        lab.spoke(lab.hub([network, cloudflare], shared_with=[lab.APPS]), [apps, cloudflare])

    golden("golden/gcp-spoke-new.json", text(spoke_only(children(program))))


def test_a_new_network_on_a_static_hub_of_another_project(children: Children, golden: Golden) -> None:
    def program() -> None:
        network, apps, cloudflare = lab.project("network", lab.NETWORK), lab.project("apps", lab.APPS), lab.cloudflare()
        hub = lab.hub([network, cloudflare], routing="static")
        routes = lab.static_routes("euw1", "10.16.32.0/20", 16)
        lab.spoke(hub, [apps, cloudflare], hub_provider=network, cloudflare_routes=routes, transit_network=hub.network)

    golden("golden/gcp-spoke-static.json", text(spoke_only(children(program))))


def test_an_adopted_network(world: "World", children: Children, golden: Golden) -> None:
    from hubspoke.local.clouds.gcp import sources as gcp

    net = world.clouds.create(lab.APPS, "", gcp.NETWORK, {"name": "legacy", "autoCreateSubnetworks": False})
    for name, cidr in (("legacy-wan", "10.8.0.0/20"), ("legacy-lab", "192.0.2.0/24")):
        block = {"name": name, "network": net.id, "ipCidrRange": cidr}
        world.clouds.create(lab.APPS, lab.REGION, gcp.SUBNETWORK, block)
    before = world.held()
    adopted = {"network": net.id, "subnets": {}, "route_tables": {}}

    def program() -> None:
        network, apps, cloudflare = lab.project("network", lab.NETWORK), lab.project("apps", lab.APPS), lab.cloudflare()
        hub = lab.hub([network, cloudflare], shared_with=[lab.APPS])
        lab.spoke(hub, [apps, cloudflare], subnets=[], adopted=adopted, cidr="10.8.0.0/20")

    golden("golden/gcp-spoke-adopted.json", text(spoke_only(children(program))))
    assert {key: value for key, value in world.held().items() if key in before} == before


def test_a_network_of_its_own_that_speaks_bgp(children: Children, golden: Golden) -> None:
    golden(
        "golden/gcp-onramp-bgp.json",
        text(children(lambda: lab.onramp([lab.project("apps", lab.APPS), lab.cloudflare()]))),
    )


def test_a_network_of_its_own_with_static_routes(children: Children, golden: Golden) -> None:
    def program() -> None:
        routes = lab.static_routes("lab", "10.17.0.0/20", 64, ("e1",))
        providers = [lab.project("apps", lab.APPS), lab.cloudflare()]
        lab.onramp(providers, routing="static", cloudflare_routes=routes, advertised=[])

    golden("golden/gcp-onramp-static.json", text(children(program)))


def test_arguments_of_a_hosted_component_are_plain_and_its_integers_floats(children: Children, golden: Golden) -> None:
    """Another language's program sends every number as a float: the same resources come of it."""

    def program() -> None:
        cloudflare = {"account": lab.CLOUDFLARE, "asn": 13335.0}
        providers = [lab.project("network", lab.NETWORK), lab.cloudflare()]
        lab.hub(providers, asn=64513.0, cloudflare=cloudflare, shared_with=[lab.APPS])

    golden("golden/gcp-hub-bgp.json", text(children(program)))
