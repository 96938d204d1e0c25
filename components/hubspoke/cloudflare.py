"""Cloudflare's side of an on-ramp: IPsec tunnels with health checks, and static routes through them."""

from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_cloudflare as cf

from hubspoke.plan.model import CloudflarePlan, StaticRoute, Tunnel


@dataclass(frozen=True)
class HealthCheck:
    """How Cloudflare asks whether a tunnel works: the kind of ping, and whom; the tunnel's other end if not given."""

    type: Literal["request", "reply"] = "request"
    target: pulumi.Input[str] | None = None


@dataclass(frozen=True)
class TunnelEnd:
    """What Cloudflare must know of one tunnel's other end. `psk` and `customer_endpoint` come from the cloud's end."""

    tunnel: Tunnel
    endpoint: str
    customer_endpoint: pulumi.Output[str]
    psk: pulumi.Output[str]
    health_check: HealthCheck = HealthCheck()


@dataclass(frozen=True)
class BgpFilters:
    """What an on-ramp's sessions exchange: routes to these prefixes or within them, and to no others."""

    accepted: tuple[str, ...]  # that Cloudflare learns from the cloud's end: what the on-ramp owns
    told: tuple[str, ...]  # that Cloudflare tells it


class CloudflareOnRamp(pulumi.ComponentResource):
    """One hub's tunnels at Cloudflare.

    Addresses and key come from the same `Tunnel` and the same secret as the cloud's end, so both ends match by
    construction. `bgp_asn` is the hub's ASN where routes are exchanged by BGP, None where they are static; `filters`
    then holds the sessions to what is the hub's to tell, so that no cloud can draw another's traffic.
    """

    tunnel_ids: dict[str, pulumi.Output[str]]

    def __init__(
        self,
        name: str,
        cloudflare: CloudflarePlan,
        ends: list[TunnelEnd],
        bgp_asn: int | None = None,
        opts: pulumi.ResourceOptions | None = None,
        *,
        filters: BgpFilters | None = None,
    ) -> None:
        super().__init__("hubspoke:index:CloudflareOnRamp", name, {}, opts)
        bgp = None if bgp_asn is None else _bgp(bgp_asn, self._filter_ids(name, cloudflare, filters))
        tunnels = {end.tunnel.key: self._tunnel(name, cloudflare, end, bgp) for end in ends}
        self.tunnel_ids = {key: tunnel.id for key, tunnel in tunnels.items()}
        self.register_outputs({"tunnel_ids": self.tunnel_ids})

    def _filter_ids(
        self, hub: str, cloudflare: CloudflarePlan, filters: BgpFilters | None
    ) -> dict[str, pulumi.Output[str]]:
        """The profiles of the sessions' two directions, as Cloudflare calls them: import is what it learns."""
        wanted = {"import": filters.accepted, "export": filters.told} if filters else {}
        return {
            f"{direction}_filter_id": self._filter(hub, cloudflare, direction, prefixes).id
            for direction, prefixes in wanted.items()
        }

    def _filter(
        self, hub: str, cloudflare: CloudflarePlan, direction: str, prefixes: tuple[str, ...]
    ) -> cf.MagicWanBgpFilterProfile:
        return cf.MagicWanBgpFilterProfile(
            f"{hub}/{direction}",
            account_id=cloudflare.account,
            name=f"{hub} {direction}",
            description=f"{direction} of hub {hub}",
            match_action="allow",
            targets=[f"{prefix}+" for prefix in prefixes],  # each of them, and all that is in it
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _tunnel(
        self, hub: str, cloudflare: CloudflarePlan, end: TunnelEnd, bgp: cf.MagicWanIpsecTunnelBgpArgs | None
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
            replay_protection=True,  # no cloud can switch it off on its end for what it sends
            health_check=_health_check(end.health_check),
            bgp=bgp,
            opts=pulumi.ResourceOptions(parent=self),
        )


def _health_check(check: HealthCheck) -> cf.MagicWanIpsecTunnelHealthCheckArgs:
    target = None if check.target is None else cf.MagicWanIpsecTunnelHealthCheckTargetArgs(saved=check.target)
    # The provider's default direction differs from the product's, so every field is set.
    return cf.MagicWanIpsecTunnelHealthCheckArgs(
        enabled=True, direction="bidirectional", type=check.type, rate="mid", target=target
    )


def _bgp(customer_asn: int, filter_ids: dict[str, pulumi.Output[str]]) -> cf.MagicWanIpsecTunnelBgpArgs:
    # Left unset, extra_prefixes differs on every preview (pulumi-cloudflare #6733).
    return cf.MagicWanIpsecTunnelBgpArgs(customer_asn=customer_asn, extra_prefixes=[], **filter_ids)


def static_route(
    spoke: str, account: str, route: StaticRoute, parent: pulumi.Resource, after: pulumi.Resource | None = None
) -> cf.MagicWanStaticRoute:
    """A route to one spoke through one tunnel: made with the spoke, `after` what it leads over, and withdrawn first."""
    return cf.MagicWanStaticRoute(
        f"{spoke}/{route.key}",
        account_id=account,
        prefix=route.prefix,
        nexthop=route.nexthop,
        priority=route.priority,
        description=f"spoke {spoke} over {route.key}",
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[after] if after else None),
    )
