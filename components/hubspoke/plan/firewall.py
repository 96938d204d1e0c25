"""What Cloudflare lets pass between segments, and what it drops."""

from collections import defaultdict
from collections.abc import Mapping
from ipaddress import IPv4Network

from hubspoke.intent.model import Wan
from hubspoke.intent.parts import networks
from hubspoke.intent.segments import reachable
from hubspoke.plan.model import FirewallPlan


def firewall(wan: Wan, cidrs: Mapping[str, IPv4Network]) -> FirewallPlan:
    """The segments that hold something, and the ordered pairs of them that reach each other, themselves included.

    Each prefix stays as it is: run together, those of two networks would be one that changes with either.
    """
    held: dict[str, list[IPv4Network]] = defaultdict(list)
    for at, network in networks(wan):
        held[network.segment].append(cidrs[str(at[1])])
    for site in wan.sites.values():
        held[site.segment].extend(site.prefixes)
    reach = reachable(wan.segments)
    return FirewallPlan(
        segments=tuple((key, tuple(map(str, sorted(held[key])))) for key in sorted(held)),
        allowed=tuple((one, other) for one in sorted(held) for other in sorted(held) if other in reach[one]),
        wan_prefixes=tuple(str(prefix) for prefix in sorted(wan.address_space)),
    )
