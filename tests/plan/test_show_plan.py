"""The plan as rows and as JSON, and what a new lock changes."""

import json
from ipaddress import IPv4Network
from pathlib import Path

from hubspoke.intent import load_wan
from hubspoke.plan import (
    AllocationChange,
    HubRow,
    Lock,
    OnRampRow,
    SpokeRow,
    TunnelRow,
    allocate,
    explain_allocations,
    load_plan,
    make_plan,
    plan_rows,
    plan_to_dict,
)

INTENTS = Path(__file__).parents[1] / "intents"
PLAN = load_plan(INTENTS / "aws.yaml", INTENTS / "aws.lock")
WAN_OF_CLOUDS = load_wan(Path(__file__).parents[1] / "intent" / "sound_clouds.yaml")
CLOUDS = make_plan(WAN_OF_CLOUDS, allocate(WAN_OF_CLOUDS, Lock()))


def test_a_table_per_account() -> None:
    tables = plan_rows(PLAN)
    assert [(table.key, len(table.hubs), len(table.spokes)) for table in tables] == [
        ("dev-apps", 0, 3),
        ("network", 2, 0),
        ("prod-apps", 0, 4),
        ("shared-services", 0, 3),
    ]


def test_a_hub_as_a_row() -> None:
    network = plan_rows(PLAN)[1]
    assert network.hubs[0] == HubRow(
        key="euc1",
        cloud="aws",
        region="eu-central-1",
        asn=64512,
        routing="static",
        details=(),
        segments=("dev -> dev, shared", "prod -> prod, shared", "shared -> dev, prod, shared"),
        tunnels=(
            TunnelRow("euc1-e1-a", "162.159.64.41", "169.254.240.1", "169.254.240.2"),
            TunnelRow("euc1-e1-b", "162.159.64.41", "169.254.240.5", "169.254.240.6"),
            TunnelRow("euc1-e2-a", "162.159.66.41", "169.254.240.9", "169.254.240.10"),
            TunnelRow("euc1-e2-b", "162.159.66.41", "169.254.240.13", "169.254.240.14"),
        ),
        shared_with=("321098765432", "432109876543", "543210987654"),
        peers=(),
    )


def test_spokes_as_rows() -> None:
    spokes = {spoke.key: spoke for table in plan_rows(PLAN) for spoke in table.spokes}
    assert spokes["sandbox-eu"] == SpokeRow(
        key="sandbox-eu",
        hub="euc1",
        segment="dev",
        cidr="10.32.16.0/22",
        network="new, zones a, b",
        subnets=(
            "attachment-a 10.32.19.128/28",
            "attachment-b 10.32.19.144/28",
            "workload-a 10.32.16.0/25",
            "workload-b 10.32.16.128/25",
        ),
        routes=("10.0.0.0/8", "192.168.64.0/18"),
        cloudflare_routes=(
            "euc1-e1-a via 169.254.240.1 at 100",
            "euc1-e1-b via 169.254.240.5 at 100",
            "euc1-e2-a via 169.254.240.9 at 100",
            "euc1-e2-b via 169.254.240.13 at 100",
        ),
        ingress=("tcp 443 from 10.16.48.0/21 (ci-dev)",),
        egress=("udp 53 to 10.4.0.0/22 (dev-dns)",),
    )
    assert spokes["warehouse"].network == "vpc-0a1b2c3d4e5f67890"


def test_hubs_of_each_cloud_as_rows() -> None:
    hubs = {hub.key: hub for table in plan_rows(CLOUDS) for hub in table.hubs}
    assert {key: (hub.cloud, hub.asn, hub.details, hub.peers) for key, hub in hubs.items()} == {
        "euw4": ("gcp", 64512, ("star around shared", "advertises 10.2.0.0/24, 10.48.0.0/16"), ()),
        "use1": ("aws", 64600, (), ("usw2 (coasts, initiated here), 2 routes",)),
        "usw2": ("aws", 64514, (), ("use1 (coasts, initiated there), 2 routes",)),
        "weu1": ("azure", 65515, ("prefix 10.32.0.0/23", "1 scale unit"), ()),
    }


