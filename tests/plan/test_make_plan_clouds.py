"""What a WAN over three clouds comes to: its hubs, on-ramps, joins and firewall, whole."""

from pathlib import Path
from typing import Any, Literal

import pytest
from hubspoke.intent import Wan, load_wan
from hubspoke.plan import (
    CLOUDFLARE,
    AdoptedNetwork,
    Connection,
    FilterRule,
    FirewallPlan,
    HubPeer,
    HubPlan,
    Lock,
    OnRampPlan,
    PeerRoute,
    Plan,
    SegmentTable,
    StaticRoute,
    Subnet,
    Tunnel,
    allocate,
    make_plan,
)

WAN = load_wan(Path(__file__).parents[1] / "intent" / "sound_clouds.yaml")
SUBSCRIPTION = "00000000-0000-4000-8000-000000000002"
SEGMENTS = (
    SegmentTable("dev", ("dev", "shared")),
    SegmentTable("prod", ("prod", "shared")),
    SegmentTable("shared", ("dev", "prod", "shared")),
)


def plan_of(**sections: Any) -> Plan:
    wan = WAN.model_copy(update=sections)
    return make_plan(wan, allocate(wan, Lock()))


PLAN = plan_of()
HUBS = {hub.key: hub for account in PLAN.accounts for hub in account.hubs}
SPOKES = {spoke.key: spoke for account in PLAN.accounts for spoke in account.spokes}
ONRAMPS = {onramp.key: onramp for account in PLAN.accounts for onramp in account.onramps}


def tunnel(key: str, endpoint: str, slot: Literal["a", "b"], length: int, first: int) -> Tunnel:
    """A tunnel whose inside prefix begins at this last part of 169.254.240.0."""
    cloud = first if length == 31 else first + 1
    inside = f"169.254.240.{first}/{length}"
    return Tunnel(f"{key}-{endpoint}-{slot}", slot, inside, f"169.254.240.{cloud}", f"169.254.240.{cloud + 1}", 1)


def connections(key: str, length: int, first: int) -> tuple[Connection, ...]:
    """Two endpoints' connections, whose tunnels follow each other."""
    size = 1 << (32 - length)
    return tuple(
        Connection(
            endpoint,
            address,
            (tunnel(key, endpoint, "a", length, start), tunnel(key, endpoint, "b", length, start + size)),
        )
        for endpoint, address, start in (
            ("e1", "162.159.64.41", first),
            ("e2", "162.159.66.41", first + 2 * size),
        )
    )


def test_an_azure_hub() -> None:
    assert HUBS["weu1"] == HubPlan(
        key="weu1",
        account="az-net",
        cloud="azure",
        region="westeurope",
        asn=65515,
        routing="static",
        segments=SEGMENTS,
        connections=connections("weu1", 31, 72),
        wan_prefixes=("10.0.0.0/8",),
        shared_with=(SUBSCRIPTION,),
        protect=True,
        prefix="10.32.0.0/23",
        scale_units=1,
        topology="mesh",
        center=(),
        store_psks=False,
        peers=(),
        advertised=(),
    )


def test_a_google_hub() -> None:
    assert HUBS["euw4"] == HubPlan(
        key="euw4",
        account="gc-net",
        cloud="gcp",
        region="europe-west4",
        asn=64512,
        routing="bgp",
        segments=SEGMENTS,
        connections=connections("euw4", 30, 8),
        wan_prefixes=("10.0.0.0/8",),
        shared_with=("acme-data",),
        protect=True,
        prefix=None,
        scale_units=1,
        topology="star",
        center=("shared",),
        store_psks=False,
        peers=(),
        advertised=("10.2.0.0/24", "10.48.0.0/16"),
    )


