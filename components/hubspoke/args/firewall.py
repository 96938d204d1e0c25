"""The arguments of Cloudflare's firewall."""

from typing import TypedDict

from hubspoke.args.parts import CloudflareArgs


class PermitArgs(TypedDict):
    source: str
    """Segment that sends."""
    target: str
    """Segment that receives."""


class FirewallArgs(TypedDict):
    segments: dict[str, list[str]]
    """Prefixes of each segment."""
    allowed: list[PermitArgs]
    """Pairs of segments between which traffic passes; all else between the WAN's prefixes is dropped."""
    wan_prefixes: list[str]
    """Prefixes of the WAN as a whole."""
    cloudflare: CloudflareArgs
    """The Cloudflare account in the middle."""
