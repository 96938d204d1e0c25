"""Exactly what each component makes: types, names, parents, providers, protection and inputs."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pulumi

from tests.components.conftest import hub_args

if TYPE_CHECKING:
    from tests.components.conftest import Lab

HUB_ACCOUNT, SPOKE_ACCOUNT = "210987654321", "321098765432"
TUNNELS = ("use1-e1-a", "use1-e1-b", "use1-e2-a", "use1-e2-b")
Golden = Callable[[str, str], None]


def text(children: dict[str, Any]) -> str:
    return json.dumps(children, indent=1, sort_keys=True) + "\n"


def without(children: dict[str, Any], component: str) -> dict[str, Any]:
    """Without the hub, which has golden files of its own."""
    inside = {component} | {key for key, child in children.items() if child.get("parent") == component}
    return {key: child for key, child in children.items() if key not in inside and child.get("parent") not in inside}


def spoke_only(children: dict[str, Any]) -> dict[str, Any]:
    return without(children, "hubspoke:index:AwsHub use1")


def test_a_hub_that_speaks_bgp(lab: "Lab", golden: Golden) -> None:
    def program() -> None:
        providers = [lab.aws("network", HUB_ACCOUNT), lab.cloudflare()]
        hub = lab.hub(providers, routing="bgp", shared_with=[SPOKE_ACCOUNT, "432109876543"])
        pulumi.export("hub", hub.outputs())

    golden("golden/hub-bgp.json", text(lab.children(program)))


def test_a_hub_with_static_routes_for_its_own_account(lab: "Lab", golden: Golden) -> None:
    def program() -> None:
        providers = [lab.aws("network", HUB_ACCOUNT), lab.cloudflare()]
        lab.hub(providers, dict.fromkeys(TUNNELS, 3), routing="static", protect=False)

    golden("golden/hub-static.json", text(lab.children(program)))


def test_a_new_network_in_another_account(lab: "Lab", golden: Golden) -> None:
    def program() -> None:
        network, apps, cloudflare = lab.aws("network", HUB_ACCOUNT), lab.aws("apps", SPOKE_ACCOUNT), lab.cloudflare()
        hub = lab.hub([network, cloudflare], routing="bgp", shared_with=[SPOKE_ACCOUNT])
        lab.spoke(hub, [apps, cloudflare], hub_provider=network)

    golden("golden/spoke-new-cross-account.json", text(spoke_only(lab.children(program))))


def test_a_new_network_in_the_hubs_account_with_static_routes(lab: "Lab", golden: Golden) -> None:
    def program() -> None:
        providers = [lab.aws("network", HUB_ACCOUNT), lab.cloudflare()]
        routes = [
            {"key": f"use1-{end}", "prefix": "10.16.32.0/20", "nexthop": f"169.254.240.{last}", "priority": 100}
            for end, last in (("e1-a", 17), ("e1-b", 21), ("e2-a", 25), ("e2-b", 29))
        ]
        lab.spoke(lab.hub(providers, routing="static"), providers, cloudflare_routes=routes)

    golden("golden/spoke-new-same-account.json", text(spoke_only(lab.children(program))))


ADOPTED = {
    "network": "vpc-0a1b2c3d4e5f67890",
    "subnets": {"a": "subnet-0a11b22c33d44e55f", "b": "subnet-0b66c77d88e99f00a"},
    "route_tables": {"private": "rtb-0c1d2e3f405162738", "database": "rtb-0d9e8f7a6b5c4d3e2"},
}


def test_an_adopted_network(lab: "Lab", golden: Golden) -> None:
    before = lab.world.held()

    def program() -> None:
        network, apps, cloudflare = lab.aws("network", HUB_ACCOUNT), lab.aws("apps", SPOKE_ACCOUNT), lab.cloudflare()
        hub = lab.hub([network, cloudflare], routing="bgp", shared_with=[SPOKE_ACCOUNT])
        lab.spoke(hub, [apps, cloudflare], network, subnets=[], adopted=ADOPTED, cidr="10.8.0.0/20")

    golden("golden/spoke-adopted.json", text(spoke_only(lab.children(program))))
    assert {key: value for key, value in lab.world.held().items() if key in before} == before


def test_arguments_of_a_hosted_component_are_plain_and_its_integers_floats(lab: "Lab", golden: Golden) -> None:
    """Another language's program sends every number as a float: the same resources come of it."""

    def program() -> None:
        cloudflare = {"account": "3f1c9a7e5b2d4860a1b2c3d4e5f60718", "asn": 13335.0}
        providers = [lab.aws("network", HUB_ACCOUNT), lab.cloudflare()]
        epochs = dict.fromkeys(TUNNELS, 3.0)
        lab.hub(providers, epochs, routing="static", protect=False, asn=64513.0, cloudflare=cloudflare)

    golden("golden/hub-static.json", text(lab.children(program)))


def test_cloudflares_routes_to_a_spoke_come_after_the_hubs_tunnels_in_the_same_stack(lab: "Lab") -> None:
    """And its attachment is made beside them, as a VPN takes minutes."""
    routes = [{"key": "use1-e1-a", "prefix": "10.16.32.0/20", "nexthop": "169.254.240.17", "priority": 100}]

    def program() -> None:
        providers = [lab.aws("network", HUB_ACCOUNT), lab.cloudflare()]
        lab.spoke(lab.hub(providers, routing="static"), providers, None, (), cloudflare_routes=routes)

    lab.world.up("lab", program)
    resources = lab.world.resources("lab")
    before = {urn: {*r.get("dependencies", []), r.get("parent", "")} for urn, r in resources.items()}
    (route,) = (urn for urn in resources if "MagicWanStaticRoute" in urn)
    (attachment,) = (urn for urn in resources if "VpcAttachment" in urn)
    assert {name(urn) for urn in needed(before, route) if "MagicWanIpsecTunnel" in urn} == {*TUNNELS}
    assert {name(urn) for urn in needed(before, attachment) if "MagicWanIpsecTunnel" in urn} == set()


def test_a_tunnel_more_replaces_no_spoke_in_a_preview(lab: "Lab") -> None:
    def program(endpoints: int) -> Callable[[], None]:
        def made() -> None:
            providers = [lab.aws("network", HUB_ACCOUNT), lab.cloudflare()]
            hub = lab.hub(providers, routing="static", connections=hub_args()["connections"][:endpoints])
            lab.spoke(hub, providers, None, ())

        return made

    lab.world.up("lab", program(1))
    changed = lab.world.run("preview", "lab", program=program(2)).changed
    assert set(changed.values()) == {"create"}
    assert not [urn for urn in changed if "AwsSpoke" in urn]


def needed(before: dict[str, set[str]], urn: str) -> set[str]:
    """All that comes before something."""
    direct = before.get(urn, set())
    return direct.union(*(needed(before, one) for one in direct))


def name(urn: str) -> str:
    return urn.rsplit("::", 1)[-1]
