"""Cloudflare's side of an on-ramp: IPsec tunnels with health checks, and static routes through them."""

from typing import Any, TypeVar

import pulumi
import pulumi_cloudflare as cf

from hubspoke.args import CloudflareOnRampArgs, parse_tunnel_ends
from hubspoke.args.cloudflare import HealthCheck, TunnelEnd
from hubspoke.plan.model import StaticRoute

T = TypeVar("T")


class CloudflareOnRamp(pulumi.ComponentResource):
    """One hub's tunnels at Cloudflare.

    Hubs and on-ramps of every cloud make one for themselves, from the same tunnels and the same secrets as their own
    ends, so that both match by construction; by itself it joins anything else that speaks IPsec. `bgp_asn` is the other
    end's ASN where routes are exchanged by BGP; `filters` then holds the sessions to what is the hub's to tell, so that
    no cloud can draw another's traffic.
    """

    tunnel_ids: dict[str, pulumi.Output[str]]
    """Ids of the tunnels, by key."""

    def __init__(self, name: str, args: CloudflareOnRampArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hubspoke:index:CloudflareOnRamp", name, {}, opts)
        self._name, self._side = name, parse_tunnel_ends(args)
        self._whose = f"{_kind(opts.parent if opts else None)} {name}"
        self._account = self._side.cloudflare.account
        bgp = None if self._side.bgp_asn is None else _bgp(self._side.bgp_asn, self._filter_ids())
        self._tunnels = {end.key: self._tunnel(end, bgp) for end in self._side.tunnels}
        self.tunnel_ids = {key: tunnel.id for key, tunnel in self._tunnels.items()}
        self.register_outputs(self.outputs())

    def outputs(self) -> dict[str, Any]:
        """What is known of the tunnels."""
        return {"tunnel_ids": self.tunnel_ids}

    def before(self, value: pulumi.Output[T]) -> pulumi.Output[T]:
        """The value, for what can be made once the tunnels are there, as Cloudflare refuses routes that lead over none.

        It is known as soon as `value` is: a tunnel more makes no preview say that all of a hub's spokes are replaced.
        """

        def with_tunnels(known: T) -> pulumi.Output[T]:
            return pulumi.Output({*self._tunnels.values()}, _done(known), _done(True))

        return value.apply(with_tunnels)

    def _filter_ids(self) -> dict[str, pulumi.Output[str]]:
        """The profiles of the sessions' two directions, as Cloudflare calls them: import is what it learns."""
        filters = self._side.filters
        wanted = {"import": filters.accepted, "export": filters.told} if filters else {}
        return {
            f"{direction}_filter_id": self._filter(direction, prefixes).id for direction, prefixes in wanted.items()
        }

    def _filter(self, direction: str, prefixes: tuple[str, ...]) -> cf.MagicWanBgpFilterProfile:
        return cf.MagicWanBgpFilterProfile(
            f"{self._name}/{direction}",
            account_id=self._account,
            name=f"{self._name} {direction}",
            description=f"{direction} of {self._whose}",
            match_action="allow",
            targets=[f"{prefix}+" for prefix in prefixes],  # each of them, and all that is in it
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _tunnel(self, end: TunnelEnd, bgp: cf.MagicWanIpsecTunnelBgpArgs | None) -> cf.MagicWanIpsecTunnel:
        return cf.MagicWanIpsecTunnel(
            end.key,
            account_id=self._account,
            name=end.key,
            # Required in practice: an update that leaves the description out fails (cloudflare-wan.md section 3).
            description=f"{self._whose}, tunnel {end.key}",
            cloudflare_endpoint=end.endpoint,
            customer_endpoint=end.customer_endpoint,
            interface_address=f"{end.cloudflare_address}/{end.inside_cidr.split('/')[1]}",
            psk=end.psk,
            replay_protection=True,  # no cloud can switch it off on its end for what it sends
            health_check=_health_check(end.health_check),
            bgp=bgp if end.bgp else None,
            opts=pulumi.ResourceOptions(parent=self),
        )


async def _done(value: T) -> T:
    return value


def _kind(component: pulumi.Resource | None) -> str:
    """What a component is to the people who read its descriptions: its class says it."""
    words = {"Hub": "hub", "Spoke": "spoke"}
    return next((word for end, word in words.items() if type(component).__name__.endswith(end)), "on-ramp")


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
    network: str, account: str, route: StaticRoute, parent: pulumi.Resource, *after: pulumi.Resource
) -> cf.MagicWanStaticRoute:
    """A route to one network through one tunnel: made with it, `after` what it leads over, and withdrawn first."""
    return cf.MagicWanStaticRoute(
        f"{network}/{route.key}",
        account_id=account,
        prefix=route.prefix,
        nexthop=route.nexthop,
        priority=route.priority,
        description=f"{_kind(parent)} {network} over {route.key}",
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after)),
    )
