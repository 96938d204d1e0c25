"""Cloudflare's side of an on-ramp: IPsec tunnels with health checks, and static routes through them."""

from dataclasses import dataclass

import pulumi
import pulumi_cloudflare as cf

from hubspoke.plan.model import CloudflarePlan, StaticRoute, Tunnel


@dataclass(frozen=True)
class TunnelEnd:
    """What Cloudflare must know of one tunnel's other end. `psk` and `customer_endpoint` come from the cloud's end."""

    tunnel: Tunnel
    endpoint: str
    customer_endpoint: pulumi.Output[str]
    psk: pulumi.Output[str]


class CloudflareOnRamp(pulumi.ComponentResource):
    """One hub's tunnels at Cloudflare.

    Addresses and key come from the same `Tunnel` and the same secret as the cloud's end, so both ends match by
    construction. `bgp_asn` is the hub's ASN where routes are exchanged by BGP, None where they are static.
    """

    tunnel_ids: dict[str, pulumi.Output[str]]

    def __init__(
        self,
        name: str,
        cloudflare: CloudflarePlan,
        ends: list[TunnelEnd],
        bgp_asn: int | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("hubspoke:index:CloudflareOnRamp", name, {}, opts)
        tunnels = {end.tunnel.key: self._tunnel(name, cloudflare, end, bgp_asn) for end in ends}
        self.tunnel_ids = {key: tunnel.id for key, tunnel in tunnels.items()}
        self.register_outputs({"tunnel_ids": self.tunnel_ids})

    def _tunnel(
        self, hub: str, cloudflare: CloudflarePlan, end: TunnelEnd, bgp_asn: int | None
    ) -> cf.MagicWanIpsecTunnel:
        return cf.MagicWanIpsecTunnel(
            end.tunnel.key,
            account_id=cloudflare.account,
            name=end.tunnel.key,
            # Required in practice: an update that leaves the description out fails (cloudflare-wan.md section 3).
            description=f"hub {hub}, tunnel {end.tunnel.key}",
            cloudflare_endpoint=end.endpoint,
            customer_endpoint=end.customer_endpoint,
            interface_address=f"{end.tunnel.cloudflare_address}/{end.tunnel.inside_cidr.split('/')[1]}",
            psk=end.psk,
            replay_protection=True,  # AWS cannot switch it off on its end
            # The provider's default direction differs from the product's, so every field is set.
            health_check=cf.MagicWanIpsecTunnelHealthCheckArgs(
                enabled=True, direction="bidirectional", type="request", rate="mid"
            ),
            bgp=None if bgp_asn is None else _bgp(bgp_asn),
            opts=pulumi.ResourceOptions(parent=self),
        )


def _bgp(customer_asn: int) -> cf.MagicWanIpsecTunnelBgpArgs:
    # Left unset, extra_prefixes differs on every preview (pulumi-cloudflare #6733).
    return cf.MagicWanIpsecTunnelBgpArgs(customer_asn=customer_asn, extra_prefixes=[])


def static_route(
    owner: str, account: str, route: StaticRoute, parent: pulumi.Resource, what: str = "spoke"
) -> cf.MagicWanStaticRoute:
    """A route to one spoke or on-ramp through one tunnel: made with its owner, and withdrawn with it."""
    return cf.MagicWanStaticRoute(
        f"{owner}/{route.key}",
        account_id=account,
        prefix=route.prefix,
        nexthop=route.nexthop,
        priority=route.priority,
        description=f"{what} {owner} over {route.key}",
        opts=pulumi.ResourceOptions(parent=parent),
    )
