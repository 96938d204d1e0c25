"""AzureHub: a virtual hub with a route table per segment, joined to Cloudflare by IPsec."""

from typing import Any

import pulumi
import pulumi_azure_native as azure

from hubspoke.args import AzureHubArgs, parse_cloudflare, parse_hub
from hubspoke.args.cloudflare import tunnel_ends
from hubspoke.azure.parts import BGP_FILLED_IN, label, replacing, settle
from hubspoke.azure.vpn import DPD_SECONDS, far_ends, hub_policy, shared_key
from hubspoke.cloudflare import CloudflareOnRamp
from hubspoke.plan.model import ONRAMP, Connection
from hubspoke.plan.sessions import peer_address, sessions, silent_addresses

_TABLES = "hubRouteTables"


class AzureHub(pulumi.ComponentResource):
    """A hub in one region: both ends of every tunnel, and segment route tables.

    Every segment has a route table of its own, under the segment's label. Traffic from Cloudflare is looked up in the
    hub's default table, the on-ramp table, which learns every spoke and nothing else. With static routing the site that
    stands for Cloudflare has the WAN's prefixes, which all segment tables learn, over all links at equal cost; with BGP
    they learn them from Cloudflare, over one tunnel of each link, and Cloudflare learns what the on-ramp table has.
    """

    virtual_hub_id: pulumi.Output[str]
    """Id of the virtual hub."""
    route_tables: pulumi.Output[dict[str, str]]
    """Route table ids by segment key, and "onramp"."""

    def __init__(self, name: str, args: AzureHubArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hubspoke:index:AzureHub", name, {}, opts)
        self._hub = parse_hub(name, args, "azure")
        self._cloudflare = parse_cloudflare(args)
        self._spoken = sessions(self._hub)
        self._place = settle("hub", name, args, self, protect=self._hub.protect)
        self._virtual_hub = self._make_hub(args["virtual_wan_id"])
        tables = self._make_tables()
        gateway = self._make_gateway(list(tables.values()))
        tunnels = self._connect(gateway, self._make_site(args["virtual_wan_id"]))
        # Spokes come once the tunnels are there, as Cloudflare refuses routes that lead over none.
        self.virtual_hub_id = tunnels.before(self._virtual_hub.id)
        ids = {key: table.id for key, table in tables.items()}
        self.route_tables = pulumi.Output.all(**ids, **{ONRAMP: self._onramp_table()})
        self.register_outputs(self.outputs())

    def outputs(self) -> dict[str, pulumi.Output[Any]]:
        """What spokes need of this hub, as the stack exports it."""
        return {"virtual_hub_id": self.virtual_hub_id, "route_tables": self.route_tables}

    def _make_hub(self, wan: pulumi.Input[str]) -> azure.network.VirtualHub:
        return azure.network.VirtualHub(
            self._place.named(),
            virtual_hub_name=self._hub.key,
            address_prefix=self._hub.prefix,
            virtual_wan=azure.network.SubResourceArgs(id=wan),
            sku="Standard",
            hub_routing_preference="VpnGateway",
            **self._place.here(),
            opts=self._place.options(protect=self._hub.protect, **replacing("addressPrefix", "virtualWan", "location")),
        )

    def _make_tables(self) -> dict[str, azure.network.HubRouteTable]:
        """One table after the other, as a hub takes one change at a time (terraform-provider-azurerm locks it)."""
        tables: dict[str, azure.network.HubRouteTable] = {}
        for segment in self._hub.segments:
            tables[segment.key] = azure.network.HubRouteTable(
                self._place.named(segment.key),
                route_table_name=segment.key,
                virtual_hub_name=self._virtual_hub.name,
                labels=[label(segment.key)],
                routes=[],
                **self._place.inside(),
                opts=self._place.options(depends_on=list(tables.values())[-1:], **replacing()),
            )
        return tables

    def _onramp_table(self) -> pulumi.Output[str]:
        return pulumi.Output.concat(self._virtual_hub.id, f"/{_TABLES}/defaultRouteTable")

    def _make_gateway(self, tables: list[azure.network.HubRouteTable]) -> azure.network.VpnGateway:
        # `connections` stays unset: a list would end every connection that is not on it (ResourceModules #4313).
        return azure.network.VpnGateway(
            self._place.named(),
            gateway_name=self._hub.key,
            virtual_hub=azure.network.SubResourceArgs(id=self._virtual_hub.id),
            vpn_gateway_scale_unit=self._hub.scale_units,
            is_routing_preference_internet=False,
            bgp_settings=azure.network.BgpSettingsArgs(asn=self._hub.asn, peer_weight=0),
            **self._place.here(),
            opts=self._place.options(
                protect=self._hub.protect, depends_on=tables[-1:],
                ignore_changes=BGP_FILLED_IN if self._spoken else None,
                **replacing("virtualHub", "isRoutingPreferenceInternet"),
            ),
        )  # fmt: skip

    def _make_site(self, wan: pulumi.Input[str]) -> azure.network.VpnSite:
        """Cloudflare, as the hub sees it: a link for each endpoint.

        Azure sends answers to health checks into the tunnels by their inside addresses. To those that it speaks BGP
        with it has routes of its own, which are not to be named again (VPN Gateway FAQ, BGP, 2026-11).
        """
        wan_prefixes = self._hub.wan_prefixes if self._hub.routing == "static" else ()
        silent = [inside for each in self._hub.connections for inside in silent_addresses(each, self._spoken)]
        return azure.network.VpnSite(
            self._place.named("cloudflare"),
            vpn_site_name=f"{self._hub.key}-cloudflare",
            virtual_wan=azure.network.SubResourceArgs(id=wan),
            address_space=azure.network.AddressSpaceArgs(address_prefixes=[*wan_prefixes, *silent]),
            device_properties=azure.network.DevicePropertiesArgs(device_vendor="Cloudflare"),
            vpn_site_links=[
                azure.network.VpnSiteLinkArgs(
                    name=connection.key, ip_address=connection.endpoint, bgp_properties=self._peer(connection)
                )
                for connection in self._hub.connections
            ],
            **self._place.here(),
            opts=self._place.options(**replacing("virtualWan")),
        )

    def _peer(self, connection: Connection) -> azure.network.VpnLinkBgpSettingsArgs | None:
        address = peer_address(connection, self._spoken)
        if address is None:
            return None
        return azure.network.VpnLinkBgpSettingsArgs(asn=self._cloudflare.asn, bgp_peering_address=address)

    def _connect(self, gateway: azure.network.VpnGateway, site: azure.network.VpnSite) -> CloudflareOnRamp:
        """Both ends of all connections."""
        keys = {connection.key: shared_key(self._hub.key, connection, self) for connection in self._hub.connections}
        azure.network.VpnConnection(
            self._place.named("cloudflare"),
            connection_name="cloudflare",
            gateway_name=gateway.name,
            remote_vpn_site=azure.network.SubResourceArgs(id=site.id),
            enable_internet_security=False,
            routing_configuration=self._routing(),
            vpn_link_connections=[self._link(connection, site, keys) for connection in self._hub.connections],
            **self._place.inside(),
            # Azure's answer to a change may hold the keys, and its SDK marks nothing.
            opts=self._place.options(
                protect=self._hub.protect, additional_secret_outputs=["vpnLinkConnections"],
                **replacing("remoteVpnSite", "vpnLinkConnections[*].enableBgp"),
            ),
        )  # fmt: skip
        ends = [
            end
            for connection in self._hub.connections
            for end in far_ends(connection, keys[connection.key], lambda number: _outside(gateway, number))
        ]
        return CloudflareOnRamp(self._hub.key, tunnel_ends(self._cloudflare, self._hub, ends), self._place.options())

    def _routing(self) -> azure.network.RoutingConfigurationArgs:
        """From Cloudflare the on-ramp table decides; to Cloudflare every segment's table knows the way."""
        return azure.network.RoutingConfigurationArgs(
            associated_route_table=azure.network.SubResourceArgs(id=self._onramp_table()),
            propagated_route_tables=azure.network.PropagatedRouteTableArgs(
                labels=[label(segment.key) for segment in self._hub.segments], ids=[]
            ),
        )

    def _link(
        self, connection: Connection, site: azure.network.VpnSite, keys: dict[str, pulumi.Output[str]]
    ) -> azure.network.VpnSiteLinkConnectionArgs:
        link = pulumi.Output.concat(site.id, "/vpnSiteLinks/", connection.key)
        return azure.network.VpnSiteLinkConnectionArgs(
            name=connection.key,
            vpn_site_link=azure.network.SubResourceArgs(id=link),
            shared_key=keys[connection.key],
            ipsec_policies=[hub_policy()],
            vpn_connection_protocol_type="IKEv2",
            vpn_link_connection_mode="InitiatorOnly",  # Cloudflare only responds
            dpd_timeout_seconds=DPD_SECONDS,
            enable_bgp=peer_address(connection, self._spoken) is not None,
            connection_bandwidth=500,
            routing_weight=0,
            use_local_azure_ip_address=False,
            use_policy_based_traffic_selectors=False,
        )


def _outside(gateway: azure.network.VpnGateway, number: int) -> pulumi.Output[str]:
    """The public address of one of a gateway's two instances."""

    def address(configurations: Any) -> str:
        return next(str(c.public_ip_address) for c in configurations if c.id == f"Instance{number}")

    found: pulumi.Output[str] = gateway.ip_configurations.apply(address)
    return found
