"""What a small WAN comes to, whole."""

from typing import Any

import pytest
from hubspoke.intent import IntentError, Wan
from hubspoke.plan import (
    AccountPlan,
    AdoptedNetwork,
    CloudflarePlan,
    Connection,
    FilterRule,
    FirewallPlan,
    FlowPlan,
    HubPlan,
    Lock,
    Plan,
    SegmentTable,
    SitePlan,
    SpokePlan,
    StaticRoute,
    Subnet,
    Tunnel,
    allocate,
    make_plan,
)

DOCUMENT: dict[str, Any] = {
    "name": "acme",
    "tags": {"owner": "net", "cost": "1"},
    "address_space": ["192.168.0.0/16", "10.0.0.0/8"],
    "cloudflare": {"account": "0" * 32, "endpoints": {"e1": "162.159.64.41"}},
    "accounts": {
        "network": {"cloud": "aws", "id": "111111111111"},
        "apps": {"cloud": "aws", "id": "222222222222", "role": "deploy"},
        "spare": {"cloud": "aws", "id": "333333333333"},
    },
    "segments": {"prod": {}, "dev": {}, "shared": {"reaches": ["prod"]}},
    "pools": {"use1": "10.16.0.0/16"},
    "hubs": {"use1": {"account": "network", "region": "us-east-1"}},
    "spokes": {
        "web": {"account": "apps", "hub": "use1", "segment": "prod"},
        "dns": {
            "account": "network",
            "hub": "use1",
            "segment": "shared",
            "cidr": "10.4.0.0/22",
            "adopt": {
                "network": "vpc-00000001",
                "subnets": {"b": "subnet-00000002", "a": "subnet-00000001"},
                "route_tables": {"main": "rtb-00000001"},
            },
        },
    },
    "sites": {"office": {"segment": "shared", "prefixes": ["192.168.0.0/24", "192.168.2.0/24"]}},
    "flows": {
        "lookups": {"from": "prod", "to": "shared", "protocol": "udp", "port": 53},
        "ping": {"from": "office", "to": "web", "protocol": "icmp"},
        "apart": {"from": "dev", "to": "prod", "access": "denied"},
    },
}

PREFIXES = ("10.0.0.0/8", "192.168.0.0/16")
TUNNELS = (
    Tunnel("use1-e1-a", "a", "169.254.240.0/30", "169.254.240.1", "169.254.240.2", 1),
    Tunnel("use1-e1-b", "b", "169.254.240.4/30", "169.254.240.5", "169.254.240.6", 1),
)


def plan_of(**changes: Any) -> Plan:
    wan = Wan.model_validate(DOCUMENT | changes)
    return make_plan(wan, allocate(wan, Lock()))


def routes_to(prefix: str) -> tuple[StaticRoute, ...]:
    return tuple(StaticRoute(tunnel.key, prefix, tunnel.cloud_address, 100) for tunnel in TUNNELS)


