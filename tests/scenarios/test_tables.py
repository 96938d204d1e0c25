"""One table each: which of its routes wins, by the rules of its cloud. Worked out from the providers' own pages."""

from hubspoke.network.model import Drop, Internet, Network, Source, Table
from hubspoke.network.settle import settle

from tests.scenarios.build import link, local, route, table, via, winners

STATIC, BGP, LOCAL = Source.STATIC, Source.BGP, Source.LOCAL


def alone(made: Table, *ways: str, **health: str) -> Network:
    """A table, and links from it to a router that nobody looks at."""
    far = table("far/0", "router")
    return Network((made, far), tuple(link(way, made.key, far.key, health=health.get(way, "up")) for way in ways))


def sure(network: Network, key: str) -> bool:
    return all(cell.sure for cell in settle(network).cells[key])


def test_aws_local_beats_a_longer_propagated_route() -> None:
    """VPC guide, route priority: the local route wins over a propagated one even where that is more specific."""
    vpc = table("vpc/main", "aws vpc", local("vpc", "10.1.0.0/16"), route("10.1.2.0/24", via("vgw"), BGP))
    assert winners(alone(vpc, "vgw"), "vpc/main", "10.1.2.3") == {"local 10.1.0.0/16"}


def test_aws_a_longer_static_route_beats_local() -> None:
    """The same page: a static route for a whole subnet to an appliance wins by longest prefix."""
    vpc = table("vpc/main", "aws vpc", local("vpc", "10.1.0.0/16"), route("10.1.2.0/24", via("eni"), STATIC))
    assert winners(alone(vpc, "eni"), "vpc/main", "10.1.2.3") == {"static 10.1.2.0/24"}


def test_aws_static_then_prefix_list_then_propagated() -> None:
    """Same prefix: a static route, a prefix list's, and one the gateway propagated, each as the better go away."""
    ties = [route("10.9.0.0/16", via(w), s) for w, s in (("a", STATIC), ("b", Source.PREFIX_LIST), ("c", BGP))]
    for first in range(3):
        vpc = table("vpc/main", "aws vpc", *ties[first:])
        assert winners(alone(vpc, "a", "b", "c"), "vpc/main", "10.9.0.1") == {ties[first].origin}


def test_aws_two_prefix_lists_are_ambiguous() -> None:
    """AWS picks one of overlapping prefix lists at random: nothing to be proven by."""
    ties = [route("10.9.0.0/16", via(way), Source.PREFIX_LIST) for way in "ab"]
    assert not sure(alone(table("vpc/main", "aws vpc", *ties), "a", "b"), "vpc/main")


def test_transit_gateway_prefers_by_kind_of_attachment() -> None:
    """How transit gateways work: static, then VPC, Direct Connect, Connect, VPN, for the same prefix."""
    order = (STATIC, Source.ATTACHED, Source.DIRECT, Source.CONNECT, BGP)
    ties = [route("10.9.0.0/16", via(source.value), source) for source in order]
    for first in range(len(order)):
        tgw = table("tgw/0", "aws tgw", *reversed(ties[first:]))
        assert winners(alone(tgw, *[s.value for s in order]), "tgw/0", "10.9.0.1") == {ties[first].origin}


def test_transit_gateway_shares_over_vpn_only_with_one_path_and_the_option() -> None:
    """ECMP over BGP VPNs needs vpn_ecmp_support and the same AS path; without either the choice is AWS's own."""
    same = [route("10.9.0.0/16", via(way), BGP, as_path=(13335, 64513)) for way in "ab"]
    other = [same[0], route("10.9.0.0/16", via("b"), BGP, as_path=(13335, 64514))]
    assert sure(alone(table("tgw/0", "aws tgw", *same), "a", "b"), "tgw/0")
    assert not sure(alone(table("tgw/0", "aws tgw", *other), "a", "b"), "tgw/0")
    assert not sure(alone(table("tgw/0", "aws tgw", *same, multipath=False), "a", "b"), "tgw/0")


def test_transit_gateway_longer_blackhole_drops_and_a_shorter_one_does_not() -> None:
    """A blackhole is a static route like any other: it takes part in longest prefix match."""
    tgw = table(
        "tgw/0", "aws tgw",
        route("10.9.0.0/16", via("a"), Source.ATTACHED),
        route("10.9.9.0/24", Drop(), STATIC),
        route("10.0.0.0/8", Drop(), STATIC),
    )  # fmt: skip
    network = alone(tgw, "a")
    assert winners(network, "tgw/0", "10.9.9.1") == {"static 10.9.9.0/24"}
    assert winners(network, "tgw/0", "10.9.1.1") == {"attached 10.9.0.0/16"}


def test_azure_user_route_then_bgp_then_system() -> None:
    """VNet traffic routing: for the same prefix a user-defined route, then the gateway's, then the system's."""
    ties = [route("10.9.0.0/16", via(s.value), s) for s in (STATIC, BGP, Source.SYSTEM)]
    for first in range(3):
        vnet = table("vnet/main", "azure subnet", *ties[first:])
        assert winners(alone(vnet, "static", "bgp", "system"), "vnet/main", "10.9.0.1") == {ties[first].origin}


