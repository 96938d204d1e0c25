"""Allocations over several clouds: each cloud's sizes, all disjoint, and nothing moves whatever comes or goes."""

from dataclasses import replace
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import pytest
from hubspoke.intent import IntentError, Wan
from hubspoke.intent.limits import RESERVED_TUNNEL_CIDRS, TUNNEL_RANGE
from hubspoke.intent.parts import azure_speakers, cloud_of, gateways
from hubspoke.plan import HubPlan, Lock, OnRampPlan, Plan, SpokePlan, allocate, make_plan
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plan.wans import HUBS, ONRAMPS, TUNNEL_POOL, wan_of, wans


def parts_of(wan: Wan) -> dict[str, Any]:
    return {**wan.hubs, **wan.spokes, **wan.onramps}


def kept(section: dict[str, Any], other: dict[str, Any], keys: set[str]) -> bool:
    return {k: v for k, v in section.items() if k in keys} == {k: v for k, v in other.items() if k in keys}


@settings(max_examples=60)
@given(st.lists(wans(), min_size=2, max_size=5))
def test_nothing_moves_over_any_sequence_of_wans(sequence: list[Wan]) -> None:
    lock, before = Lock(), sequence[0]
    for wan in sequence:
        try:
            new = allocate(wan, lock)
        except IntentError:  # a part that is kept under the same key asks for something else now
            assert any(parts_of(before)[key] != part for key, part in parts_of(wan).items() if key in parts_of(before))
            continue
        hold(wan, new)
        assert allocate(wan, new) == new
        same = {key for key, part in parts_of(wan).items() if parts_of(before).get(key) == part}
        assert kept(new.cidrs, lock.cidrs, same & lock.cidrs.keys())
        assert kept(new.prefixes, lock.prefixes, same & lock.prefixes.keys())
        assert kept(new.asns, lock.asns, new.asns.keys() & lock.asns.keys())
        assert kept(new.tunnels, lock.tunnels, new.tunnels.keys() & lock.tunnels.keys())
        lock, before = new, wan


def hold(wan: Wan, lock: Lock) -> None:
    """What must be true of any lock: complete, minimal, disjoint, of each cloud's size."""
    clouds = {key: cloud_of(wan, gateway) for key, gateway in gateways(wan).items()}
    assert {key: inside.prefixlen for key, inside in lock.tunnels.items()} == {
        f"{key}-{endpoint}-{slot}": 31 if cloud == "azure" else 30
        for key, cloud in clouds.items()
        for endpoint in ("e1", "e2")
        for slot in "ab"
    }
    speaking = azure_speakers(wan)
    for key, inside in lock.tunnels.items():
        assert inside.subnet_of(IPv4Network(TUNNEL_POOL) if key.split("-")[0] in speaking else TUNNEL_RANGE)
    assert disjoint([*lock.tunnels.values(), *RESERVED_TUNNEL_CIDRS])
    given_asns = [gateway.asn for gateway in gateways(wan).values() if gateway.asn]
    assert set(lock.asns) == {
        key for key, gateway in gateways(wan).items()
        if gateway.asn is None and (clouds[key] != "azure" or (key in speaking and key in wan.onramps))
    }  # fmt: skip
    assert len({*lock.asns.values(), *given_asns}) == len(lock.asns) + len(given_asns)
    assert set(lock.prefixes) == {k for k, hub in wan.hubs.items() if hub.cidr is None and clouds[k] == "azure"}
    assert {prefix.prefixlen for prefix in lock.prefixes.values()} <= {23}
    given_prefixes = [part.cidr for part in parts_of(wan).values() if part.cidr]
    assert disjoint([*lock.cidrs.values(), *lock.prefixes.values(), *given_prefixes])
    for key, cidr in lock.cidrs.items():
        assert cidr.subnet_of(wan.pools[wan.spokes[key].hub if key in wan.spokes else key])


def disjoint(prefixes: list[IPv4Network]) -> bool:
    return not any(one.overlaps(other) for one, other in combinations(prefixes, 2))


