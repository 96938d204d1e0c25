"""Recorded hubs of each cloud, two endpoints of Cloudflare each, as a state holds them: for tests of changes."""

from typing import Any

from hubspoke.plan.changes import RecordedState, types

Values = dict[str, Any]
ENDPOINTS = {"e1": "162.159.64.41", "e2": "162.159.66.41"}


def urn(kind: str, name: str) -> str:
    return f"urn:pulumi:network::hubspoke::{kind}::{name}"


def entry(kind: str, name: str, inputs: Values, outputs: Values | None = None, id_: str = "") -> Values:
    """One resource of a deployment."""
    outputs = {**inputs, **(outputs or {})}
    return {"urn": urn(kind, name), "type": kind, "custom": True, "id": id_, "inputs": inputs, "outputs": outputs}


def document(*resources: Values) -> Values:
    return {"version": 3, "deployment": {"resources": list(resources)}}


def recorded(*resources: Values) -> RecordedState:
    return RecordedState.of_document(document(*resources))


def at_cloudflare(name: str, endpoint: str, outside: str, inside: str = "169.254.240.2/30") -> Values:
    ends = {"cloudflareEndpoint": endpoint, "customerEndpoint": outside, "interfaceAddress": inside}
    return entry(types.CLOUDFLARE_TUNNEL, name, {"name": name, "accountId": "acc", **ends})


def aws_hub() -> list[Values]:
    """Four tunnels: use1-e1-a, use1-e1-b, use1-e2-a, use1-e2-b."""
    found = [entry(types.TRANSIT_GATEWAY, "use1", {"amazonSideAsn": 64512}, id_="tgw-1")]
    for number, (key, endpoint) in enumerate(ENDPOINTS.items()):
        outside = [f"52.0.{number}.1", f"52.0.{number}.2"]
        far = entry(types.CUSTOMER_GATEWAY, f"use1/{key}", {"ipAddress": endpoint, "bgpAsn": "13335"}, id_=f"cgw-{key}")
        inputs = {
            "transitGatewayId": "tgw-1", "customerGatewayId": f"cgw-{key}", "staticRoutesOnly": True,
            "tunnel1InsideCidr": f"169.254.24{number}.0/30", "tunnel2InsideCidr": f"169.254.24{number}.4/30",
            "tunnel1Phase2LifetimeSeconds": 3600, "tunnel2Phase2LifetimeSeconds": 3600, "tags": {"Name": key},
        }  # fmt: skip
        addresses = {"tunnel1Address": outside[0], "tunnel2Address": outside[1]}
        found += [far, entry(types.VPN_CONNECTION, f"use1/{key}", inputs, addresses, id_=f"vpn-{key}")]
        found += [at_cloudflare(f"use1-{key}-{slot}", endpoint, outside[n]) for n, slot in enumerate("ab")]
    return found


def azure_hub() -> list[Values]:
    """A virtual hub whose one connection has a link to each endpoint; both gateway instances serve both."""
    group = "/subscriptions/s/resourceGroups/weu/providers/Microsoft.Network"
    outside = ("20.0.0.1", "20.0.0.2")
    instances = {"name": "weu", "ipConfigurations": [{"publicIpAddress": each} for each in outside]}
    gateway = {"gatewayName": "weu", "vpnGatewayScaleUnit": 1, "bgpSettings": {"asn": 65515}}
    links = [{"name": key, "ipAddress": endpoint} for key, endpoint in ENDPOINTS.items()]
    made = [{**link, "id": f"{group}/vpnSites/cloudflare/vpnSiteLinks/{link['name']}"} for link in links]
    connections = [
        {"name": link["name"], "vpnSiteLink": {"id": link["id"]}, "sharedKey": "secret", "routingWeight": 1}
        for link in made
    ]
    inputs = {"gatewayName": "weu", "connectionName": "cloudflare", "vpnLinkConnections": connections}
    return [
        entry(types.VIRTUAL_HUB, "weu", {"addressPrefix": "10.100.0.0/23"}, id_=f"{group}/virtualHubs/weu"),
        entry(types.AZURE_VPN_GATEWAY, "weu", gateway, instances, id_=f"{group}/vpnGateways/weu"),
        entry(types.VPN_SITE, "weu", {"vpnSiteLinks": links}, {"vpnSiteLinks": made}),
        entry(types.AZURE_CONNECTION, "weu", inputs),
        *(
            at_cloudflare(f"weu-{key}-{slot}", endpoint, outside[n])
            for key, endpoint in ENDPOINTS.items()
            for n, slot in enumerate("ab")
        ),
    ]


