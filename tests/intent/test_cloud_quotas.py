"""Each cloud's quotas, at the last count that is allowed and one beyond it."""

from typing import Any

import pytest
from hubspoke.intent import LIMITS, Wan, check
from hubspoke.intent.model import Adopted

from tests.plan.wans import wan_of

HUBS: dict[str, dict[str, Any]] = {
    "use1": {"account": "aws-hubs", "region": "us-east-1", "routing": "bgp"},
    "euc1": {"account": "aws-hubs", "region": "eu-central-1"},
    "weu1": {"account": "az-hubs", "region": "westeurope"},
    "euw4": {"account": "gc-hubs", "region": "europe-west4", "routing": "bgp"},
}
ONRAMPS: dict[str, dict[str, Any]] = {
    "syd": {"account": "aws-apps", "region": "ap-southeast-2", "segment": "prod", "size": 24, "routing": "bgp"},
}
AT = {"aws": "use1", "az": "weu1", "gc": "euw4"}


def wan_with(spokes: int, on: str, **changes: Any) -> Wan:
    """A WAN with so many spokes on the hub of one cloud."""
    parts = {
        f"spoke-{n}": {
            "account": f"{on}-apps",
            "hub": AT[on],
            "segment": "prod",
            "cidr": f"10.{200 + n // 256}.{n % 256}.0/24",
        }
        for n in range(spokes)
    }
    return wan_of(HUBS, parts, ONRAMPS).model_copy(update=changes)


def told(wan: Wan, limit: str) -> list[str]:
    """The places at which this limit is said to be exceeded."""
    found = [
        issue
        for issue in check(wan)
        if f"{LIMITS[limit].unit}, {wan.limits.get(limit, LIMITS[limit].value)} are" in issue.what
    ]
    return [".".join(map(str, issue.at)) for issue in found]


@pytest.mark.parametrize(
    ("limit", "on", "most", "place"),
    [
        pytest.param("ncc-networks", "gc", 250, "hubs.euw4", id="networks on a Google hub"),
        pytest.param("router-learned-routes", "aws", 249, "hubs.euw4", id="prefixes a Google router learns"),
        pytest.param("private-gateway-routes", "az", 100, "onramps.syd", id="prefixes a private gateway learns"),
        pytest.param("vpn-received-routes", "gc", 999, "hubs.use1", id="prefixes a transit gateway learns"),
        pytest.param("virtual-hub-networks", "az", 499, "hubs.weu1", id="networks on a virtual hub"),
        pytest.param("storage-accounts", "az", 250, "accounts.az-apps", id="flow logs of a subscription in a region"),
        pytest.param("router-advertised-routes", "gc", 199, "hubs.euw4", id="prefixes a Google router tells"),
    ],
)  # fmt: skip
def test_a_quota_of_networks(limit: str, on: str, most: int, place: str) -> None:
    spread = {"router-advertised-routes": 2}.get(limit, 1)  # every other /24, so that none are told as one

    def wan(spokes: int) -> Wan:
        made = wan_with(spokes * spread, on)
        return made.model_copy(
            update={"spokes": {k: s for n, (k, s) in enumerate(made.spokes.items()) if n % spread == 0}}
        )

    assert told(wan(most), limit) == []
    assert told(wan(most + 1), limit) == [place]


def test_a_static_google_hub_is_peered_with_its_networks() -> None:
    def wan(spokes: int) -> Wan:
        made = wan_with(spokes, "gc")
        static = made.hubs["euw4"].model_copy(update={"routing": "static"})
        return made.model_copy(update={"hubs": {**made.hubs, "euw4": static}})

    assert [told(wan(spokes), "network-peerings") for spokes in (25, 26)] == [[], ["hubs.euw4"]]
    assert told(wan(251), "ncc-networks") == []


def test_a_raised_quota_is_kept_to() -> None:
    assert told(wan_with(251, "gc", limits={"ncc-networks": 251}), "ncc-networks") == []
    assert told(wan_with(252, "gc", limits={"ncc-networks": 251}), "ncc-networks") == ["hubs.euw4"]


def test_an_adopted_network_needs_no_storage_account() -> None:
    full = wan_with(251, "az")
    kept = Adopted(network="/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/old")
    spokes = {**full.spokes, "spoke-0": full.spokes["spoke-0"].model_copy(update={"adopt": kept})}
    assert told(full.model_copy(update={"spokes": spokes}), "storage-accounts") == []


def test_private_gateways_are_counted_by_account_and_region() -> None:
    onramps = {f"syd{n}": ONRAMPS["syd"] | {"cidr": f"10.250.{n}.0/24"} for n in range(6)}
    assert told(wan_of(HUBS, {}, onramps), "private-gateways") == ["accounts.aws-apps"]
    onramps["syd5"] |= {"region": "ap-southeast-1"}
    assert told(wan_of(HUBS, {}, onramps), "private-gateways") == []


def test_peerings_are_counted_by_hub() -> None:
    hubs = {f"aws{n}": {"account": "aws-hubs", "region": "us-east-1"} for n in range(52)}
    wan = wan_of(hubs, {}, {}, endpoints=1).model_copy(
        update={"limits": {"transit-gateways": 60, "vpn-connections": 60}}
    )
    peerings = {f"join-{n}": {"hubs": ["aws0", f"aws{n}"]} for n in range(1, 52)}
    joined = Wan.model_validate(wan.model_dump(mode="json", by_alias=True) | {"peerings": peerings})
    assert told(joined, "transit-gateway-peerings") == ["hubs.aws0"]


def test_filter_rules_are_counted_by_each_clouds_limit() -> None:
    sites = {"offices": {"segment": "prod", "prefixes": [f"10.{240 + n // 256}.{n % 256}.0/24" for n in range(998)]}}
    flows = {"all": {"from": "offices", "to": "prod"}}
    document = wan_with(1, "az").model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True)
    wan = Wan.model_validate(document | {"sites": sites, "flows": flows})
    assert told(wan, "network-security-group-rules") == []
    more = {"offices": {**sites["offices"], "prefixes": [*sites["offices"]["prefixes"], "10.239.0.0/24"]}}
    wan = Wan.model_validate(document | {"sites": more, "flows": flows})
    assert told(wan, "network-security-group-rules") == ["spokes.spoke-0"]
