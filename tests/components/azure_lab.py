"""Azure's components of one hub, one spoke and one on-ramp, in as many subscriptions as asked for."""

from typing import Any

HUB, SPOKE, CLOUDFLARE = (
    "11111111-0000-4000-8000-000000000000", "22222222-0000-4000-8000-000000000000", "3f1c9a7e5b2d4860a1b2c3d4e5f60718",
)  # fmt: skip
WAN_PREFIXES = ["10.0.0.0/8", "192.168.64.0/18"]
_COMMON = {
    "region": "westeurope", "wan_prefixes": WAN_PREFIXES, "cloudflare": {"account": CLOUDFLARE, "asn": 13335},
    "tags": {"owner": "network-team"},
}  # fmt: skip


def provider(name: str, subscription: str) -> Any:
    import pulumi_azure_native as azure

    return azure.Provider(name, subscription_id=subscription)


def connections(key: str, epochs: dict[str, int] | None = None, inside: str = "169.254.240") -> list[dict[str, Any]]:
    """Two connections of a hub or on-ramp, with these epochs by endpoint; 1 if not given."""
    first = {"weu1": 16, "lab1": 32}[key]
    ends = (("e1", "162.159.64.41", first), ("e2", "162.159.66.41", first + 4))
    return [_connection(key, inside, *end, (epochs or {}).get(end[0], 1)) for end in ends]


def speaking(key: str) -> dict[str, Any]:
    """What is said of a hub or on-ramp that speaks BGP: private addresses in its tunnels."""
    return {"routing": "bgp", "connections": connections(key, inside="172.31.255")}


def _connection(key: str, inside: str, end: str, endpoint: str, first: int, epoch: float) -> dict[str, Any]:
    tunnels = [
        {
            "key": f"{key}-{end}-{slot}",
            "slot": slot,
            "inside_cidr": f"{inside}.{base}/31",
            "cloud_address": f"{inside}.{base}",
            "cloudflare_address": f"{inside}.{base + 1}",
            "psk_epoch": epoch,
        }
        for slot, base in (("a", first), ("b", first + 2))
    ]
    return {"key": end, "endpoint": endpoint, "tunnels": tunnels}


def hub(providers: list[Any], epochs: dict[str, int] | None = None, **changes: Any) -> Any:
    """A virtual WAN with one hub."""
    import pulumi
    from hubspoke import AzureHub, AzureWan

    options = pulumi.ResourceOptions(providers=providers)
    protect = changes.get("protect", True)
    of_wan: Any = {**wan_args(), "protect": protect}
    wan = AzureWan("network", of_wan, options)
    args: Any = {**hub_args(epochs), "virtual_wan_id": wan.virtual_wan_id, **changes}
    return AzureHub("weu1", args, opts=pulumi.ResourceOptions(providers=providers))


def wan_args() -> dict[str, Any]:
    return {name: _COMMON[name] for name in ("region", "tags")}


def hub_args(epochs: dict[str, int] | None = None) -> dict[str, Any]:
    return {
        **_COMMON,
        "asn": 65515,
        "prefix": "10.100.0.0/23",
        "scale_units": 2,
        "segments": [
            {"key": "prod", "reaches": ["prod", "shared"]},
            {"key": "shared", "reaches": ["prod", "shared"]},
        ],
        "connections": connections("weu1", epochs),
    }


def spoke(hub_: Any, providers: list[Any], hub_provider: Any = None, name: str = "web", **changes: Any) -> Any:
    import pulumi
    from hubspoke import AzureSpoke

    args: Any = {
        **spoke_args(),
        "virtual_hub_id": hub_.virtual_hub_id,
        "route_tables": {key: hub_.route_tables[key] for key in ("prod", "shared", "onramp")},
        "cross_account": hub_provider is not None,
        **changes,
    }
    return AzureSpoke(name, args, opts=pulumi.ResourceOptions(providers=providers), hub_provider=hub_provider)


def spoke_args() -> dict[str, Any]:
    return {
        **_COMMON,
        "segment": "prod",
        "cidr": "10.64.0.0/20",
        "propagates_to": ["prod", "shared"],
        "subnets": [{"key": "workload", "kind": "workload", "zone": "", "cidr": "10.64.0.0/21"}],
        "ingress": [
            {"key": "ci-prod-ci", "flow": "ci-prod", "peer": "10.16.48.0/21", "protocol": "tcp", "port": 443},
            {"key": "ping-ci", "flow": "ping", "peer": "10.16.48.0/21", "protocol": "icmp", "port": None},
        ],
        "egress": [{"key": "all-ledger", "flow": "all", "peer": "10.240.0.0/20", "protocol": "any"}],
        "cloudflare_routes": routes("weu1", "10.64.0.0/20"),
    }


def routes(key: str, prefix: str) -> list[dict[str, Any]]:
    return [
        {"key": tunnel["key"], "prefix": prefix, "nexthop": tunnel["cloud_address"], "priority": 100}
        for connection in connections(key) for tunnel in connection["tunnels"]
    ]  # fmt: skip


def onramp(providers: list[Any], **changes: Any) -> Any:
    import pulumi
    from hubspoke import AzureOnRamp

    args: Any = {**onramp_args(), **changes}
    return AzureOnRamp("lab1", args, opts=pulumi.ResourceOptions(providers=providers))


def onramp_args() -> dict[str, Any]:
    return {
        **_COMMON,
        "segment": "prod",
        "cidr": "10.80.0.0/20",
        "asn": 65515,
        "connections": connections("lab1"),
        "subnets": [
            {"key": "gateway", "kind": "gateway", "zone": "", "cidr": "10.80.15.224/27"},
            {"key": "workload", "kind": "workload", "zone": "", "cidr": "10.80.0.0/21"},
        ],
        "cloudflare_routes": routes("lab1", "10.80.0.0/20"),
    }


def furnish(clouds: Any) -> dict[str, Any]:
    """A VNet that was there before, as what adopts it says it."""
    group = f"/subscriptions/{SPOKE}/resourceGroups/legacy"
    place, resources = {"resourceGroupName": "legacy"}, f"{group}/providers/Microsoft.Network"
    network, table = f"{resources}/virtualNetworks/warehouse", f"{resources}/routeTables/warehouse"

    def make(type_: str, id_: str, **inputs: Any) -> None:
        clouds.create(SPOKE, "", type_, inputs, id_)

    make("azure-native:resources:ResourceGroup", group, location="westeurope", **place)
    space = {"addressPrefixes": ["10.8.0.0/20"]}
    make("azure-native:network:VirtualNetwork", network, virtualNetworkName="warehouse", addressSpace=space, **place)
    inside = {"virtualNetworkName": "warehouse", **place}
    make("azure-native:network:Subnet", f"{network}/subnets/apps", subnetName="apps", addressPrefix="10.8.0.0/24",
         **inside)  # fmt: skip
    make("azure-native:network:Subnet", f"{network}/subnets/GatewaySubnet", subnetName="GatewaySubnet",
         addressPrefix="10.8.15.0/27", **inside)  # fmt: skip
    make("azure-native:network:RouteTable", table, routeTableName="warehouse", **place)
    subnets = {"apps": f"{network}/subnets/apps", "gateway": f"{network}/subnets/GatewaySubnet"}
    return {"network": network, "subnets": subnets, "route_tables": {"main": table}}