def without(wan: Wan, key: str) -> Wan | None:
    """The WAN without one part, or None where others need it."""
    hubs, spokes, onramps = (
        {k: part.model_dump(mode="json", exclude_unset=True) for k, part in section.items() if k != key}
        for section in (wan.hubs, wan.spokes, wan.onramps)
    )
    if any(spoke["hub"] not in hubs for spoke in spokes.values()) or not (hubs or onramps):
        return None
    return wan_of(hubs, spokes, onramps)


def pieces(plan: Plan) -> dict[str, Any]:
    """Every hub, spoke and on-ramp of a plan, and what it is made from. A hub knows which accounts have spokes on it
    and what of them lies outside its pool, which a spoke may change; nothing else."""
    found: list[HubPlan | SpokePlan | OnRampPlan] = []
    for account in plan.accounts:
        found += [replace(hub, shared_with=(), advertised=()) for hub in account.hubs]
        found += [*account.spokes, *account.onramps]
    return {part.key: part for part in found}


@settings(max_examples=60)
@given(wans(), st.data())
def test_a_part_that_goes_and_comes_back_changes_no_other(wan: Wan, data: st.DataObject) -> None:
    lock = allocate(wan, Lock())
    key = data.draw(st.sampled_from(sorted(parts_of(wan))))
    smaller = without(wan, key)
    if smaller is None:
        return
    others = {k: part for k, part in pieces(make_plan(wan, lock)).items() if k != key}
    fewer = allocate(smaller, lock)
    assert pieces(make_plan(smaller, fewer)) == others
    again = pieces(make_plan(wan, allocate(wan, fewer)))
    assert {k: part for k, part in again.items() if k != key} == others


