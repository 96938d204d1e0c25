"""Hubs of one cloud: how they are joined, and what each cloud asks of one."""

from collections.abc import Iterator
from itertools import islice

from hubspoke.intent.clouds import CLOUDS
from hubspoke.intent.ends import Ends
from hubspoke.intent.limits import HUB_LONGEST_PREFIX
from hubspoke.intent.model import Cloud, Hub, Peering, Wan
from hubspoke.intent.parts import cloud_of
from hubspoke.intent.problem import Issue
from hubspoke.intent.segments import reachable

_NO_PEERING: dict[Cloud, tuple[str, str]] = {
    "azure": (
        "a virtual WAN joins its hubs by itself",
        "remove the peering, and keep hubs that are to be joined in one account",
    ),
    "gcp": (
        "Network Connectivity Center hubs are not joined with each other",
        "remove the peering: the way is over Cloudflare; or put the spokes on one hub",
    ),
}


def check_hubs(wan: Wan) -> Iterator[Issue]:
    yield from _peerings(wan)
    for key, hub in wan.hubs.items():
        if hub.cidr and hub.cidr.prefixlen > HUB_LONGEST_PREFIX:
            what = f"a virtual hub cannot be a /{hub.cidr.prefixlen}"
            yield Issue(("hubs", key, "cidr"), what, f"give a /{HUB_LONGEST_PREFIX} or shorter")
        if cloud_of(wan, hub) == "gcp":
            yield from _google(wan, key, hub)


def _peerings(wan: Wan) -> Iterator[Issue]:
    first: dict[frozenset[str], str] = {}
    for key, peering in wan.peerings.items():
        at = ("peerings", key, "hubs")
        if len(set(peering.hubs)) < len(peering.hubs):
            yield Issue(at, f"{peering.hubs[0]!r} is both hubs", "name two different hubs")
        elif (other := first.setdefault(frozenset(peering.hubs), key)) != key:
            yield Issue(at, f"peering {other!r} joins these two already", "keep one of the two")
        yield from _one_cloud(wan, key, peering)
        yield from _one_region(wan, key, peering)


def _one_cloud(wan: Wan, key: str, peering: Peering) -> Iterator[Issue]:
    clouds = {cloud for hub in peering.hubs if hub in wan.hubs and (cloud := cloud_of(wan, wan.hubs[hub]))}
    if len(clouds) > 1:
        names = " and ".join(sorted(CLOUDS[cloud].name for cloud in clouds))
        what = f"its hubs are on {names}, which cannot be joined natively"
        yield Issue(("peerings", key, "hubs"), what, "remove the peering: the way is over Cloudflare")
    for cloud in clouds & _NO_PEERING.keys() if len(clouds) == 1 else ():
        yield Issue(("peerings", key), *_NO_PEERING[cloud])


def _one_region(wan: Wan, key: str, peering: Peering) -> Iterator[Issue]:
    """Within a region a peering's two ends have ids of their own, and the asker is not told the other's
    (terraform-provider-aws #38027, 2026-11)."""
    hubs = [wan.hubs[hub] for hub in dict.fromkeys(peering.hubs) if hub in wan.hubs]
    regions = {(cloud_of(wan, hub), hub.region) for hub in hubs}
    if len(hubs) > 1 and len(regions) == 1 and cloud_of(wan, hubs[0]) == "aws":
        what = f"its hubs are both in {hubs[0].region}, where the one that asks is not told the other end's id"
        remedy = "remove the peering: the way is over Cloudflare; or put the spokes on one hub"
        yield Issue(("peerings", key, "hubs"), what, remedy)


def _google(wan: Wan, key: str, hub: Hub) -> Iterator[Issue]:
    if hub.routing == "bgp":
        yield from _topology(wan, key, hub)
    else:
        yield from _no_topology(key, hub)


def _no_topology(key: str, hub: Hub) -> Iterator[Issue]:
    """With static routing networks are peered with the hub's transit network, and no two of them reach each other by
    that: peering is not transitive (cloud.google.com/vpc/docs/vpc-peering, 2026-11)."""
    for field in ("topology", "center"):
        if field in hub.model_fields_set:
            what = f"`{field}` is for hubs that speak BGP: on one with static routes no two networks meet"
            yield Issue(("hubs", key, field), what, "remove it, or write `routing: bgp`")


def _topology(wan: Wan, key: str, hub: Hub) -> Iterator[Issue]:
    """A Network Connectivity Center hub has one group, whose networks all reach each other, or a centre that reaches
    all and edges that reach nothing else, of their own segment neither (routing of NCC, preset topologies, 2026-11)."""
    here = sorted({spoke.segment for spoke in wan.spokes.values() if spoke.hub == key} & wan.segments.keys())
    if hub.topology == "mesh":
        if hub.center:
            yield Issue(("hubs", key, "center"), "only a star has a centre", "write `topology: star`, or remove it")
        yield from _must_meet(wan, key, [(one, other) for one in here for other in here], _MESH)
    elif not hub.center:
        yield Issue(("hubs", key), "a star needs a centre", "add `center:` with the segments that reach all others")
    else:
        pairs = [(one, other) for one in hub.center if one in wan.segments for other in here]
        yield from _must_meet(wan, key, pairs, _STAR)
        yield from _edge_flows(wan, key, hub)


_MESH = ("in a mesh", "make it a star with a centre that all may reach, or use a hub for each")
_STAR = ("in a star with this centre", "name segments in `center` that all on the hub may reach, or use a hub for each")


def _must_meet(wan: Wan, key: str, pairs: list[tuple[str, str]], where: tuple[str, str]) -> Iterator[Issue]:
    reach = reachable(wan.segments)
    for one, other in pairs:
        if other not in reach[one]:
            what = f"segments {one!r} and {other!r} do not reach each other, and {where[0]} they would"
            yield Issue(("hubs", key), what, where[1])
            return


def _edge_flows(wan: Wan, key: str, hub: Hub) -> Iterator[Issue]:
    edges = {name for name, spoke in wan.spokes.items() if spoke.hub == key and spoke.segment not in hub.center}
    ends = Ends(wan)
    for name, flow in wan.flows.items():
        if flow.access == "allowed" and flow.source in ends and flow.target in ends:
            sources, targets = (sorted(edges & {*ends.networks(end)}) for end in (flow.source, flow.target))
            for one, other in islice(((s, t) for s in sources for t in targets if s != t), 1):
                what = f"it is allowed between {one!r} and {other!r}, which are both at the edge of hub {key!r}"
                remedy = f"add their segment to hubs.{key}.center, use a mesh, or narrow the flow"
                yield Issue(("flows", name), what, remedy)
