"""GcpOnRamp: a single network with a VPN to Cloudflare of its own, and no hub."""

from typing import Any

import pulumi

from hubspoke.args import GcpOnRampArgs, parse_cloudflare, parse_onramp
from hubspoke.gcp.filter import filter_network
from hubspoke.gcp.network import network_of
from hubspoke.gcp.parts import Maker, labelled
from hubspoke.gcp.vpn import Vpn


class GcpOnRamp(pulumi.ComponentResource):
    """One network that reaches the WAN by itself: HA VPN with BGP, or Classic VPN with static routes, in the network.

    It makes its network or adopts one, and both ends of every tunnel; it opens a firewall policy to the flows it is
    part of and no more, and injects its prefix at Cloudflare where routing is static.
    """

    network: pulumi.Output[str]
    """Self link of the network."""
    firewall_policy_id: pulumi.Output[str]
    """Id of the firewall policy that admits the network's flows."""

    def __init__(self, name: str, args: GcpOnRampArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hubspoke:index:GcpOnRamp", name, {}, opts)
        onramp, cloudflare = parse_onramp(name, args, "gcp"), parse_cloudflare(args)
        labels = labelled(args.get("tags", {}), "gcponramp", name)
        make = Maker(onramp.key, onramp.region, labels, onramp.protect, self)
        network = network_of(make, onramp)
        self.network = network.self_link
        tunnels = Vpn(make, onramp, self.network, cloudflare).at_cloudflare
        self.firewall_policy_id = filter_network(make, onramp, network).id
        if onramp.cloudflare_routes:
            from hubspoke.cloudflare import static_route

            for route in onramp.cloudflare_routes:
                static_route(onramp.key, cloudflare.account, route, self, tunnels)
        self.register_outputs(self.outputs())

    def outputs(self) -> dict[str, pulumi.Output[Any]]:
        """What others need of this on-ramp, as the stack exports it."""
        return {"network": self.network, "firewall_policy_id": self.firewall_policy_id}