def azure_network() -> list[Values]:
    """A network with a gateway of its own: one connection, both instances of the gateway."""
    group = "/subscriptions/s/resourceGroups/edge/providers/Microsoft.Network"
    addresses = {f"edge-{n}": f"20.1.0.{n}" for n in (1, 2)}
    gateway = [{"publicIPAddress": {"id": f"{group}/publicIPAddresses/{name}"}} for name in addresses]
    inputs = {
        "virtualNetworkGateway1": {"id": f"{group}/virtualNetworkGateways/edge"},
        "localNetworkGateway2": {"id": f"{group}/localNetworkGateways/e1"}, "sharedKey": "secret",
    }  # fmt: skip
    return [
        *(
            entry(types.PUBLIC_ADDRESS, name, {"sku": {"name": "Standard"}}, {"ipAddress": address},
                  id_=f"{group}/publicIPAddresses/{name}")
            for name, address in addresses.items()
        ),
        entry(types.VNET_GATEWAY, "edge", {"ipConfigurations": gateway}, id_=f"{group}/virtualNetworkGateways/edge"),
        entry(types.LOCAL_GATEWAY, "edge/e1", {"gatewayIpAddress": ENDPOINTS["e1"]},
              id_=f"{group}/localNetworkGateways/e1"),
        entry(types.VNET_CONNECTION, "edge/e1", inputs),
        at_cloudflare("edge-e1-a", ENDPOINTS["e1"], "20.1.0.1"),
        at_cloudflare("edge-e1-b", ENDPOINTS["e1"], "20.1.0.2"),
    ]  # fmt: skip


def google_hub() -> list[Values]:
    """HA VPN: two interfaces, one external gateway with two addresses, a tunnel from each interface to one of them."""
    gateway, far = "projects/p/regions/r/vpnGateways/euw4", "projects/p/global/externalVpnGateways/euw4"
    interfaces = [{"id": n, "ipAddress": f"35.0.0.{n}"} for n in (0, 1)]
    found = [
        entry(types.ROUTER, "euw4", {"bgp": {"asn": 64600}, "network": "n"}, {"name": "euw4"}, id_="routers/euw4"),
        entry(types.HA_GATEWAY, "euw4", {"network": "n"}, {"vpnInterfaces": interfaces}, id_=gateway),
        entry(types.EXTERNAL_GATEWAY, "euw4",
              {"interfaces": [{"id": n, "ipAddress": each} for n, each in enumerate(ENDPOINTS.values())]}, id_=far),
        entry(types.NCC_SPOKE, "web", {"linkedVpcNetwork": {"uri": "web", "includeExportRanges": ["10.5.0.0/20"]}}),
    ]  # fmt: skip
    for n, (key, endpoint) in enumerate(ENDPOINTS.items()):
        name = f"euw4-{key}"
        link = f"https://www.googleapis.com/compute/v1/projects/p/regions/r/vpnTunnels/{name}"
        inputs = {
            "vpnGateway": f"https://www.googleapis.com/compute/v1/{gateway}", "vpnGatewayInterface": n,
            "peerExternalGateway": far, "peerExternalGatewayInterface": n, "sharedSecret": "secret", "router": "euw4",
        }  # fmt: skip
        interface = {"vpnTunnel": link, "router": "euw4", "ipRange": "169.254.240.1/30"}
        found += [
            entry(types.GCP_TUNNEL, name, inputs, {"selfLink": link, "name": name}),
            entry(types.ROUTER_INTERFACE, name, interface, {"name": name}),
            entry(types.ROUTER_PEER, name, {"interface": name, "router": "euw4", "peerAsn": 13335}),
            at_cloudflare(name, endpoint, f"35.0.0.{n}"),
        ]
    return found