HUB = HubPlan(
    key="use1",
    account="network",
    cloud="aws",
    region="us-east-1",
    asn=64512,
    routing="static",
    segments=(
        SegmentTable("dev", ("dev",)),
        SegmentTable("prod", ("prod", "shared")),
        SegmentTable("shared", ("prod", "shared")),
    ),
    connections=(Connection("e1", "162.159.64.41", TUNNELS),),
    wan_prefixes=PREFIXES,
    shared_with=("222222222222",),
    protect=True,
    prefix=None,
    scale_units=1,
    topology="mesh",
    center=(),
    store_psks=False,
    peers=(),
    advertised=(),
)
WEB = SpokePlan(
    key="web",
    account="apps",
    cloud="aws",
    hub="use1",
    hub_account="network",
    hub_account_id="111111111111",
    region="us-east-1",
    segment="prod",
    cidr="10.16.0.0/20",
    subnets=(
        Subnet("attachment-a", "attachment", "a", "10.16.14.0/28"),
        Subnet("attachment-b", "attachment", "b", "10.16.14.16/28"),
        Subnet("workload-a", "workload", "a", "10.16.0.0/23"),
        Subnet("workload-b", "workload", "b", "10.16.2.0/23"),
    ),
    adopted=None,
    propagates_to=("prod", "shared"),
    wan_prefixes=PREFIXES,
    ingress=(
        FilterRule("ping-office-192-168-0-0-24", "ping", "192.168.0.0/24", "icmp", None),
        FilterRule("ping-office-192-168-2-0-24", "ping", "192.168.2.0/24", "icmp", None),
    ),
    egress=(
        FilterRule("lookups-dns", "lookups", "10.4.0.0/22", "udp", 53),
        FilterRule("lookups-office-192-168-0-0-24", "lookups", "192.168.0.0/24", "udp", 53),
        FilterRule("lookups-office-192-168-2-0-24", "lookups", "192.168.2.0/24", "udp", 53),
    ),
    cloudflare_routes=routes_to("10.16.0.0/20"),
)
DNS = SpokePlan(
    key="dns",
    account="network",
    cloud="aws",
    hub="use1",
    hub_account="network",
    hub_account_id="111111111111",
    region="us-east-1",
    segment="shared",
    cidr="10.4.0.0/22",
    subnets=(),
    adopted=AdoptedNetwork(
        "vpc-00000001", (("a", "subnet-00000001"), ("b", "subnet-00000002")), (("main", "rtb-00000001"),)
    ),
    propagates_to=("prod", "shared"),
    wan_prefixes=PREFIXES,
    ingress=(FilterRule("lookups-web", "lookups", "10.16.0.0/20", "udp", 53),),
    egress=(),
    cloudflare_routes=routes_to("10.4.0.0/22"),
)
FIREWALL = FirewallPlan(
    segments=(("prod", ("10.16.0.0/20",)), ("shared", ("10.4.0.0/22", "192.168.0.0/24", "192.168.2.0/24"))),
    allowed=(("prod", "prod"), ("prod", "shared"), ("shared", "prod"), ("shared", "shared")),
    wan_prefixes=PREFIXES,
)
PLAN = Plan(
    wan="acme",
    tags=(("cost", "1"), ("owner", "net")),
    organization_sharing=True,
    cloudflare=CloudflarePlan("0" * 32, 13335),
    segments=(
        SegmentTable("dev", ("dev",)),
        SegmentTable("prod", ("prod", "shared")),
        SegmentTable("shared", ("prod", "shared")),
    ),
    sites=(SitePlan("office", "shared", ("192.168.0.0/24", "192.168.2.0/24")),),
    accounts=(
        AccountPlan("apps", "aws", "222222222222", "deploy", "", "us-east-1", (), (WEB,), (), None, ("network",)),
        AccountPlan("cloudflare", "cloudflare", "0" * 32, "", "", "", (), (), (), FIREWALL, ()),
        AccountPlan(
            "network", "aws", "111111111111", "hubspoke", "", "us-east-1", (HUB,), (DNS,), (), None, ("cloudflare",)
        ),
        AccountPlan("spare", "aws", "333333333333", "hubspoke", "", "us-east-1", (), (), (), None, ()),
    ),
    flows=(
        FlowPlan("apart", "dev", "prod", "any", None, "denied"),
        FlowPlan("lookups", "prod", "shared", "udp", 53, "allowed"),
        FlowPlan("ping", "office", "web", "icmp", None, "allowed"),
    ),
)


def test_the_whole_plan() -> None:
    assert plan_of() == PLAN


def test_with_bgp_cloudflare_needs_no_routes() -> None:
    plan = plan_of(hubs={"use1": {"account": "network", "region": "us-east-1", "routing": "bgp"}})
    assert [spoke.cloudflare_routes for account in plan.accounts for spoke in account.spokes] == [(), ()]


def test_what_the_intent_says_of_a_hub_wins() -> None:
    hub = {"account": "network", "region": "us-east-1", "asn": 65001, "psk_epoch": 3, "protect": False}
    (planned,) = plan_of(hubs={"use1": hub}).account("network").hubs
    epochs = {tunnel.psk_epoch for connection in planned.connections for tunnel in connection.tunnels}
    assert (planned.asn, epochs, planned.protect) == (65001, {3}, False)


def test_two_endpoints_give_two_connections_of_two_tunnels() -> None:
    endpoints = {"e2": "162.159.66.41", "e1": "162.159.64.41"}
    (hub,) = plan_of(cloudflare={"account": "0" * 32, "endpoints": endpoints}).account("network").hubs
    assert [(c.key, c.endpoint, [t.key for t in c.tunnels]) for c in hub.connections] == [
        ("e1", "162.159.64.41", ["use1-e1-a", "use1-e1-b"]),
        ("e2", "162.159.66.41", ["use1-e2-a", "use1-e2-b"]),
    ]


def test_a_flow_within_a_segment_opens_no_spoke_to_itself() -> None:
    spokes = {key: {"account": "apps", "hub": "use1", "segment": "prod"} for key in ("ash", "oak")}
    plan = plan_of(spokes=spokes, flows={"mesh": {"from": "prod", "to": "prod"}})
    rules = {spoke.key: [rule.key for rule in spoke.ingress + spoke.egress] for spoke in plan.account("apps").spokes}
    assert rules == {"ash": ["mesh-oak", "mesh-oak"], "oak": ["mesh-ash", "mesh-ash"]}


def test_two_flows_whose_rules_would_have_one_name() -> None:
    spokes = {key: {"account": "apps", "hub": "use1", "segment": "prod"} for key in ("web", "db-one", "one")}
    flows = {"web": {"from": "db-one", "to": "web"}, "web-db": {"from": "one", "to": "web", "protocol": "tcp"}}
    with pytest.raises(IntentError) as raised:
        plan_of(spokes=spokes, flows=flows, sites={})
    assert str(raised.value) == (
        "wan.yaml: flows.web-db: its rules at 'web' would have the same name as those of flow 'web': web-db-one; "
        "rename one of the two flows"
    )


def test_an_account_that_is_not_there() -> None:
    with pytest.raises(KeyError, match="no account 'none' in the WAN; there are: apps, cloudflare, network, spare"):
        plan_of().account("none")
