"""Allocations are disjoint, in their pools, and stay where they are whatever is added or removed around them."""

from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import pytest
from hubspoke.intent import IntentError, Wan
from hubspoke.intent.limits import LIMITS, RESERVED_TUNNEL_CIDRS, TUNNEL_RANGE
from hubspoke.plan import AllocationMissing, Lock, allocate, make_plan
from hypothesis import given, settings
from hypothesis import strategies as st

HUBS = ("use1", "euc1", "apn1")
POOLS = {hub: f"10.{index * 16}.0.0/14" for index, hub in enumerate(HUBS)}

Spokes = dict[str, dict[str, Any]]


def wan_of(hubs: dict[str, dict[str, Any]], spokes: Spokes, **more: Any) -> Wan:
    document = {
        "name": "acme",
        "address_space": ["10.0.0.0/8"],
        "cloudflare": {"account": "0" * 32, "endpoints": {"e1": "162.159.64.41", "e2": "162.159.66.41"}},
        "accounts": {"network": {"cloud": "aws", "id": "1" * 12}, "apps": {"cloud": "aws", "id": "2" * 12}},
        "segments": {"prod": {}},
        "pools": {hub: POOLS[hub] for hub in hubs if hub in POOLS},
        "hubs": {key: {"account": "network", "region": "us-east-1", **hub} for key, hub in hubs.items()},
        "spokes": {key: {"account": "apps", "segment": "prod", **spoke} for key, spoke in spokes.items()},
        **more,
    }
    return Wan.model_validate(document)


def wan_with(spokes: Spokes, **more: Any) -> Wan:
    """A WAN of one hub, use1, and these spokes."""
    return wan_of({"use1": {}}, {key: {"hub": "use1", **spoke} for key, spoke in spokes.items()}, **more)


@st.composite
def wans(draw: st.DrawFn) -> Wan:
    """One or more hubs and up to eight spokes, some with an ASN or a CIDR of their own, in any order of keys."""
    hubs: dict[str, dict[str, Any]] = {
        hub: draw(st.sampled_from([{}, {}, {"asn": 65000 + index}])) for index, hub in enumerate(HUBS)
    }
    chosen = draw(st.permutations(HUBS))[: draw(st.integers(1, len(HUBS)))]
    spokes: Spokes = {}
    for number in draw(st.permutations(range(8)))[: draw(st.integers(0, 8))]:
        fixed = draw(st.integers(0, 3)) == 0
        where = {"cidr": f"10.200.{number * 16}.0/20"} if fixed else {"size": draw(st.integers(18, 24))}
        spokes[f"spoke-{number}"] = {"hub": draw(st.sampled_from(chosen)), **where}
    return wan_of({hub: hubs[hub] for hub in chosen}, spokes)


def shared(old: Lock, new: Lock, old_wan: Wan, new_wan: Wan) -> None:
    """Whatever is in both WANs and asks for the same has kept what it was given."""
    assert {key: old.tunnels[key] for key in new.tunnels if key in old.tunnels} == {
        key: new.tunnels[key] for key in new.tunnels if key in old.tunnels
    }
    for hub, asn in old.asns.items():
        assert new.asns.get(hub, asn) == asn
    for key, cidr in old.cidrs.items():
        if key in new.cidrs and old_wan.spokes[key] == new_wan.spokes[key]:
            assert new.cidrs[key] == cidr


@settings(max_examples=60)
@given(st.lists(wans(), min_size=1, max_size=6))
def test_nothing_moves_over_any_sequence_of_wans(sequence: list[Wan]) -> None:
    lock, before = Lock(), sequence[0]
    for wan in sequence:
        try:
            new = allocate(wan, lock)
        except IntentError:  # a spoke that is kept under the same key now asks for another size or hub
            changed = [key for key in wan.spokes if key in before.spokes and wan.spokes[key] != before.spokes[key]]
            assert changed
            continue
        shared(lock, new, before, wan)
        assert allocate(wan, new) == new
        hold(wan, new)
        lock, before = new, wan


