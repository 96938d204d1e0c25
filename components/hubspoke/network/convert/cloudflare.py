"""Cloudflare's resources: IPsec tunnels, static routes, and the network firewall."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Literal

from hubspoke.network.convert.expressions import rule_of
from hubspoke.network.convert.lists import LIST, LIST_ITEM, prefix_lists
from hubspoke.network.convert.made import Half, Made, inside, join
from hubspoke.network.intended import names
from hubspoke.network.model import Drop, Filter, NextHop, PrefixFilter, Route, Source, Speaker, Table, Unknown, Via
from hubspoke.network.snapshot import NOT_KNOWN, Resource, Snapshot
from hubspoke.plan.prefixes_taken import CLOUDFLARE_TAKES

TUNNEL = "cloudflare:index/magicWanIpsecTunnel:MagicWanIpsecTunnel"
ROUTE = "cloudflare:index/magicWanStaticRoute:MagicWanStaticRoute"
PROFILE = "cloudflare:index/magicWanBgpFilterProfile:MagicWanBgpFilterProfile"
RULESET = "cloudflare:index/ruleset:Ruleset"
READ = frozenset({TUNNEL, ROUTE, PROFILE, RULESET, LIST, LIST_ITEM})
ASN = 13335  # the same for all accounts: magic-wan BGP, 2026-10


def name_tunnels(made: Made, snapshot: Snapshot) -> None:
    """Links have the names of Cloudflare's tunnels: this comes before the clouds' own converters."""
    for tunnel in snapshot.of_type(TUNNEL):
        made.tunnels[inside(tunnel.known("interfaceAddress"))] = names.tunnel(tunnel.known("name", tunnel.name))


def convert_cloudflare(made: Made, snapshot: Snapshot) -> None:
    """Tunnels are joined with the halves that the clouds' converters left."""
    if names.CLOUDFLARE not in made.tables:
        made.tables[names.CLOUDFLARE] = Table(names.CLOUDFLARE, names.CLOUDFLARE, "cloudflare", (), "cloudflare")
    for tunnel in snapshot.of_type(TUNNEL):
        _tunnel(made, snapshot, tunnel)
    for half in made.halves.values():
        made.finding(f"no tunnel at Cloudflare has the inside addresses {half.inside}", half.origin, "deploy both ends")
    made.routes(names.CLOUDFLARE, [_route(made, route) for route in snapshot.of_type(ROUTE)])
    for ruleset in snapshot.of_type(RULESET):
        if ruleset.known("phase") == "magic_transit":
            _firewall(made, snapshot, ruleset)


def _tunnel(made: Made, snapshot: Snapshot, tunnel: Resource) -> None:
    key = tunnel.known("name", tunnel.name)
    prefix = inside(tunnel.known("interfaceAddress"))
    bgp = tunnel.get("bgp")
    middle = Half(
        prefix, names.CLOUDFLARE, (names.CLOUDFLARE,), tunnel.known("cloudflareEndpoint"),
        tunnel.known("customerEndpoint"), tunnel.urn, _speaker(made, snapshot, tunnel, bgp) if bgp else None,
        peer_asn=int(bgp["customerAsn"]) if bgp else 0,
    )  # fmt: skip
    cloud = made.halves.pop(prefix, None)
    if cloud is None:
        made.finding(f"tunnel {key} ends at no gateway: none has the inside addresses {prefix}", tunnel.urn,
                     "deploy both ends, or remove the tunnel")  # fmt: skip
        return
    join(made, key, cloud, middle)


def _speaker(made: Made, snapshot: Snapshot, tunnel: Resource, bgp: Mapping[str, Any]) -> Speaker:
    """Cloudflare's side: import is what it learns, export what it tells."""
    imports, exports = (_profile(made, snapshot, tunnel, bgp, way) for way in ("import", "export"))
    table = (names.CLOUDFLARE,)
    return Speaker(
        names.CLOUDFLARE, ASN, announces=table, learns=table, imports=imports, exports=exports, limit=CLOUDFLARE_TAKES
    )


def _profile(made: Made, snapshot: Snapshot, tunnel: Resource, bgp: Mapping[str, Any], way: str) -> PrefixFilter | None:
    """One way's filter. Before it has an id it is the one of those that the session is made from with that name."""
    value = bgp.get(f"{way}FilterId")
    if not value:
        return None
    made_from = (snapshot.by_urn.get(urn) for urn in tunnel.depends.get("bgp", ()))
    by_name = [each for each in made_from if each and each.type == PROFILE and each.name.endswith(f"/{way}")]
    found = snapshot.refers(tunnel, "bgp", value, PROFILE)
    profile = found or (by_name[0] if len(by_name) == 1 and value is NOT_KNOWN else None)
    targets = profile.get("targets") if profile else None
    if profile is None or not isinstance(targets, list) or not all(str(each).endswith("+") for each in targets):
        made.finding(
            f"the {way} filter of tunnel {tunnel.name} is not read", profile.urn if profile else tunnel.urn,
            "name prefixes with all that is in them: 10.0.0.0/8+",
        )  # fmt: skip
        return None
    action: Literal["allow", "deny"] = "allow" if profile.known("matchAction") == "allow" else "deny"
    return PrefixFilter(action, made.shared(*(each.removesuffix("+") for each in targets)))


def _route(made: Made, route: Resource) -> Route:
    if route.get("scope"):
        made.finding("a route that only some regions have is not judged", route.urn, "give it to all regions")
    prefixes = made.shared(route.known("prefix"))
    return Route(prefixes, _nexthop(made, route), Source.STATIC, route.urn, int(route.get("priority", 100)))


def _nexthop(made: Made, route: Resource) -> NextHop:
    """The tunnel that has the address; by the route's name where its tunnel is another stack's."""
    value = route.get("nexthop")
    if not isinstance(value, str):
        return Unknown("next hop")
    for prefix, link in made.tunnels.items():
        if IPv4Address(value) in IPv4Network(prefix):
            return Via((link,))
    elsewhere = names.tunnel(route.name.rsplit("/", 1)[-1])
    return Via((elsewhere,)) if elsewhere in made.links else Drop(f"no tunnel has the next hop {value}")


def _firewall(made: Made, snapshot: Snapshot, ruleset: Resource) -> None:
    lists = prefix_lists(snapshot)
    rules = tuple(
        rule
        for each in ruleset.get("rules", ())
        if each.get("enabled", True)
        for rule in rule_of(made, lists, each, ruleset.urn)
    )
    made.filters[names.FIREWALL] = Filter(names.FIREWALL, rules, ruleset.urn, default="allow", stateful=False)
    table = made.tables[names.CLOUDFLARE]
    made.tables[names.CLOUDFLARE] = Table(
        table.key, table.router, table.kind, table.routes, table.origin, (names.FIREWALL,)
    )