def test_two_aws_hubs_that_are_joined() -> None:
    to_use1, to_usw2 = ("10.16.0.0/20", ("prod", "shared")), ("10.17.0.0/20", ("dev", "shared"))
    routes = {
        prefix: tuple(PeerRoute(segment, prefix) for segment in segments) for prefix, segments in (to_use1, to_usw2)
    }
    assert HUBS["use1"].peers == (
        HubPeer(
            key="coasts",
            hub="usw2",
            account="network",
            account_id="111111111111",
            region="us-west-2",
            initiates=True,
            routes=routes["10.17.0.0/20"],
            returns=routes["10.16.0.0/20"],
        ),
    )
    assert HUBS["usw2"].peers == (
        HubPeer(
            key="coasts",
            hub="use1",
            account="network",
            account_id="111111111111",
            region="us-east-1",
            initiates=False,
            routes=routes["10.16.0.0/20"],
            returns=routes["10.17.0.0/20"],
        ),
    )


def test_an_on_ramp_with_a_new_network() -> None:
    made = connections("syd", 30, 24)
    assert ONRAMPS["syd"] == OnRampPlan(
        key="syd",
        account="apps",
        cloud="aws",
        region="ap-southeast-2",
        segment="prod",
        cidr="10.64.0.0/22",
        asn=64513,
        routing="static",
        connections=made,
        subnets=(
            Subnet("workload-a", "workload", "a", "10.64.0.0/25"),
            Subnet("workload-b", "workload", "b", "10.64.0.128/25"),
        ),
        adopted=None,
        gateway=None,
        wan_prefixes=("10.0.0.0/8",),
        advertised=(),
        ingress=(),
        egress=(FilterRule("orders-desk", "orders", "10.32.2.0/24", "tcp", 443),),
        cloudflare_routes=tuple(
            StaticRoute(tunnel.key, "10.64.0.0/22", tunnel.cloud_address, 100)
            for connection in made
            for tunnel in connection.tunnels
        ),
        protect=True,
    )


def test_an_on_ramp_in_a_vnet_that_was_there() -> None:
    vnet = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/ber/providers/Microsoft.Network/virtualNetworks/ber"
    onramp = ONRAMPS["ber"]
    assert (onramp.asn, onramp.subnets) == (65515, ())
    assert onramp.adopted == AdoptedNetwork(
        vnet, (("all", f"{vnet}/subnets/all"), ("gateway", f"{vnet}/subnets/GatewaySubnet")), ()
    )
    assert [route.nexthop for route in onramp.cloudflare_routes] == [f"169.254.240.{n}" for n in (0, 2, 4, 6)]


def test_subnets_and_routes_of_spokes_follow_their_cloud() -> None:
    assert {key: [subnet.key for subnet in spoke.subnets] for key, spoke in SPOKES.items()} == {
        "desk": ["workload"],
        "files": [],
        "ingest": [],
        "lake": ["workload"],
        "mart": ["workload"],
        "notes": ["workload"],
        "tests": ["attachment-a", "attachment-b", "workload-a", "workload-b"],
        "web": ["attachment-a", "attachment-b", "workload-a", "workload-b"],
    }
    assert {key for key, spoke in SPOKES.items() if spoke.cloudflare_routes} == {"desk", "files", "tests"}
    assert (SPOKES["desk"].cloud, SPOKES["desk"].hub_account_id) == ("azure", "00000000-0000-4000-8000-000000000001")


def test_what_cloudflare_lets_pass() -> None:
    account = PLAN.account(CLOUDFLARE)
    assert account.firewall == FirewallPlan(
        segments=(
            ("dev", ("10.17.0.0/20", "10.48.2.0/24", "10.48.3.0/24")),
            ("prod", ("10.3.0.0/24", "10.16.0.0/20", "10.32.2.0/24", "10.48.0.0/24", "10.48.1.0/24", "10.64.0.0/22")),
            ("shared", ("10.1.0.0/24", "10.2.0.0/24", "10.240.0.0/20")),
        ),
        allowed=(
            ("dev", "dev"),
            ("dev", "shared"),
            ("prod", "prod"),
            ("prod", "shared"),
            ("shared", "dev"),
            ("shared", "prod"),
            ("shared", "shared"),
        ),
        wan_prefixes=("10.0.0.0/8",),
    )
    assert (account.cloud, account.id, account.depends_on) == ("cloudflare", WAN.cloudflare.account, ())


