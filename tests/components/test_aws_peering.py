"""AwsPeering: two hubs in two regions, of one account or two, joined by one stack."""

import json
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hubspoke.local.engine import EngineError

from tests.components.conftest import connection, hub_args

if TYPE_CHECKING:
    from tests.components.conftest import Lab
    from tests.conftest import World

HERE, THERE = "210987654321", "432109876543"
Golden = Callable[[str, str], None]


def far_hub(providers: list[Any]) -> Any:
    import pulumi
    from hubspoke import AwsHub

    return AwsHub("euc1", far_hub_args(), opts=pulumi.ResourceOptions(providers=providers))


def far_hub_args() -> Any:
    ends = [connection("e1", "162.159.64.41", 64, "euc1"), connection("e2", "162.159.66.41", 72, "euc1")]
    return {**hub_args(), "region": "eu-central-1", "asn": 64514, "connections": ends, "protect": False}


def side(hub: str, region: str, made: Any, *routes: tuple[str, str]) -> Any:
    return {
        "hub": hub,
        "region": region,
        "transit_gateway_id": made.transit_gateway_id,
        "route_tables": {key: made.route_tables[key] for key in ("prod", "shared", "onramp")},
        "routes": [{"segment": segment, "prefix": prefix} for segment, prefix in routes],
    }


def program(lab: "Lab", *more: tuple[str, str], region: str = "eu-central-1") -> Callable[[], None]:
    """Two hubs of two accounts, joined from one; with more routes there, if any."""

    def made() -> None:
        import pulumi
        from hubspoke import AwsPeering

        here, there, cloudflare = lab.aws("here", HERE), lab.aws("there", THERE), lab.cloudflare()
        near, far = lab.hub([here, cloudflare], protect=False), far_hub([there, cloudflare])
        args: Any = {
            "here": side("use1", "us-east-1", near, ("prod", "10.64.0.0/20"), ("shared", "10.64.0.0/20")),
            "there": side("euc1", region, far, ("prod", "10.16.32.0/20"), *more),
            "account_id": THERE,
            "tags": {"owner": "network-team"},
        }
        AwsPeering("atlantic", args, opts=pulumi.ResourceOptions(providers=[here]), peer_provider=there)

    return made


def test_both_ends_are_made_from_one_side(lab: "Lab", golden: Golden) -> None:
    made = lab.children(program(lab))
    component = "hubspoke:index:AwsPeering atlantic"
    own = {key: child for key, child in made.items() if key == component or child.get("parent") == component}
    golden("golden/peering.json", json.dumps(own, indent=1, sort_keys=True) + "\n")


def test_up_again_changes_nothing_and_all_of_it_comes_down(lab: "Lab") -> None:
    lab.world.settles("lab", program(lab))


def test_a_spoke_more_at_one_end_is_routes_more_at_the_other_and_nothing_else(lab: "Lab") -> None:
    lab.world.up("lab", program(lab))
    added = lab.world.up("lab", program(lab, ("prod", "10.16.48.0/20"), ("shared", "10.16.48.0/20")))
    names = {urn.rsplit("::", 1)[-1]: op for urn, op in added.changed.items()}
    assert names == {
        "atlantic/euc1/prod/10.16.48.0/20": "create",
        "atlantic/euc1/shared/10.16.48.0/20": "create",
    }
    removed = lab.world.up("lab", program(lab))
    assert set(removed.changed.values()) == {"delete"}


def test_what_was_undone_at_the_far_end_is_put_back(lab: "Lab") -> None:
    lab.world.up("lab", program(lab))
    clouds, held = lab.world.clouds, lab.world.held()
    (peering,) = clouds.records(type_="aws:ec2transitgateway/peeringAttachment:PeeringAttachment")
    for type_ in ("routeTableAssociation:RouteTableAssociation", "route:Route"):
        for record in clouds.records(type_=f"aws:ec2transitgateway/{type_}", account=THERE):
            if record.inputs.get("transitGatewayAttachmentId") == peering.id:
                clouds.delete(record.id, type_=record.type, account=THERE)
    ran = lab.world.up("lab", program(lab), refresh=True)
    kinds = Counter((urn.split("::")[-2].rsplit(":", 1)[-1], op) for urn, op in ran.changed.items())
    assert kinds == {("RouteTableAssociation", "create"): 1, ("Route", "create"): 1}
    assert lab.world.held() == held


def test_hubs_in_one_region_are_refused_by_name(lab: "Lab") -> None:
    with pytest.raises(EngineError, match="hubs 'use1' and 'euc1' are both in us-east-1") as caught:
        lab.world.run("preview", "lab", program=program(lab, region="us-east-1"))
    assert "Traceback" not in str(caught.value)


def test_the_intent_joins_two_hubs_of_the_example(fleet: "World") -> None:
    """Every segment of either hub gets a route to each spoke of the other that it reaches; nothing else moves."""
    from hubspoke.plan import load_plan

    def join(wan: Any) -> None:
        wan["peerings"] = {"atlantic": {"hubs": ["use1", "euc1"]}}

    fleet.change_intent(join)
    plan = load_plan(fleet.paths.wan, fleet.paths.lock)
    hubs = {hub.key: hub for hub in plan.account("network").hubs}
    wanted = {
        f"atlantic/{hub}/{route.segment}/{route.prefix}"
        for hub in hubs
        for peer in hubs[hub].peers
        for route in peer.routes
    }
    ran = fleet.up("network")
    assert {*ran.changed.values()} == {"create"}
    names = [urn.rsplit("::", 1)[-1] for urn in ran.changed]
    assert len(wanted) > 10
    assert Counter(names) == Counter([*["atlantic"] * 3, "atlantic/use1", "atlantic/euc1", *wanted])
    assert fleet.up("network").changed == {}
    fleet.change_intent(lambda wan: wan.pop("peerings"))
    assert {*fleet.up("network").changed.values()} == {"delete"}