def test_where_azure_speaks_bgp_its_tunnels_with_a_session_are_named() -> None:
    wan = load_wan(Path(__file__).parents[1] / "network" / "azure_bgp.yaml")
    tables = plan_rows(make_plan(wan, allocate(wan, Lock())))
    found = {hub.key: hub.details for table in tables for hub in table.hubs}
    found |= {onramp.key: onramp.details for table in tables for onramp in table.onramps}
    assert found == {
        "neu1": ("prefix 10.68.16.0/23", "1 scale unit", "BGP over neu1-e1-a, neu1-e2-b"),
        "weu1": ("prefix 10.64.16.0/23", "1 scale unit", "BGP over weu1-e1-a, weu1-e2-b"),
        "use1": (),
        "ops1": ("BGP over ops1-e1-a, ops1-e2-b",),
    }


def test_an_on_ramp_as_a_row() -> None:
    (zrh,) = (onramp for table in plan_rows(CLOUDS) for onramp in table.onramps if onramp.key == "zrh")
    assert zrh == OnRampRow(
        key="zrh",
        cloud="gcp",
        region="europe-west6",
        asn=64515,
        routing="static",
        segment="dev",
        cidr="10.48.3.0/24",
        network="new",
        gateway="new",
        subnets=("workload 10.48.3.0/25",),
        details=(),
        tunnels=(
            TunnelRow("zrh-e1-a", "162.159.64.41", "169.254.240.81", "169.254.240.82"),
            TunnelRow("zrh-e1-b", "162.159.64.41", "169.254.240.85", "169.254.240.86"),
            TunnelRow("zrh-e2-a", "162.159.66.41", "169.254.240.89", "169.254.240.90"),
            TunnelRow("zrh-e2-b", "162.159.66.41", "169.254.240.93", "169.254.240.94"),
        ),
        cloudflare_routes=(
            "zrh-e1-a via 169.254.240.81 at 100",
            "zrh-e1-b via 169.254.240.85 at 100",
            "zrh-e2-a via 169.254.240.89 at 100",
            "zrh-e2-b via 169.254.240.93 at 100",
        ),
        ingress=(),
        egress=(),
    )


def test_the_firewall_as_a_row() -> None:
    (firewall,) = (table.firewall for table in plan_rows(CLOUDS) if table.firewall)
    assert firewall.segments[0] == "dev: 10.17.0.0/20, 10.48.2.0/24, 10.48.3.0/24"
    assert firewall.allowed[:3] == ("dev -> dev", "dev -> shared", "prod -> prod")


def test_the_plan_as_json_holds_everything() -> None:
    listed = plan_to_dict(PLAN)
    assert json.loads(json.dumps(listed)) == listed
    assert listed["tags"] == {"cost-center": "4711", "owner": "network-team"}
    (warehouse,) = (s for a in listed["accounts"] for s in a["spokes"] if s["key"] == "warehouse")
    assert warehouse["adopted"]["route_tables"] == [
        ["database", "rtb-0d9e8f7a6b5c4d3e2"],
        ["private", "rtb-0c1d2e3f405162738"],
    ]


def test_what_a_new_lock_changes() -> None:
    old = Lock(asns={"use1": 64512}, cidrs={"lab": IPv4Network("10.0.0.0/20"), "web": IPv4Network("10.0.16.0/20")})
    new = Lock(
        asns={"euc1": 64513, "use1": 64512},
        cidrs={"web": IPv4Network("10.0.32.0/20")},
        tunnels={"euc1-e1-a": IPv4Network("169.254.240.0/30")},
        prefixes={"weu1": IPv4Network("10.64.0.0/23")},
    )
    changes = explain_allocations(old, new)
    assert changes == [
        AllocationChange("tunnel", "euc1-e1-a", None, "169.254.240.0/30"),
        AllocationChange("asn", "euc1", None, "64513"),
        AllocationChange("prefix", "weu1", None, "10.64.0.0/23"),
        AllocationChange("cidr", "lab", "10.0.0.0/20", None),
        AllocationChange("cidr", "web", "10.0.16.0/20", "10.0.32.0/20"),
    ]
    assert [str(change) for change in changes] == [
        "+ tunnel euc1-e1-a: 169.254.240.0/30",
        "+ asn euc1: 64513",
        "+ prefix weu1: 10.64.0.0/23",
        "- cidr lab: 10.0.0.0/20",
        "~ cidr web: 10.0.16.0/20 -> 10.0.32.0/20",
    ]
    assert explain_allocations(new, new) == []