def test_stacks_come_after_those_that_they_need() -> None:
    assert {account.key: account.depends_on for account in PLAN.accounts} == {
        "apps": ("cloudflare", "network"),  # it has an on-ramp, and spokes on the other's hubs
        "az-apps": ("az-net", "cloudflare"),
        "az-net": ("cloudflare",),
        "cloudflare": (),
        "gc-data": ("cloudflare", "gc-net"),
        "gc-net": ("cloudflare",),
        "network": ("cloudflare",),
    }


def test_without_a_firewall_cloudflare_has_no_stack() -> None:
    plan = plan_of(cloudflare=WAN.cloudflare.model_copy(update={"firewall": False}))
    assert "cloudflare" not in {account.key for account in plan.accounts}
    assert plan.account("network").depends_on == ()


def test_of_a_peering_the_first_hubs_stack_comes_last() -> None:
    hubs = {key: hub for key, hub in WAN.hubs.items() if key != "usw2"}
    other = {"usw2": WAN.hubs["usw2"].model_copy(update={"account": "west"})}
    accounts = {"west": WAN.accounts["network"].model_copy(update={"id": "333333333333"})}
    plan = plan_of(hubs=hubs | other, accounts=WAN.accounts | accounts)
    assert plan.account("network").depends_on == ("cloudflare", "west")
    assert plan.account("west").depends_on == ("cloudflare",)


def test_roles_and_tenants_are_those_of_the_cloud() -> None:
    assert {account.key: (account.role, account.tenant[-1:]) for account in PLAN.accounts} == {
        "apps": ("deploy", ""),
        "az-apps": ("", "a"),
        "az-net": ("", "a"),
        "cloudflare": ("", ""),
        "gc-data": ("deploy@acme-data.iam.gserviceaccount.com", ""),
        "gc-net": ("", ""),
        "network": ("hubspoke", ""),
    }


def epochs(wan: Wan, hub: str) -> dict[str, int]:
    plan = make_plan(wan, allocate(wan, Lock()))
    (planned,) = [h for account in plan.accounts for h in account.hubs if h.key == hub]
    return {tunnel.key[5:]: tunnel.psk_epoch for connection in planned.connections for tunnel in connection.tunnels}


@pytest.mark.parametrize(
    ("hub", "given", "expected"),
    [
        pytest.param("use1", {"e2-a": 2}, {"e1-a": 1, "e1-b": 1, "e2-a": 2, "e2-b": 1}, id="one tunnel"),
        pytest.param("euw4", {"e1-b": 3}, {"e1-a": 1, "e1-b": 3, "e2-a": 1, "e2-b": 1}, id="one interface"),
        pytest.param("weu1", {"e2": 2}, {"e1-a": 1, "e1-b": 1, "e2-a": 2, "e2-b": 2}, id="azure's pair"),
    ],
)
def test_keys_are_renewed_tunnel_by_tunnel(hub: str, given: dict[str, int], expected: dict[str, int]) -> None:
    changed = WAN.hubs[hub].model_copy(update={"psk_epochs": given})
    assert epochs(WAN.model_copy(update={"hubs": WAN.hubs | {hub: changed}}), hub) == expected


def test_a_hubs_epoch_is_that_of_the_tunnels_without_one() -> None:
    changed = WAN.hubs["use1"].model_copy(update={"psk_epoch": 2, "psk_epochs": {"e1-a": 3}})
    wan = WAN.model_copy(update={"hubs": WAN.hubs | {"use1": changed}})
    assert epochs(wan, "use1") == {"e1-a": 3, "e1-b": 2, "e2-a": 2, "e2-b": 2}
