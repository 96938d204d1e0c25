"""GcpSpoke: one network, attached to its hub in its segment, with its filter."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from hubspoke.args import GcpSpokeArgs, parse_cloudflare, parse_spoke
from hubspoke.gcp.filter import filter_network
from hubspoke.gcp.network import network_of
from hubspoke.gcp.parts import Maker, labelled
from hubspoke.plan.model import SpokePlan


class GcpSpoke(pulumi.ComponentResource):
    """One network of the WAN.

    It makes its network or adopts one, attaches it, opens a firewall policy to the flows it is part of and no more,
    and injects its prefix at Cloudflare where routing is static; destroying it withdraws all of that.

    To a hub that speaks BGP it attaches as a spoke of Network Connectivity Center, in its segment's group; in another
    project than the hub's it is let in by that group. To a hub with static routing it is peered with the transit
    network: the hub's side of the peering is made through `hub_provider`, or, where a
    program can't give one, in `hub_project`; where both are one project, leave both out.
    """

    network: pulumi.Output[str]
    """Self link of the network."""
    attachment_id: pulumi.Output[str]
    """Id of the Network Connectivity Center spoke, or of the network's side of the peering."""
    firewall_policy_id: pulumi.Output[str]
    """Id of the firewall policy that admits the spoke's flows."""

    def __init__(
        self,
        name: str,
        args: GcpSpokeArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        hub_provider: gcp.Provider | None = None,
    ) -> None:
        super().__init__("hubspoke:index:GcpSpoke", name, {}, opts)
        spoke = parse_spoke(name, args, "gcp")
        labels = labelled(args.get("tags", {}), "gcpspoke", name)
        self._make = Maker(spoke.key, spoke.region, labels, False, self)
        network = network_of(self._make, spoke)
        self.network = network.self_link
        transit = args.get("transit_network")
        if transit is None:
            self.attachment_id = self._attach(spoke, network, args)
        else:
            here, there = self._peer(network, transit, hub_provider or self._provider_of_hub(args))
            self.attachment_id = here.id
            self._inject(spoke, args, there)
        self.firewall_policy_id = filter_network(self._make, spoke, network).id
        self.register_outputs(self.outputs())

    def outputs(self) -> dict[str, pulumi.Output[Any]]:
        """What others need of this spoke, as the stack exports it."""
        return {
            "network": self.network,
            "attachment_id": self.attachment_id,
            "firewall_policy_id": self.firewall_policy_id,
        }

    def _attach(self, spoke: SpokePlan, network: gcp.compute.Network, args: GcpSpokeArgs) -> pulumi.Output[str]:
        """A spoke of the hub. Of an adopted network the hub learns the spoke's own prefix alone."""
        made = gcp.networkconnectivity.Spoke(
            spoke.key,
            location="global",
            description=f"spoke {spoke.key}",
            hub=args["hub_id"],
            group=pulumi.Output.from_input(args["groups"])[spoke.segment],
            linked_vpc_network=gcp.networkconnectivity.SpokeLinkedVpcNetworkArgs(
                uri=network.self_link,
                include_export_ranges=[spoke.cidr] if spoke.adopted else None,
            ),
            labels=self._make.labels,
            # A network is a spoke of one hub: the new one can only follow the old.
            opts=self._make.options(delete_before_replace=True),
        )
        return pulumi.Output.all(made.id, made.state).apply(lambda both: _accepted(spoke.key, *both))

    def _provider_of_hub(self, args: GcpSpokeArgs) -> gcp.Provider | None:
        project = args.get("hub_project")
        if project is None:
            return None
        return gcp.Provider(
            self._make.name("hub"),
            project=project,
            region=self._make.region,
            impersonate_service_account=args.get("hub_service_account"),
            opts=self._make.options(),
        )

    def _peer(
        self, network: gcp.compute.Network, transit: pulumi.Input[str], hub_provider: gcp.Provider | None
    ) -> tuple[gcp.compute.NetworkPeering, gcp.compute.NetworkPeering]:
        """Both sides of a peering over which the transit network's static routes come."""
        here = gcp.compute.NetworkPeering(
            self._make.key,
            network=network.self_link,
            peer_network=transit,
            export_custom_routes=False,
            import_custom_routes=True,
            opts=self._make.options(delete_before_replace=True),
        )
        there = gcp.compute.NetworkPeering(
            self._make.name("hub"),
            network=transit,
            peer_network=network.self_link,
            export_custom_routes=True,
            import_custom_routes=False,
            # One network's peerings change one at a time.
            opts=self._make.options(delete_before_replace=True, depends_on=[here], provider=hub_provider),
        )
        return here, there

    def _inject(self, spoke: SpokePlan, args: GcpSpokeArgs, peered: pulumi.Resource) -> None:
        # Imported here: its SDK takes over a second to import, and BGP spokes have no use for it.
        from hubspoke.cloudflare import static_route

        account = parse_cloudflare(args).account
        for route in spoke.cloudflare_routes:
            static_route(spoke.key, account, route, self, peered)


def _accepted(spoke: str, id_: str, state: str) -> str:
    """The id of an attached spoke. Raises RunError where nobody let it in, as then it reaches nothing."""
    if state != "ACTIVE":
        raise pulumi.RunError(
            f"spoke {spoke!r} is {state}: the hub's project has not accepted {id_}. Bring the hub's stack up, which "
            "lets the projects of its spokes in, or accept it by hand; then refresh and bring this stack up again"
        )
    return id_
