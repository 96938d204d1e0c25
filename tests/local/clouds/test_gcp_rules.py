"""Google Cloud's rules that are about more than one line of a table."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hubspoke.local.clouds import testing
from hubspoke.local.clouds.gcp import sources as gcp
from hubspoke.local.clouds.protocol import CloudError, DiffKind
from hubspoke.local.clouds.testing import CloudAccount, Made, Refused

REGION = "europe-west1"


@pytest.fixture
def project(folder: Path) -> Callable[..., CloudAccount]:
    def make(name: str = "wan-network", region: str = REGION, **config: Any) -> CloudAccount:
        return testing.gcp_project(folder, name, region, **config)

    return make


@pytest.fixture
def own(project: Callable[..., CloudAccount]) -> CloudAccount:
    return project()


@pytest.fixture
def guest(project: Callable[..., CloudAccount]) -> CloudAccount:
    return project("wan-apps")


def invoke(account: CloudAccount, name: str, /, **args: Any) -> dict[str, Any]:
    return dict(account.provider.invoke(f"gcp:compute/{name}:{name}", args))


def test_ids_are_googles_and_names_end_at_random(own: CloudAccount) -> None:
    net = own.create(gcp.NETWORK)
    assert net.id == f"projects/wan-network/global/networks/{net.outputs['name']}"
    assert net.outputs["selfLink"] == f"https://www.googleapis.com/compute/v1/{net.id}"
    router = own.create(gcp.ROUTER, network=net.outputs["name"], region="us-east4", bgp={"asn": 64513})
    assert router.id.startswith("projects/wan-network/regions/us-east4/routers/r2-")


def test_a_thing_is_named_by_name_id_or_link(own: CloudAccount, project: Callable[..., CloudAccount]) -> None:
    net = own.create(gcp.NETWORK)
    for i, said in enumerate((net.id, net.outputs["selfLink"], net.outputs["name"])):
        own.create(gcp.SUBNETWORK, network=said, ipCidrRange=f"10.0.{i}.0/24")
    with pytest.raises(CloudError, match=r"^notFound: "):
        project("elsewhere").create(gcp.SUBNETWORK, network=net.outputs["name"], ipCidrRange="10.0.9.0/24")
    with pytest.raises(CloudError, match=r"^resourceInUseByAnotherResource: .* is already being used by "):
        own.delete(net)


def test_a_provider_without_a_project_or_a_region_says_so(folder: Path) -> None:
    nowhere = testing.gcp_project(folder, "", "")
    with pytest.raises(CloudError, match=r"project: required field is not set"):
        nowhere.create(gcp.NETWORK)
    with pytest.raises(CloudError, match=r"Cannot determine region"):
        nowhere.create(gcp.ADDRESS, project="wan-network")
    assert nowhere.create(gcp.ADDRESS, project="wan-network", region=REGION).outputs["region"] == REGION


def test_labels_are_those_of_the_thing_and_of_the_provider(project: Callable[..., CloudAccount]) -> None:
    made = project(defaultLabels='{"team":"network"}').create(gcp.HUB, name="one", labels={"team": "wan", "tier": "1"})
    whole = {"team": "wan", "tier": "1", "goog-pulumi-provisioned": "true"}
    assert (made.outputs["labels"], made.outputs["effectiveLabels"]) == ({"team": "wan", "tier": "1"}, whole)
    plain = project(addPulumiAttributionLabel="false").create(gcp.HUB, name="two")
    assert plain.outputs["effectiveLabels"] == {}


def test_a_range_grows_in_place_and_shrinks_by_replacement(own: CloudAccount) -> None:
    net = own.create(gcp.NETWORK)
    subnet = own.create(gcp.SUBNETWORK, name="net", network=net.id, ipCidrRange="10.0.0.0/24")
    grown = own.diff(subnet, (), name="net", network=net.id, ipCidrRange="10.0.0.0/23")
    assert grown.detailed == {"ipCidrRange": DiffKind.UPDATE}
    shrunk = own.diff(subnet, (), name="net", network=net.id, ipCidrRange="10.0.0.0/25")
    assert shrunk.replaces == ("ipCidrRange",)
    assert own.update(subnet, ipCidrRange="10.0.0.0/23").outputs["gatewayAddress"] == "10.0.0.1"


def join(account: CloudAccount, hub: Made, cidr: str) -> Made:
    net = account.create(gcp.NETWORK)
    account.create(gcp.SUBNETWORK, network=net.id, ipCidrRange=cidr)
    return account.create(gcp.SPOKE, hub=hub.id, location="global", linkedVpcNetwork={"uri": net.id})


def test_another_projects_spoke_waits_until_its_group_lets_it_in(own: CloudAccount, guest: CloudAccount) -> None:
    hub = own.create(gcp.HUB)
    assert join(own, hub, "10.1.0.0/24").outputs["state"] == "ACTIVE"
    waiting = join(guest, hub, "10.2.0.0/24")
    assert (waiting.outputs["state"], waiting.outputs["reasons"][0]["code"]) == ("INACTIVE", "PENDING_REVIEW")
    own.create(gcp.GROUP, hub=hub.id, name="default", autoAccept={"autoAcceptProjects": ["wan-apps"]})
    assert guest.seen(waiting).outputs["state"] == "INACTIVE"  # what is there already is looked at when it changes
    updated = guest.update(waiting, description="again")
    assert (updated.outputs["state"], updated.outputs["reasons"]) == ("ACTIVE", [])
    assert join(guest, hub, "10.3.0.0/24").outputs["state"] == "ACTIVE"


def test_what_is_kept_from_a_hub_may_overlap(own: CloudAccount) -> None:
    hub = own.create(gcp.HUB)
    join(own, hub, "10.1.0.0/24")
    net = own.create(gcp.NETWORK)
    own.create(gcp.SUBNETWORK, network=net.id, ipCidrRange="10.1.0.0/25")
    linked = {"uri": net.id, "excludeExportRanges": ["10.1.0.0/16"]}
    own.create(gcp.SPOKE, hub=hub.id, location="global", linkedVpcNetwork=linked)
    own.create(gcp.SUBNETWORK, network=net.id, ipCidrRange="10.1.0.128/25")
    with pytest.raises(CloudError, match=r"10\.1\.0\.0/24 overlaps|overlaps 10\.1\.0\.0/24"):
        join(own, hub, "10.1.0.64/26")


def test_both_sides_of_a_peering_make_it_active(own: CloudAccount, guest: CloudAccount) -> None:
    here, there = own.create(gcp.NETWORK), guest.create(gcp.NETWORK)
    first = own.create(gcp.NETWORK_PEERING, network=here.id, peerNetwork=there.id)
    assert (first.outputs["state"], first.outputs["stateDetails"]) == (
        "INACTIVE",
        "[Waiting for peer network to connect.]",
    )
    guest.create(gcp.NETWORK_PEERING, network=there.id, peerNetwork=here.id)
    assert own.seen(first).outputs["state"] == "ACTIVE"


def test_an_interface_of_one_project_does_not_hold_anothers(own: CloudAccount, guest: CloudAccount) -> None:
    """Their ids do not name the project: the same router and interface may be in two."""

    def session(account: CloudAccount) -> Made:
        net = account.create(gcp.NETWORK, name="net")
        account.create(gcp.ROUTER, name="router", network=net.id, bgp={"asn": 64513})
        return account.create(gcp.ROUTER_INTERFACE, name="in", router="router", ipRange="169.254.240.1/30")

    mine, theirs = session(own), session(guest)
    assert mine.id == theirs.id == f"{REGION}/router/in"
    peer = guest.create(gcp.ROUTER_PEER, name="peer", router="router", interface="in", peerAsn=13335)
    own.delete(mine)
    with pytest.raises(CloudError, match=r"^resourceInUseByAnotherResource: "):
        guest.delete(theirs)
    guest.delete(peer)
    guest.delete(theirs)


def test_a_key_is_hashed_and_never_read(own: CloudAccount) -> None:
    net = own.create(gcp.NETWORK)
    gateway = own.create(gcp.CLASSIC_VPN_GATEWAY, network=net.id)
    for protocol, port in (("ESP", {}), ("UDP", {"portRange": "500"}), ("UDP", {"portRange": "4500"})):
        own.create(gcp.FORWARDING_RULE, target=gateway.id, ipProtocol=protocol, **port)
    ends = {"targetVpnGateway": gateway.id, "peerIp": "198.41.0.1"}
    tunnel = own.create(gcp.VPN_TUNNEL, sharedSecret="first-key", **ends)
    hashed = tunnel.outputs["sharedSecretHash"]
    assert "first-key" not in hashed
    assert "sharedSecret" in own.diff(tunnel, (), sharedSecret="second-key", **ends).replaces
    with pytest.raises(Refused, match="conflicts with RFC5735"):
        own.create(gcp.VPN_TUNNEL, sharedSecret="key", targetVpnGateway=gateway.id, peerIp="10.0.0.1")


def test_things_are_looked_up(own: CloudAccount) -> None:
    net = own.create(gcp.NETWORK)
    subnet = own.create(gcp.SUBNETWORK, network=net.id, ipCidrRange="10.0.0.0/24")
    found = invoke(own, "getNetwork", name=net.outputs["name"])
    assert (found["id"], found["subnetworksSelfLinks"]) == (net.id, [subnet.outputs["selfLink"]])
    assert invoke(own, "getSubnetwork", selfLink=subnet.outputs["selfLink"])["ipCidrRange"] == "10.0.0.0/24"
    assert [s["name"] for s in invoke(own, "getSubnetworks")["subnetworks"]] == [subnet.outputs["name"]]
    with pytest.raises(CloudError, match="'projects/wan-network/global/networks/none' was not found"):
        invoke(own, "getNetwork", name="none")
    with pytest.raises(CloudError, match="required"):
        invoke(own, "getNetwork")
