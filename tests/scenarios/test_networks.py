"""Whole networks with what is proven of them, worked out by hand."""

from dataclasses import replace

import pytest
from hubspoke.network.failures import fail, prove_failures
from hubspoke.network.model import Filter, Network, Rule, Session, Source, Speaker
from hubspoke.network.packet import Packet
from hubspoke.network.prove import prove
from hubspoke.network.questions import Isolated, LoopFree, Question, Reaches, Routed, SameWayBack, Verdict
from hubspoke.network.settle import Oscillation, settle
from hubspoke.network.trace import trace

from tests.scenarios.build import endpoint, link, local, route, table, via

STATIC = Source.STATIC
A, B = "10.1.0.0/16", "10.2.0.0/16"


def two(*middle: object, a_to_b: str = "at a", b_to_a: str = "at b", **ends: object) -> Network:
    """a and b on one hub, which knows both; everything else is the scenario's own."""
    tables = (
        table("a/0", "aws vpc", local("a", A), route("10.0.0.0/8", via(a_to_b), STATIC)),
        table("b/0", "aws vpc", local("b", B), route("10.0.0.0/8", via(b_to_a), STATIC)),
        table("hub/0", "aws tgw", route(A, via("at a"), Source.ATTACHED), route(B, via("at b"), Source.ATTACHED)),
    )
    links = (link("at a", "a/0", "hub/0", mtu=8500), link("at b", "b/0", "hub/0", mtu=8500))
    return Network(tables, links, (endpoint("a", A, "a/0", **ends), endpoint("b", B, "b/0")), *middle)  # type: ignore[arg-type]


def one(network: Network, question: Question) -> Verdict:
    (verdict,) = prove(network, [question])
    return verdict


ANY = Reaches("a to b", ("a",), ("b",))


def test_two_networks_on_a_hub_reach_each_other() -> None:
    assert one(two(), ANY).answer == "proven"
    assert one(two(), Isolated("a from b", ("a",), ("b",))).answer == "refuted"


def test_a_way_there_without_a_way_back_is_refuted_with_both() -> None:
    """b's table sends everything for the WAN to a link that is not there: answers are lost in b."""
    verdict = one(two(b_to_a="nowhere"), ANY)
    (example,) = verdict.examples
    assert example.why == "answers of 10.2.0.1 do not come back to 10.1.0.1"
    assert example.back is not None
    assert [(p.ending, p.hops[-1].table) for p in example.back.paths] == [("lost", "b/0")]


def test_all_blockers_are_named_and_not_only_the_first() -> None:
    """The way out, the hub's filter and the way in: three rules to change, three origins."""
    shut = tuple(Filter(key, (), f"resource {key}") for key in ("out", "between", "in"))
    network = two(shut, egress=("out",))
    hub = replace(network.table["hub/0"], filters=("between",))
    b = replace(network.endpoint["b"], ingress=("in",))
    network = replace(network, tables=(*network.tables[:2], hub), endpoints=(network.endpoints[0], b))
    (example,) = one(network, Reaches("ssh", ("a",), ("b",), "tcp", (22, 22))).examples
    assert example.there is not None
    assert [blocker.origin for blocker in example.there.blockers] == ["resource out", "resource between", "resource in"]


def test_a_stateless_filter_needs_leave_for_answers() -> None:
    """Port 443 into b is let through, and nothing from b: questions arrive, answers do not, until high ports may."""
    there = Rule("allow", "there", (A,), (B,), "tcp", (443, 443))
    back = Rule("allow", "back", (B,), (A,), "tcp", (1024, 65535))
    for rules, stateful, answer in (
        ((there,), False, "refuted"),
        ((there, back), False, "proven"),
        ((there,), True, "proven"),
    ):
        filter_ = Filter("acl", rules, "acl", stateful=stateful)
        network = two((filter_,))
        hub = replace(network.table["hub/0"], filters=("acl",))
        network = replace(network, tables=(*network.tables[:2], hub))
        assert one(network, Reaches("https", ("a",), ("b",), "tcp", (443, 443))).answer == answer


def test_one_open_port_is_enough_to_refute_isolation() -> None:
    """Denied on all ports but one: the example is a packet to that port."""
    leak = Filter("in", (Rule("allow", "the leak", (), (), "tcp", (8080, 8080)),), "in")
    network = two((leak,))
    network = replace(network, endpoints=(network.endpoints[0], replace(network.endpoint["b"], ingress=("in",))))
    verdict = one(network, Isolated("a from b", ("a",), ("b",)))
    (example,) = verdict.examples
    assert example.there is not None
    assert (example.there.packet.protocol, example.there.packet.ports) == ("tcp", (8080, 8080))
    assert [judged.origin for judged in example.there.filters] == ["the leak"]


def test_a_rule_that_is_not_known_proves_nothing_either_way() -> None:
    maybe = Filter("in", (Rule("unknown", "a prefix list"),), "in")
    network = two((maybe,))
    network = replace(network, endpoints=(network.endpoints[0], replace(network.endpoint["b"], ingress=("in",))))
    assert one(network, ANY).answer == "unknown"
    assert one(network, Isolated("a from b", ("a",), ("b",))).answer == "unknown"


