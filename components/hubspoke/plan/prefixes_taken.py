"""How many prefixes a gateway takes from a BGP peer before it resets the session, and a network of all its peers."""

from hubspoke.intent.limits import LIMITS, limit_of
from hubspoke.plan.model import Cloud, Plan

CLOUDFLARE_TAKES = LIMITS["session-prefixes"].value
# By cloud, what a hub's gateway takes and what that of a single network does; 0 where no number is documented.
_TAKEN: dict[Cloud, tuple[str, str]] = {
    "aws": ("vpn-received-routes", "private-gateway-routes"),
    "gcp": ("router-peer-prefixes", "router-peer-prefixes"),
}


def prefixes_taken(cloud: Cloud, *, hub: bool) -> int:
    """What a hub's gateway, or one of a single network, takes; 0 for any number."""
    names = _TAKEN.get(cloud)
    return LIMITS[names[0] if hub else names[1]].value if names else 0


def learned_taken(plan: Plan | None = None) -> tuple[int, int]:
    """Google: what a network takes of what its own region's routers learned, and of what those of other regions did.

    As the plan says that it was raised. What is over that is dropped.
    """
    raised = dict(plan.limits) if plan else {}
    return limit_of("router-learned-routes", raised), limit_of("router-routes-of-other-regions", raised)
