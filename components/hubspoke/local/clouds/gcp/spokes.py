"""Which networks meet on a hub, and which of their ranges: what must not overlap."""

import ipaddress
from collections.abc import Iterable, Iterator

from ..networks import network
from ..records import Record
from ..view import View
from .common import target
from .places import meant
from .sources import HUB, NETWORK, SPOKE, SUBNETWORK


def vpc_of(spoke: Record) -> str:
    """The id of the network that a spoke links; empty for a spoke of tunnels."""
    linked = spoke.inputs.get("linkedVpcNetwork") or {}
    return meant(NETWORK, spoke, str(linked["uri"])) if linked.get("uri") else ""


def on_hub(view: View, spoke: Record) -> list[Record]:
    """The other spokes of a spoke's hub."""
    return [r for r in view.referring(target("hub", spoke, HUB), SPOKE, "hub") if r.key != spoke.key]


def clash_on_hub(view: View, spoke: Record, subnets: Iterable[Record]) -> str | None:
    """How subnetworks of a spoke's network overlap those of another on its hub; None where they do not."""
    for mine in _exported(spoke, subnets):
        for other in on_hub(view, spoke):
            theirs = view.referring(vpc_of(other), SUBNETWORK, "network") if vpc_of(other) else []
            for block in _exported(other, theirs):
                if mine.overlaps(block) and vpc_of(other) != vpc_of(spoke):
                    return f"{mine} overlaps {block} of spoke '{other.id}' on the same hub."
    return None


def _exported(spoke: Record, subnets: Iterable[Record]) -> Iterator[ipaddress.IPv4Network]:
    """The ranges that a spoke tells the hub of: those included, if any are named, without those excluded."""
    linked = spoke.inputs.get("linkedVpcNetwork") or {}
    wanted = [network(each) for each in linked.get("includeExportRanges") or ["0.0.0.0/0"]]
    hidden = [network(each) for each in linked.get("excludeExportRanges") or []]
    for subnet in subnets:
        found = network(subnet.inputs.get("ipCidrRange"))
        if found is not None and _inside(found, wanted) and not _inside(found, hidden):
            yield found


def _inside(block: ipaddress.IPv4Network, others: Iterable[ipaddress.IPv4Network | None]) -> bool:
    return any(other is not None and block.subnet_of(other) for other in others)