@settings(max_examples=40)
@given(wans(), st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(wan: Wan, random: Any) -> None:
    def shuffled(section: dict[str, Any]) -> dict[str, Any]:
        return dict(random.sample(sorted(section.items()), len(section)))

    sections = {name: shuffled(getattr(wan, name)) for name in ("hubs", "spokes", "onramps", "accounts")}
    assert allocate(wan.model_copy(update=sections), Lock()) == allocate(wan, Lock())


def everything(**changes: Any) -> Wan:
    hubs = {key: {"account": f"{cloud}-hubs", "region": region} for key, (cloud, region) in HUBS.items()}
    onramps = {
        key: {"account": f"{cloud}-apps", "region": region, "segment": "prod", "size": 24}
        for key, (cloud, region) in ONRAMPS.items()
    }
    return wan_of({**hubs, **changes}, {}, onramps, endpoints=1)


def test_what_each_cloud_is_allocated() -> None:
    lock = allocate(everything(), Lock())
    assert {key: str(inside) for key, inside in lock.tunnels.items() if key.endswith("a")} == {
        "ber-e1-a": "169.254.240.0/31",
        "euc1-e1-a": "169.254.240.4/30",
        "euw4-e1-a": "169.254.240.12/30",
        "neu1-e1-a": "169.254.240.20/31",
        "syd-e1-a": "169.254.240.24/30",
        "usc1-e1-a": "169.254.240.32/30",
        "use1-e1-a": "169.254.240.40/30",
        "weu1-e1-a": "169.254.240.48/31",
        "zrh-e1-a": "169.254.240.52/30",
    }
    assert lock.asns == {"euc1": 64512, "euw4": 64513, "syd": 64514, "usc1": 64515, "use1": 64516, "zrh": 64517}
    assert lock.prefixes == {"neu1": IPv4Network("10.48.0.0/23"), "weu1": IPv4Network("10.32.0.0/23")}
    assert {key: str(cidr) for key, cidr in lock.cidrs.items()} == {
        "ber": "10.112.0.0/24",
        "syd": "10.96.0.0/24",
        "zrh": "10.128.0.0/24",
    }


def test_a_key_that_moves_to_another_cloud_does_not_keep_its_tunnels_in_silence() -> None:
    lock = allocate(everything(), Lock())
    moved = everything(use1={"account": "az-hubs", "region": "eastus"})
    for use in (allocate, make_plan):
        with pytest.raises(IntentError) as raised:
            use(moved, lock)
        assert str(raised.value).splitlines() == [
            f"wan.yaml: hubs.use1: tunnel use1-e1-{slot} is allocated 169.254.240.{number}/30, but Azure takes a /31; "
            f"undo that, or remove tunnels.use1-e1-{slot} from the lock file and run `hubspoke plan --write`"
            for slot, number in (("a", 40), ("b", 44))
        ]


def azure_hub(routing: str, pool: str | None = TUNNEL_POOL, endpoints: int = 2) -> Wan:
    hub = {"account": "az-hubs", "region": "westeurope", "routing": routing}
    wan = wan_of({"weu1": hub}, {}, {}, endpoints=endpoints)
    other = {"tunnel_pool": IPv4Network(pool) if pool else None}
    return wan.model_copy(update={"cloudflare": wan.cloudflare.model_copy(update=other)})


def test_tunnels_that_speak_bgp_on_azure_are_allocated_from_the_pool() -> None:
    lock = allocate(azure_hub("bgp"), Lock())
    assert {key: str(inside) for key, inside in lock.tunnels.items()} == {
        "weu1-e1-a": "172.31.255.0/31",
        "weu1-e1-b": "172.31.255.2/31",
        "weu1-e2-a": "172.31.255.4/31",
        "weu1-e2-b": "172.31.255.6/31",
    }
    more = allocate(azure_hub("bgp", endpoints=3), lock)
    assert more.tunnels == lock.tunnels | {
        "weu1-e3-a": IPv4Network("172.31.255.8/31"), "weu1-e3-b": IPv4Network("172.31.255.10/31"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        pytest.param(
            azure_hub("static"), azure_hub("bgp"),
            "169.254.240.0/31, but for BGP Azure takes it from cloudflare.tunnel_pool, 172.31.255.0/24", id="to bgp",
        ),
        pytest.param(
            azure_hub("bgp"), azure_hub("static"),
            "172.31.255.0/31, but static routing takes it from 169.254.240.0/20", id="to static",
        ),
        pytest.param(
            azure_hub("bgp"), azure_hub("bgp", "192.168.255.0/24"),
            "172.31.255.0/31, but for BGP Azure takes it from cloudflare.tunnel_pool, 192.168.255.0/24",
            id="to another pool",
        ),
    ],
)  # fmt: skip
def test_tunnels_of_an_azure_hub_do_not_get_other_addresses_in_silence(before: Wan, after: Wan, why: str) -> None:
    lock = allocate(before, Lock())
    with pytest.raises(IntentError) as raised:
        allocate(after, lock)
    first, *others = str(raised.value).splitlines()
    assert first == (
        f"wan.yaml: hubs.weu1: tunnel weu1-e1-a is allocated {why}; undo that, or remove tunnels.weu1-e1-a from the lock "
        "file and run `hubspoke plan --write`"
    )
    assert len(others) == 3
    assert len(allocate(after, Lock()).tunnels) == 4


def test_a_hubs_prefix_that_no_longer_fits_is_not_moved_in_silence() -> None:
    lock = allocate(everything(), Lock())
    given_away = everything(euc1={"account": "aws-hubs", "region": "eu-central-1"})
    spokes = {"old": {"account": "az-apps", "hub": "weu1", "segment": "prod", "cidr": "10.32.0.0/24"}}
    hubs, onramps = (
        {key: part.model_dump(mode="json", exclude_unset=True) for key, part in section.items()}
        for section in (given_away.hubs, given_away.onramps)
    )
    with pytest.raises(IntentError) as raised:
        allocate(wan_of(hubs, spokes, onramps, endpoints=1), lock)
    assert str(raised.value) == (
        "wan.yaml: hubs.weu1: it is allocated 10.32.0.0/23, but spokes.old has 10.32.0.0/24; undo that; or keep the hub "
        "and write `cidr: 10.32.0.0/23`; or remove prefixes.weu1 from the lock file and run `hubspoke plan --write`, "
        "which replaces the hub"
    )