def hold(wan: Wan, lock: Lock) -> None:
    """What must be true of any lock: complete, minimal, disjoint, in its place."""
    tunnels, cidrs = list(lock.tunnels.values()), list(lock.cidrs.values())
    explicit = [spoke.cidr for spoke in wan.spokes.values() if spoke.cidr]
    assert set(lock.tunnels) == {
        f"{hub}-{endpoint}-{slot}" for hub in wan.hubs for endpoint in ("e1", "e2") for slot in "ab"
    }
    assert all(len(key) <= LIMITS["tunnel-name-length"].value for key in lock.tunnels)
    assert all(inside.prefixlen == 30 and inside.subnet_of(TUNNEL_RANGE) for inside in tunnels)
    assert not any(one.overlaps(other) for one, other in combinations([*tunnels, *RESERVED_TUNNEL_CIDRS], 2))
    assert set(lock.asns) == {key for key, hub in wan.hubs.items() if hub.asn is None}
    asns = [*lock.asns.values(), *(hub.asn for hub in wan.hubs.values() if hub.asn)]
    assert len(set(asns)) == len(asns)
    assert wan.cloudflare.asn not in asns
    assert set(lock.cidrs) == {key for key, spoke in wan.spokes.items() if spoke.cidr is None}
    assert not any(one.overlaps(other) for one, other in combinations([*cidrs, *explicit], 2))
    for key, cidr in lock.cidrs.items():
        assert cidr.prefixlen == wan.spokes[key].size
        assert cidr.subnet_of(wan.pools[wan.spokes[key].hub])


