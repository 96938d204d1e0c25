"""AzureOnRamp: one VNet with a VPN gateway of its own, joined to Cloudflare by IPsec."""

from typing import Any

import pulumi
import pulumi_azure_native as azure

from hubspoke.args import AzureOnRampArgs, parse_cloudflare, parse_onramp
from hubspoke.args.cloudflare import tunnel_ends
from hubspoke.azure.network import Network, network_of, route_to_gateway
from hubspoke.azure.parts import BGP_FILLED_IN, replacing, settle
from hubspoke.azure.vpn import DPD_SECONDS, far_ends, gateway_policy, shared_key
from hubspoke.cloudflare import CloudflareOnRamp, static_route
from hubspoke.plan.model import Connection
from hubspoke.plan.sessions import peer_address, sessions, silent_addresses

_GATEWAY = "gateway"  # the key of the gateway's subnet, in a new network and in an adopted one
_SKU = "VpnGw1AZ"
_INSTANCES = ("a", "b")


class AzureOnRamp(pulumi.ComponentResource):
    """A network without a hub: an active-active VPN gateway, with both ends of every tunnel.

    Two connections cannot have one prefix without BGP (Azure, "Highly available cross-premises connectivity", 2026-08):
    with static routing the first connection has the WAN's prefixes, the others take what arrives. With BGP each
    connection learns them over one of its tunnels, and tells Cloudflare of the network.
    """

    network_id: pulumi.Output[str]
    """Id of the VNet."""
    gateway_id: pulumi.Output[str]
    """Id of the VPN gateway."""
    security_group_id: pulumi.Output[str]
    """Id of the security group that admits the network's flows."""

    def __init__(self, name: str, args: AzureOnRampArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hubspoke:index:AzureOnRamp", name, {}, opts)
        self._onramp = parse_onramp(name, args, "azure")
        self._cloudflare = parse_cloudflare(args)
        self._spoken = sessions(self._onramp)
        self._place = settle("onramp", name, args, self, protect=self._onramp.protect)
        network = network_of(self._place, self._onramp)
        addresses = [self._address(instance) for instance in _INSTANCES]
        gateway = self._make_gateway(network, addresses)
        tunnels = self._connect(gateway, addresses)
        self._route_adopted()
        for route in self._onramp.cloudflare_routes:
            static_route(name, self._cloudflare.account, route, self, tunnels)
        self.network_id, self.gateway_id = network.id, gateway.id
        self.security_group_id = network.security_group_id
        self.register_outputs(self.outputs())

    def outputs(self) -> dict[str, pulumi.Output[Any]]:
        """What others need of this on-ramp, as the stack exports it."""
        return {
            "network_id": self.network_id,
            "gateway_id": self.gateway_id,
            "security_group_id": self.security_group_id,
        }

    def _address(self, instance: str) -> azure.network.PublicIPAddress:
        return azure.network.PublicIPAddress(
            self._place.named(instance),
            public_ip_address_name=f"{self._onramp.key}-{instance}",
            public_ip_allocation_method="Static",
            public_ip_address_version="IPv4",
            sku=azure.network.PublicIPAddressSkuArgs(name="Standard", tier="Regional"),
            **self._place.here(),
            opts=self._place.options(protect=self._onramp.protect),
        )

    def _make_gateway(
        self, network: Network, addresses: list[azure.network.PublicIPAddress]
    ) -> azure.network.VirtualNetworkGateway:
        subnet = azure.network.SubResourceArgs(id=network.subnets[_GATEWAY])
        return azure.network.VirtualNetworkGateway(
            self._place.named(),
            virtual_network_gateway_name=self._onramp.key,
            gateway_type="Vpn",
            vpn_type="RouteBased",
            vpn_gateway_generation="Generation1",
            sku=azure.network.VirtualNetworkGatewaySkuArgs(name=_SKU, tier=_SKU),
            active_active=True,
            enable_bgp=bool(self._spoken),
            bgp_settings=azure.network.BgpSettingsArgs(asn=self._onramp.asn, peer_weight=0) if self._spoken else None,
            # Packets of one tunnel come from many of Cloudflare's servers, and so out of order.
            disable_ip_sec_replay_protection=True,
            ip_configurations=[
                azure.network.VirtualNetworkGatewayIPConfigurationArgs(
                    name=instance, subnet=subnet, public_ip_address=azure.network.SubResourceArgs(id=address.id)
                )
                for instance, address in zip(_INSTANCES, addresses, strict=True)
            ],
            **self._place.here(),
            opts=self._place.options(
                protect=self._onramp.protect, ignore_changes=BGP_FILLED_IN,
                **replacing("gatewayType", "vpnType", "ipConfigurations[*].subnet"),
            ),
        )  # fmt: skip

    def _connect(
        self, gateway: azure.network.VirtualNetworkGateway, addresses: list[azure.network.PublicIPAddress]
    ) -> CloudflareOnRamp:
        """Both ends of all connections."""
        ends = []
        for connection in self._onramp.connections:
            key = shared_key(self._onramp.key, connection, self)
            self._connection(gateway, connection, key)
            ends += far_ends(connection, key, lambda number: addresses[number].ip_address)
        return CloudflareOnRamp(
            self._onramp.key, tunnel_ends(self._cloudflare, self._onramp, ends), self._place.options()
        )

    def _connection(
        self, gateway: azure.network.VirtualNetworkGateway, connection: Connection, key: pulumi.Output[str]
    ) -> None:
        azure.network.VirtualNetworkGatewayConnection(
            self._place.named(connection.key),
            virtual_network_gateway_connection_name=f"{self._onramp.key}-{connection.key}",
            connection_type="IPsec",
            connection_protocol="IKEv2",
            connection_mode="InitiatorOnly",  # Cloudflare only responds
            dpd_timeout_seconds=DPD_SECONDS,
            enable_bgp=peer_address(connection, self._spoken) is not None,
            ipsec_policies=[gateway_policy()],
            shared_key=key,
            use_policy_based_traffic_selectors=False,
            virtual_network_gateway1=azure.network.VirtualNetworkGatewayArgs(id=gateway.id),
            local_network_gateway2=azure.network.LocalNetworkGatewayArgs(id=self._far_end(connection).id),
            **self._place.here(),
            opts=self._place.options(
                protect=self._onramp.protect, additional_secret_outputs=["sharedKey"],
                **replacing("connectionType", "virtualNetworkGateway1", "localNetworkGateway2"),
            ),
        )  # fmt: skip

    def _far_end(self, connection: Connection) -> azure.network.LocalNetworkGateway:
        """One of Cloudflare's endpoints, with what is reached over it without BGP.

        The peer's address is not named again, as Azure has a route to it (VPN Gateway FAQ, BGP, 2026-11).
        """
        first = connection.key == self._onramp.connections[0].key and not self._spoken
        reached = [part for prefix in self._onramp.wan_prefixes for part in _without_default(prefix)] if first else []
        return azure.network.LocalNetworkGateway(
            self._place.named(connection.key),
            local_network_gateway_name=f"{self._onramp.key}-{connection.key}",
            gateway_ip_address=connection.endpoint,
            local_network_address_space=azure.network.AddressSpaceArgs(
                address_prefixes=[*reached, *silent_addresses(connection, self._spoken)]
            ),
            bgp_settings=self._peer(connection),
            **self._place.here(),
            opts=self._place.options(),
        )

    def _peer(self, connection: Connection) -> azure.network.BgpSettingsArgs | None:
        address = peer_address(connection, self._spoken)
        if address is None:
            return None
        return azure.network.BgpSettingsArgs(asn=self._cloudflare.asn, bgp_peering_address=address, peer_weight=0)

    def _route_adopted(self) -> None:
        """Routes in the tables of an adopted network, whose owner may have switched the gateway's routes off there."""
        for key, table in self._onramp.adopted.route_tables if self._onramp.adopted else ():
            for prefix in self._onramp.wan_prefixes:
                route_to_gateway(self._place, key, table, prefix)


def _without_default(prefix: str) -> list[str]:
    """A local network gateway refuses the default route (cloudflare-docs, Azure VPN gateway, 2026-08)."""
    return ["0.0.0.0/1", "128.0.0.0/1"] if prefix == "0.0.0.0/0" else [prefix]
