"""GcpHub: a transit network joined to Cloudflare, and what its spokes' networks attach to."""

from typing import Any

import pulumi
import pulumi_gcp as gcp

from hubspoke.args import GcpHubArgs, parse_cloudflare, parse_hub
from hubspoke.gcp.parts import Maker, labelled
from hubspoke.gcp.vpn import Session, Vpn
from hubspoke.plan.groups import group_of
from hubspoke.plan.model import HubPlan

_GROUPS = {"mesh": ("default",), "star": ("center", "edge")}


class GcpHub(pulumi.ComponentResource):
    """A hub in one region: a transit network and both ends of every tunnel to Cloudflare.

    With BGP it is HA VPN with a Cloud Router, and a Network Connectivity Center hub that the spokes' networks and the
    tunnels are spokes of. In a mesh all networks reach each other natively; in a star those of the segments in its
    centre are reached by all, and the others by Cloudflare only (Google, "Preset topologies", 2026-08). Segments are
    held apart by each spoke's firewall policy as well. A Network Connectivity Center spoke of its own for each tunnel
    lets one tunnel be replaced without the others.

    With static routing it is Classic VPN, one gateway for each of a connection's tunnels. Network Connectivity Center
    exchanges no static routes, so spokes' networks are peered with the transit network, which exports them; as peering
    is not transitive, spokes reach each other over Cloudflare alone.
    """

    network: pulumi.Output[str]
    """Self link of the transit network, once its tunnels are there."""
    hub_id: pulumi.Output[str]
    """Id of the Network Connectivity Center hub; empty with static routing."""
    groups: pulumi.Output[dict[str, str]]
    """Ids of that hub's groups, by segment; empty with static routing."""

    def __init__(self, name: str, args: GcpHubArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hubspoke:index:GcpHub", name, {}, opts)
        hub = parse_hub(name, args, "gcp")
        labels = labelled(args.get("tags", {}), "gcphub", name)
        self._make = Maker(hub.key, hub.region, labels, hub.protect, self)
        network = self._transit_network(hub).self_link
        vpn = Vpn(self._make, hub, network, parse_cloudflare(args))
        # Spokes may lead into the tunnels only once these are there, so the network is given away with them.
        self.network = vpn.at_cloudflare.before(network)
        self.hub_id, self.groups = pulumi.Output.from_input(""), pulumi.Output.from_input({})
        if hub.routing == "bgp":
            self.hub_id = self._connectivity(hub, vpn.sessions)
            self.groups = self.hub_id.apply(
                lambda id_: {s.key: _group(id_, group_of(hub, s.key)) for s in hub.segments}
            )
        self.register_outputs(self.outputs())

    def outputs(self) -> dict[str, pulumi.Output[Any]]:
        """What spokes need of this hub, as the stack exports it."""
        return {"network": self.network, "hub_id": self.hub_id, "groups": self.groups}

    def _transit_network(self, hub: HubPlan) -> gcp.compute.Network:
        return gcp.compute.Network(
            hub.key,
            description=f"transit network of hub {hub.key}",
            auto_create_subnetworks=False,
            delete_default_routes_on_create=True,
            routing_mode="GLOBAL",  # spokes in other regions use what is learned here
            opts=self._make.options(protect=True),
        )

    def _connectivity(self, hub: HubPlan, sessions: dict[str, Session]) -> pulumi.Output[str]:
        """The Network Connectivity Center hub, with the tunnels on it. Returns its id, once guests are let in."""
        made = gcp.networkconnectivity.Hub(
            hub.key,
            description=f"hub {hub.key}",
            policy_mode="PRESET",
            preset_topology=hub.topology.upper(),
            labels=self._make.labels,
            opts=self._make.options(protect=True),
        )
        for key, session in sessions.items():
            self._tunnel_spoke(hub, made, key, session)
        open_ = [self._let_in(made, hub, group) for group in _GROUPS[hub.topology]] if hub.shared_with else []
        return pulumi.Output.all(made.id, *(group.id for group in open_)).apply(lambda ids: str(ids[0]))

    def _tunnel_spoke(self, hub: HubPlan, made: gcp.networkconnectivity.Hub, key: str, session: Session) -> None:
        """A tunnel as a spoke: what it learns goes to the networks, and what they have is known to its network."""
        gcp.networkconnectivity.Spoke(
            key,
            location=hub.region,
            description=f"tunnel {key} to Cloudflare",
            hub=made.id,
            group=made.id.apply(lambda id_: _group(id_, _GROUPS[hub.topology][0])),  # every spoke reaches it
            linked_vpn_tunnels=gcp.networkconnectivity.SpokeLinkedVpnTunnelsArgs(
                uris=[session.tunnel.self_link],
                site_to_site_data_transfer=False,  # Cloudflare joins its own sites
                include_import_ranges=["ALL_IPV4_RANGES"],
            ),
            labels=self._make.labels,
            # A tunnel is linked once, and its session is up before it is.
            opts=self._make.options(delete_before_replace=True, depends_on=[session.peer]),
        )

    def _let_in(self, made: gcp.networkconnectivity.Hub, hub: HubPlan, group: str) -> gcp.networkconnectivity.Group:
        """Accepts spokes of the other projects in a group without asking."""
        return gcp.networkconnectivity.Group(
            self._make.name(group),
            name=group,
            hub=made.id,
            description=f"{group} of hub {hub.key}",
            auto_accept=gcp.networkconnectivity.GroupAutoAcceptArgs(auto_accept_projects=list(hub.shared_with)),
            labels=self._make.labels,
            opts=self._make.options(),
        )


def _group(hub_id: str, name: str) -> str:
    return f"{hub_id}/groups/{name}"