def test_azure_own_space_beats_a_longer_bgp_route_but_not_a_user_one() -> None:
    """The same page: system routes for the VNet are preferred even over more specific BGP routes."""
    own, bgp = local("vnet", "10.1.0.0/16"), route("10.1.2.0/24", via("gw"), BGP)
    user = route("10.1.2.0/24", via("nva"), STATIC)
    assert winners(alone(table("vnet/main", "azure subnet", own, bgp), "gw"), "vnet/main", "10.1.2.3") == {own.origin}
    both = table("vnet/main", "azure subnet", own, bgp, user)
    assert winners(alone(both, "gw", "nva"), "vnet/main", "10.1.2.3") == {user.origin}


def test_azure_hub_prefers_by_its_routing_preference() -> None:
    """About hub routing preference: the same VPN route from here with a long path, from afar with a short one."""
    here = route("10.9.0.0/16", via("vpn"), BGP, as_path=(13335, 64513, 64514))
    afar = route("10.9.0.0/16", via("hub"), Source.PEER, as_path=(65520,), remote=True)
    by = {"azure hub": here, "azure hub, vpn": here, "azure hub, as path": afar}
    for kind, best in by.items():
        assert winners(alone(table("hub/0", kind, here, afar), "vpn", "hub"), "hub/0", "10.9.0.1") == {best.origin}, (
            kind
        )


def test_google_subnet_routes_end_the_search() -> None:
    """VPC routes: nothing within a subnet's range is asked of static or dynamic routes, however long."""
    gcp = table(
        "net/0", "gcp network", local("net", "10.1.0.0/20"), route("10.1.2.0/24", via("vpn"), STATIC),
        route("0.0.0.0/0", Internet(), Source.SYSTEM, priority=1000),
    )  # fmt: skip
    network = alone(gcp, "vpn")
    assert winners(network, "net/0", "10.1.2.3") == {"local 10.1.0.0/20"}
    assert winners(network, "net/0", "8.8.8.8") == {"system 0.0.0.0/0"}


def test_google_priority_then_sharing_and_a_dead_next_hop_is_passed_over() -> None:
    """Lower priority number wins, equals share; a route whose next hop cannot be used is discarded first."""
    ties = [route("10.9.0.0/16", via(way), STATIC, priority=p) for way, p in (("a", 100), ("b", 100), ("c", 900))]
    gcp = table("net/0", "gcp network", *ties)
    assert {r.next_hop for c in settle(alone(gcp, "a", "b", "c")).cells["net/0"] for r in c.routes} == {
        via("a"),
        via("b"),
    }
    left = alone(gcp, "a", "b", "c", a="down", b="down")
    assert {r.next_hop for c in settle(left).cells["net/0"] for r in c.routes} == {via("c")}


def test_cloudflare_longest_prefix_comes_before_priority() -> None:
    """Traffic steering: a longer prefix at a worse priority still wins."""
    cf = table(
        "cloudflare/0", "cloudflare",
        route("10.9.0.0/16", via("a"), STATIC, priority=1),
        route("10.9.9.0/24", via("b"), STATIC, priority=900),
    )  # fmt: skip
    assert winners(alone(cf, "a", "b"), "cloudflare/0", "10.9.9.1") == {"static 10.9.9.0/24"}


def test_cloudflare_ill_health_adds_to_the_priority_and_never_removes() -> None:
    """100 + 500,000 for degraded and + 1,000,000 for down; with all down the least bad is still used."""
    ties = [route("10.9.0.0/16", via(way), STATIC, priority=p) for way, p in (("a", 100), ("b", 200))]
    cf = table("cloudflare/0", "cloudflare", *ties)

    def best(**health: str) -> set[object]:
        return {r.next_hop for c in settle(alone(cf, "a", "b", **health)).cells["cloudflare/0"] for r in c.routes}

    assert best() == {via("a")}
    assert best(a="degraded") == {via("b")}
    assert best(a="degraded", b="down") == {via("a")}
    assert best(a="down", b="down") == {via("a")}


def test_cloudflare_static_beats_bgp_unless_a_community_says_otherwise() -> None:
    """Equal prefix and priority: static first. 13335:60050 makes a learned route 50, two more prepends add 20."""
    static = route("10.9.0.0/16", via("a"), STATIC, priority=100)
    for communities, path, best in (
        (frozenset(), (64513,), static.next_hop),
        (frozenset({"13335:60050"}), (64513,), via("b")),
        (frozenset({"13335:60050"}), (64513,) * 3, via("b")),
        (frozenset({"13335:60200"}), (64513,), static.next_hop),
    ):
        learned = route("10.9.0.0/16", via("b"), BGP, communities=communities, as_path=path)
        network = alone(table("cloudflare/0", "cloudflare", static, learned), "a", "b")
        assert {r.next_hop for c in settle(network).cells["cloudflare/0"] for r in c.routes} == {best}
