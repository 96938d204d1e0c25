"""Google Cloud's components run by inline programs."""

from typing import Any

from tests.components.conftest import connection

NETWORK, APPS, CLOUDFLARE = "acme-network", "acme-apps", "3f1c9a7e5b2d4860a1b2c3d4e5f60718"
REGION = "europe-west1"
WAN = ["10.0.0.0/8", "192.168.64.0/18"]


def project(name: str, id_: str) -> Any:
    import pulumi_gcp as gcp

    return gcp.Provider(name, project=id_, region=REGION)


def cloudflare() -> Any:
    import pulumi_cloudflare as cf

    return cf.Provider("cloudflare", api_token="token-of-the-lab")


def hub(providers: list[Any], **changes: Any) -> Any:
    import pulumi
    from hubspoke import GcpHub

    args: Any = {**hub_args(), **changes}
    return GcpHub("euw1", args, opts=pulumi.ResourceOptions(providers=providers))


def spoke(made: Any, providers: list[Any], name: str = "web", hub_provider: Any = None, **changes: Any) -> Any:
    import pulumi
    from hubspoke import GcpSpoke

    groups = {} if "transit_network" in changes else {"prod": made.groups["prod"]}
    of_hub = {"hub_id": made.hub_id, "groups": groups, "cross_account": True}
    args: Any = {**spoke_args(), **of_hub, **changes}
    # In a fleet the hub's whole stack is up before.
    options = pulumi.ResourceOptions(providers=providers, depends_on=[made])
    return GcpSpoke(name, args, opts=options, hub_provider=hub_provider)


def onramp(providers: list[Any], **changes: Any) -> Any:
    import pulumi
    from hubspoke import GcpOnRamp

    args: Any = {**onramp_args(), **changes}
    return GcpOnRamp("lab", args, opts=pulumi.ResourceOptions(providers=providers))


def common() -> dict[str, Any]:
    return {
        "region": REGION, "wan_prefixes": WAN, "cloudflare": {"account": CLOUDFLARE, "asn": 13335},
        "tags": {"owner": "Network Team", "hubspoke:wan": "acme"},
    }  # fmt: skip


def hub_args() -> dict[str, Any]:
    return {
        **common(),
        "asn": 64513,
        "segments": [
            {"key": "prod", "reaches": ["prod", "shared"]},
            {"key": "shared", "reaches": ["prod", "shared"]},
        ],
        "connections": [connection("e1", "162.159.64.41", 16, "euw1"), connection("e2", "162.159.66.41", 24, "euw1")],
        "routing": "bgp",
        "advertised": ["10.16.0.0/12"],
    }


def filters() -> dict[str, Any]:
    return {
        "ingress": [
            {"key": "ci-prod-ci", "flow": "ci-prod", "peer": "10.16.48.0/21", "protocol": "tcp", "port": 443},
            {"key": "ping-ci", "flow": "ping", "peer": "10.16.48.0/21", "protocol": "icmp", "port": None},
        ],
        "egress": [
            {"key": "prod-dns-directory", "flow": "prod-dns", "peer": "10.4.0.0/22", "protocol": "udp", "port": 53},
            {"key": "all-ledger", "flow": "all", "peer": "10.240.0.0/20", "protocol": "any"},
        ],
    }


def spoke_args() -> dict[str, Any]:
    return {
        **common(),
        **filters(),
        "segment": "prod",
        "cidr": "10.16.32.0/20",
        "propagates_to": ["prod", "shared"],
        "subnets": [{"key": "workload", "kind": "workload", "zone": "", "cidr": "10.16.32.0/20"}],
    }


def onramp_args() -> dict[str, Any]:
    return {
        **common(),
        **filters(),
        "segment": "prod",
        "cidr": "10.17.0.0/20",
        "asn": 64530,
        "connections": [connection("e1", "162.159.64.41", 64, "lab")],
        "subnets": [{"key": "workload", "kind": "workload", "zone": "", "cidr": "10.17.0.0/20"}],
        "routing": "bgp",
        "advertised": ["10.17.0.0/20"],
    }


def static_routes(site: str, prefix: str, first: int, endpoints: tuple[str, ...] = ("e1", "e2")) -> list[Any]:
    return [
        {
            "key": f"{site}-{end}-{slot}",
            "prefix": prefix,
            "nexthop": f"169.254.240.{first + 8 * i + 4 * j + 1}",
            "priority": 100,
        }
        for i, end in enumerate(endpoints)
        for j, slot in enumerate("ab")
    ]
