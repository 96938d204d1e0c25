"""AzureSpoke: one VNet, connected to its hub in its segment, with its filter."""

from typing import Any

import pulumi
import pulumi_azure_native as azure

from hubspoke.args import AzureSpokeArgs, parse_cloudflare, parse_spoke
from hubspoke.azure.network import Network, network_of
from hubspoke.azure.parts import group_of, label, name_of, replacing, settle
from hubspoke.plan.model import ONRAMP


class AzureSpoke(pulumi.ComponentResource):
    """One network of the WAN.

    It makes its VNet or adopts one, connects it to the hub in its segment, opens a security group to the flows it is
    part of and no more, and injects its prefix at Cloudflare; destroying it withdraws all of that. The hub programs the
    WAN's prefixes into the network's route tables, unless one of an adopted network's has that switched off.

    The connection is part of the hub and made in its subscription, through `hub_provider`, or, where a program
    can't give one, in `hub_subscription_id`; where both are one, leave both out.
    """

    network_id: pulumi.Output[str]
    """Id of the VNet."""
    connection_id: pulumi.Output[str]
    """Id of the connection to the virtual hub."""
    security_group_id: pulumi.Output[str]
    """Id of the security group that admits the spoke's flows."""

    def __init__(
        self,
        name: str,
        args: AzureSpokeArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        hub_provider: azure.Provider | None = None,
    ) -> None:
        super().__init__("hubspoke:index:AzureSpoke", name, {}, opts)
        self._spoke = parse_spoke(name, args, "azure")
        self._place = settle("spoke", name, args, self)
        network = network_of(self._place, self._spoke)
        connection = self._attach(network, args, hub_provider or self._provider_of_hub(args))
        self._inject(args, connection)
        self.network_id, self.connection_id = network.id, connection.id
        self.security_group_id = network.security_group_id
        self.register_outputs(self.outputs())

    def outputs(self) -> dict[str, pulumi.Output[Any]]:
        """What others need of this spoke, as the stack exports it."""
        return {
            "network_id": self.network_id,
            "connection_id": self.connection_id,
            "security_group_id": self.security_group_id,
        }

    def _provider_of_hub(self, args: AzureSpokeArgs) -> azure.Provider | None:
        subscription = args.get("hub_subscription_id")
        if subscription is None:
            return None
        tenant = args.get("hub_tenant_id")
        name = f"{self._spoke.key}-hub"
        return azure.Provider(name, subscription_id=subscription, tenant_id=tenant, opts=self._place.options())

    def _attach(
        self, network: Network, args: AzureSpokeArgs, hub_provider: azure.Provider | None
    ) -> azure.network.HubVirtualNetworkConnection:
        hub = pulumi.Output.from_input(args["virtual_hub_id"])
        return azure.network.HubVirtualNetworkConnection(
            self._spoke.key,
            connection_name=self._spoke.key,
            resource_group_name=hub.apply(group_of),
            virtual_hub_name=hub.apply(name_of),
            remote_virtual_network=azure.network.SubResourceArgs(id=network.id),
            enable_internet_security=False,
            routing_configuration=self._routing(pulumi.Output.from_input(args["route_tables"])),
            opts=self._place.options(provider=hub_provider, **replacing("remoteVirtualNetwork")),
        )

    def _routing(self, tables: pulumi.Output[Any]) -> azure.network.RoutingConfigurationArgs:
        """The segment's table decides where traffic goes; those that reach the spoke, and the on-ramp's, learn it."""
        reached = azure.network.PropagatedRouteTableArgs(
            labels=[label(segment) for segment in self._spoke.propagates_to],
            ids=[azure.network.SubResourceArgs(id=tables[ONRAMP])],
        )
        return azure.network.RoutingConfigurationArgs(
            associated_route_table=azure.network.SubResourceArgs(id=tables[self._spoke.segment]),
            propagated_route_tables=reached,
        )

    def _inject(self, args: AzureSpokeArgs, connection: pulumi.Resource) -> None:
        if not self._spoke.cloudflare_routes:
            return
        # Imported here: its SDK takes over a second to import.
        from hubspoke.cloudflare import static_route

        account = parse_cloudflare(args).account
        for route in self._spoke.cloudflare_routes:
            static_route(self._spoke.key, account, route, self, connection)
