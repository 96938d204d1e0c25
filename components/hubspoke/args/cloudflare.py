"""The arguments of Cloudflare's side of an on-ramp, and what they are parsed to.

Unlike a plan's parts these hold what a cloud assigns: outside addresses and keys, which are outputs.
"""

from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi

from hubspoke.args.parts import CloudflareArgs
from hubspoke.plan.model import CloudflarePlan, HubPlan, OnRampPlan, Tunnel
from hubspoke.plan.sessions import owned, sessions


class HealthCheckArgs(TypedDict):
    type: NotRequired[str]
    """"request" (default) or "reply": the kind of ping."""
    target: NotRequired[pulumi.Input[str]]
    """Address that is pinged. Default: the tunnel's other end."""


class CloudflareTunnelArgs(TypedDict):
    key: str
    """Stable key, at most 15 characters: it is the tunnel's name."""
    endpoint: str
    """Anycast address of the Cloudflare endpoint."""
    inside_cidr: str
    """Prefix that both ends' inside addresses are in: /30 or /31."""
    cloudflare_address: str
    """Inside address of Cloudflare's end."""
    customer_endpoint: pulumi.Input[str]
    """Outside address of the other end."""
    psk: pulumi.Input[str]
    """Pre-shared key of both ends. It is kept as a secret, whether given as one or not."""
    health_check: NotRequired[HealthCheckArgs]
    """How Cloudflare asks whether the tunnel works."""
    bgp: NotRequired[bool]
    """Whether it has a BGP session, where there is an ASN to speak with. Default true."""


class BgpFiltersArgs(TypedDict):
    accepted: list[str]
    """Prefixes that Cloudflare learns from the other end, and all within them: what the on-ramp owns."""
    told: list[str]
    """Prefixes that Cloudflare tells the other end, and all within them."""


class CloudflareOnRampArgs(TypedDict):
    tunnels: list[CloudflareTunnelArgs]
    """The tunnels, one per outside address of the other end and Cloudflare endpoint."""
    cloudflare: CloudflareArgs
    """The Cloudflare account in the middle."""
    bgp_asn: NotRequired[int | None]
    """ASN of the other end, where routes are exchanged by BGP. Routing is static without it."""
    filters: NotRequired[BgpFiltersArgs | None]
    """What the sessions may exchange. All routes without it."""


@dataclass(frozen=True)
class HealthCheck:
    """How Cloudflare asks whether a tunnel works: the kind of ping, and whom; the tunnel's other end if not given."""

    type: str = "request"
    target: pulumi.Input[str] | None = None


@dataclass(frozen=True)
class TunnelEnd:
    """Cloudflare's end of one tunnel. `psk` and `customer_endpoint` come from the cloud's end."""

    key: str
    endpoint: str
    inside_cidr: str
    cloudflare_address: str
    customer_endpoint: pulumi.Input[str]
    psk: pulumi.Output[str]
    health_check: HealthCheck
    bgp: bool


@dataclass(frozen=True)
class BgpFilters:
    """What an on-ramp's sessions exchange: routes to these prefixes or within them, and to no others."""

    accepted: tuple[str, ...]
    told: tuple[str, ...]


@dataclass(frozen=True)
class TunnelEnds:
    """Cloudflare's side of one on-ramp."""

    tunnels: tuple[TunnelEnd, ...]
    cloudflare: CloudflarePlan
    bgp_asn: int | None
    filters: BgpFilters | None


def tunnel_end(
    tunnel: Tunnel,
    endpoint: str,
    customer_endpoint: pulumi.Input[str],
    psk: pulumi.Input[str],
    health_check: HealthCheckArgs | None = None,
) -> CloudflareTunnelArgs:
    """The arguments of Cloudflare's end of a planned tunnel, from what the cloud's end gives."""
    return {
        "key": tunnel.key,
        "endpoint": endpoint,
        "inside_cidr": tunnel.inside_cidr,
        "cloudflare_address": tunnel.cloudflare_address,
        "customer_endpoint": customer_endpoint,
        "psk": psk,
        "health_check": health_check or {},
    }


def tunnel_ends(
    cloudflare: CloudflarePlan, part: HubPlan | OnRampPlan, tunnels: list[CloudflareTunnelArgs]
) -> CloudflareOnRampArgs:
    """The arguments of Cloudflare's side of a planned hub or on-ramp, from those of its tunnels.

    By BGP, Cloudflare learns what the hub or on-ramp owns and no more, and tells it the WAN.
    """
    spoken, accepted = sessions(part), owned(part)
    filters: BgpFiltersArgs = {"accepted": list(accepted), "told": list(part.wan_prefixes)}
    return {
        "tunnels": [{**tunnel, "bgp": tunnel["key"] in spoken} for tunnel in tunnels],
        "cloudflare": {"account": cloudflare.account, "asn": cloudflare.asn},
        "bgp_asn": part.asn if spoken else None,
        "filters": filters if spoken and accepted else None,
    }