@settings(max_examples=60)
@given(wans(), st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(wan: Wan, random: Any) -> None:
    def shuffled(section: dict[str, Any]) -> dict[str, Any]:
        return dict(random.sample(sorted(section.items()), len(section)))

    other = wan.model_copy(update={"hubs": shuffled(wan.hubs), "spokes": shuffled(wan.spokes)})
    assert allocate(other, Lock()) == allocate(wan, Lock())


def test_allocates_from_the_start_of_each_range() -> None:
    lock = allocate(wan_with({"web": {}, "tiny": {"size": 24}}), Lock())
    assert lock == Lock(
        tunnels={
            "use1-e1-a": IPv4Network("169.254.240.0/30"),
            "use1-e1-b": IPv4Network("169.254.240.4/30"),
            "use1-e2-a": IPv4Network("169.254.240.8/30"),
            "use1-e2-b": IPv4Network("169.254.240.12/30"),
        },
        asns={"use1": 64512},
        cidrs={"web": IPv4Network("10.0.0.0/20"), "tiny": IPv4Network("10.0.16.0/24")},
    )


def test_asns_skip_those_in_use_and_cloudflares() -> None:
    wan = wan_of({"use1": {}, "euc1": {"asn": 64513}, "apn1": {}}, {})
    cloudflare = wan.cloudflare.model_copy(update={"asn": 64512})
    assert allocate(wan.model_copy(update={"cloudflare": cloudflare}), Lock()).asns == {"apn1": 64514, "use1": 64515}


def test_an_explicit_cidr_in_a_pool_is_gone_round() -> None:
    lock = allocate(wan_with({"web": {}, "old": {"cidr": "10.0.0.0/20"}}), Lock())
    assert lock.cidrs == {"web": IPv4Network("10.0.16.0/20")}


def test_what_the_intent_gives_or_drops_leaves_the_lock() -> None:
    lock = allocate(wan_with({"web": {}, "lab": {}}), Lock())
    fixed = wan_of({"use1": {"asn": 65000}}, {"lab": {"hub": "use1", "cidr": str(lock.cidrs["lab"])}})
    assert allocate(fixed, lock) == Lock(tunnels=lock.tunnels)


def test_a_freed_cidr_is_given_again_only_to_what_is_new() -> None:
    lock = allocate(wan_with({"ash": {}, "oak": {}, "yew": {}}), Lock())
    without = allocate(wan_with({"ash": {}, "yew": {}}), lock)
    later = allocate(wan_with({"ash": {}, "elm": {}, "yew": {}}), without)
    assert later.cidrs == {"ash": lock.cidrs["ash"], "elm": lock.cidrs["oak"], "yew": lock.cidrs["yew"]}


KEEP = "undo that; or keep the network and write `cidr: 10.0.0.0/20`; or remove cidrs.web from the lock file and run `hubspoke plan --write`, which replaces the network"  # fmt: skip


@pytest.mark.parametrize(
    ("wan", "said"),
    [
        pytest.param(
            wan_with({"web": {}}, pools={"use1": "10.64.0.0/16"}),
            f"wan.yaml: spokes.web: it is allocated 10.0.0.0/20, but the pool of hub 'use1' is 10.64.0.0/16; {KEEP}",
            id="another pool",
        ),
        pytest.param(
            wan_with({"web": {"size": 22}}),
            f"wan.yaml: spokes.web: it is allocated 10.0.0.0/20, but the size asked for is /22; {KEEP}",
            id="another size",
        ),
        pytest.param(
            wan_with({"web": {}, "old": {"cidr": "10.0.8.0/22"}}),
            f"wan.yaml: spokes.web: it is allocated 10.0.0.0/20, but spokes.old has 10.0.8.0/22; {KEEP}",
            id="given away",
        ),
        pytest.param(
            wan_of({"use1": {}, "euc1": {"asn": 64512}}, {"web": {"hub": "use1"}}),
            "wan.yaml: hubs.use1: it is allocated ASN 64512, which is the ASN of hub 'euc1' now; "
            "undo that, or remove asns.use1 from the lock file and run `hubspoke plan --write`",
            id="asn",
        ),
    ],
)
def test_what_no_longer_fits_is_not_moved_in_silence(wan: Wan, said: str) -> None:
    lock = allocate(wan_with({"web": {}}), Lock())
    for use in (allocate, make_plan):
        with pytest.raises(IntentError) as raised:
            use(wan, lock)
        assert str(raised.value) == said


def test_a_pool_broken_up_by_what_is_kept_is_told() -> None:
    pool = {"use1": "10.0.0.0/22"}
    lock = allocate(wan_with({"ash": {"size": 24}, "oak": {"size": 24}, "yew": {"size": 24}}, pools=pool), Lock())
    wan = wan_with({"oak": {"size": 24}, "large": {"size": 23}, "small": {"size": 24}}, pools=pool)
    assert allocate(wan, Lock()).cidrs.keys() == {"oak", "large", "small"}
    broken = Lock(
        tunnels=lock.tunnels, asns=lock.asns, cidrs={"oak": lock.cidrs["oak"], "small": IPv4Network("10.0.2.0/24")}
    )
    with pytest.raises(
        IntentError, match=r"^wan\.yaml: spokes\.large: the pool 10\.0\.0\.0/22 of hub 'use1' has no /23 left;"
    ):
        allocate(wan, broken)


def test_more_tunnels_than_addresses() -> None:
    hubs: dict[str, dict[str, Any]] = {f"hub{number:03}": {} for number in range(257)}
    wan = wan_of(hubs, {}, limits={"transit-gateways": 300, "vpn-connections": 600, "customer-gateways": 600})
    with pytest.raises(
        IntentError, match=r"^wan\.yaml: hubs: 1028 tunnels are more than 169\.254\.240\.0/20 has addresses"
    ):
        allocate(wan, Lock())


def test_a_plan_names_what_is_not_allocated_yet() -> None:
    wan = wan_of({"use1": {}}, {"web": {"hub": "use1"}})
    lock = allocate(wan, Lock())
    partial = Lock(tunnels={key: inside for key, inside in lock.tunnels.items() if key != "use1-e2-b"})
    with pytest.raises(AllocationMissing) as raised:
        make_plan(wan, partial)
    remedy = "run `hubspoke plan --write` and commit the lock file"
    assert str(raised.value).splitlines() == [
        f"wan.yaml: hubs.use1: no ASN is allocated yet; {remedy}",
        f"wan.yaml: hubs.use1: no address for tunnel use1-e2-b is allocated yet; {remedy}",
        f"wan.yaml: spokes.web: no CIDR is allocated yet; {remedy}",
    ]


def test_an_unsound_intent_is_neither_allocated_nor_planned() -> None:
    wan = wan_with({"web": {"segment": "dev"}})
    for use in (allocate, make_plan):
        with pytest.raises(IntentError, match=r"^wan\.yaml: spokes\.web\.segment: there is no segment 'dev'"):
            use(wan, Lock())