def test_two_hubs_that_default_to_each_other_loop() -> None:
    """Each sends what it does not know to the other: 10.3/16 goes round, 10.2/16 arrives."""
    tables = (
        table("a/0", "aws vpc", local("a", A), route("10.0.0.0/8", via("at a"), STATIC)),
        table("h1/0", "aws tgw", route(A, via("at a"), Source.ATTACHED), route("10.0.0.0/8", via("peering"), STATIC)),
        table("h2/0", "aws tgw", route(B, via("at b"), Source.ATTACHED), route("10.0.0.0/8", via("peering"), STATIC)),
        table("b/0", "aws vpc", local("b", B), route("10.0.0.0/8", via("at b"), STATIC)),
    )
    links = (link("at a", "a/0", "h1/0"), link("peering", "h1/0", "h2/0"), link("at b", "b/0", "h2/0"))
    network = Network(tables, links, (endpoint("a", A, "a/0"), endpoint("b", B, "b/0")))
    assert one(network, ANY).answer == "proven"
    verdict = one(network, LoopFree())
    assert verdict.answer == "refuted"
    assert str(verdict.examples[0]) == "10.0.0.1 from a/0: a/0 -> h1/0 -> h2/0, back in h1/0"


def test_every_shared_path_must_deliver() -> None:
    """Two equal ways, one of which ends nowhere: half of the connections fail, so it does not reach."""
    network = two()
    stray = table("stray/0", "router")
    hub = table(
        "hub/0", "router", route(A, via("at a"), STATIC), route(B, via("at b"), STATIC), route(B, via("odd"), STATIC)
    )
    links = (*network.links, link("odd", "hub/0", "stray/0"))
    network = replace(network, tables=(*network.tables[:2], hub, stray), links=links)
    verdict = one(network, ANY)
    assert verdict.answer == "refuted"
    assert verdict.examples[0].there is not None
    assert {path.ending for path in verdict.examples[0].there.paths} == {"delivered", "lost"}
    assert one(network, Isolated("a from b", ("a",), ("b",))).answer == "refuted"  # the other half gets there


def test_packets_that_are_too_long_for_a_link_are_told() -> None:
    assert one(two(), Routed("jumbo", ("a",), ("b",), mtu=8500)).answer == "proven"
    assert one(two(), Routed("jumbo", ("a",), ("b",), mtu=9001)).answer == "refuted"


def test_answers_that_go_around_a_stateful_firewall_are_told() -> None:
    """a sends through the firewall's hub, b answers over a link of its own: the firewall never sees the answer."""
    firewall = Filter("firewall", (), "firewall", default="allow")
    network = two((firewall,), b_to_a="direct")
    hub = replace(network.table["hub/0"], filters=("firewall",))
    around = replace(network, tables=(*network.tables[:2], hub), links=(*network.links, link("direct", "b/0", "a/0")))
    verdict = one(around, SameWayBack("a and b", ("a",), ("b",)))
    assert verdict.answer == "refuted"
    same = replace(network, tables=(*two().tables[:2], hub))
    assert one(same, SameWayBack("a and b", ("a",), ("b",))).answer == "proven"


def spoken() -> Network:
    """Two hubs that tell Cloudflare of their network each, over a tunnel each."""
    tables = (
        table("h1/0", "aws tgw", local("a", A)), table("h2/0", "aws tgw", local("b", B)),
        table("cloudflare/0", "cloudflare"),
    )  # fmt: skip
    links = tuple(link(f"tunnel {h}", f"{h}/0", "cloudflare/0") for h in ("h1", "h2"))
    middle = Speaker("cloudflare", 13335, announces=("cloudflare/0",), learns=("cloudflare/0",))
    sessions = tuple(
        Session(f"bgp {h}", f"tunnel {h}", (Speaker(h, asn, announces=(f"{h}/0",), learns=(f"{h}/0",)), middle), h)
        for h, asn in (("h1", 64513), ("h2", 64514))
    )
    return Network(tables, links, (endpoint("a", A, "h1/0"), endpoint("b", B, "h2/0")), (), sessions)


def test_routes_are_learned_across_the_middle_and_lost_with_the_tunnel() -> None:
    settled = settle(spoken()).network
    (learned,) = [r for r in settled.table["h1/0"].routes if r.source is Source.BGP]
    assert (learned.prefixes, learned.as_path, learned.next_hop) == ((B,), (13335, 64514), via("tunnel h1"))
    assert one(spoken(), ANY).answer == "proven"
    (verdict,) = prove_failures(spoken(), [ANY], ["tunnel h2"])
    assert (verdict.answer, verdict.case) == ("refuted", "tunnel h2")
    assert not [r for r in settle(fail(spoken(), "tunnel h2")).network.table["h1/0"].routes if r.source is Source.BGP]


def test_hubs_with_the_same_asn_do_not_hear_each_other() -> None:
    """Loop prevention: a hub drops paths with its own ASN in them, which is why every hub has one of its own."""
    network = spoken()
    same = tuple(replace(s, speakers=(replace(s.speakers[0], asn=64513), s.speakers[1])) for s in network.sessions)
    assert one(replace(network, sessions=same), ANY).answer == "refuted"


def test_a_packet_from_nowhere_is_refused() -> None:
    with pytest.raises(KeyError, match=r"no endpoint has the address 192\.0\.2\.1"):
        trace(settle(two()).network, Packet("192.0.2.1", "10.1.0.1"))


def test_what_cannot_fail_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="nothing in the network is called"):
        fail(two(), "hub nowhere")


def test_oscillation_names_its_tables() -> None:
    assert "x, y" in str(Oscillation(["y", "x"]))
