"""The example WAN: its lock is complete, and its plan is the one that is kept here.

`python tests/plan/test_plan_example.py` writes what is kept anew.
"""

import json
from collections import Counter
from pathlib import Path

from hubspoke.intent import load_wan
from hubspoke.plan import (
    allocate,
    allocate_files,
    load_lock,
    load_plan,
    lock_text,
    make_plan,
    plan_to_dict,
)

ROOT = Path(__file__).parents[2]
WAN, LOCK = ROOT / "stacks" / "wan.yaml", ROOT / "stacks" / "wan.lock"
ONE_CLOUD = ROOT / "tests" / "intents" / "aws.yaml"
KEPT = Path(__file__).with_name("example_plan.json")


def plan_text() -> str:
    return json.dumps(plan_to_dict(load_plan(WAN, LOCK)), indent=1) + "\n"


def test_the_plan_is_the_one_kept() -> None:
    assert plan_text() == KEPT.read_text(), f"regenerate it with: python {Path(__file__).relative_to(ROOT)}"


def test_the_lock_is_complete_and_as_written() -> None:
    old, new = allocate_files(WAN, LOCK)
    assert new == old
    assert lock_text(new) == LOCK.read_text(), "regenerate it with: hubspoke plan --write"


def test_the_same_files_give_the_same_plan() -> None:
    assert make_plan(load_wan(WAN), load_lock(LOCK)) == load_plan(WAN, LOCK)


def test_the_example_is_what_it_is_said_to_be() -> None:
    """Two AWS regions, one of Azure and one of Google, a single on-ramp, twenty spokes in ten accounts."""
    plan = load_plan(WAN, LOCK)
    hubs = [hub for account in plan.accounts for hub in account.hubs]
    assert [(hub.key, hub.cloud, hub.routing) for hub in hubs] == [
        ("weu1", "azure", "static"),
        ("euw4", "gcp", "bgp"),
        ("euc1", "aws", "static"),
        ("use1", "aws", "bgp"),
    ]
    assert Counter(spoke.cloud for account in plan.accounts for spoke in account.spokes) == {
        "aws": 10,
        "azure": 5,
        "gcp": 5,
    }
    assert [onramp.key for account in plan.accounts for onramp in account.onramps] == ["syd"]
    assert Counter(account.cloud for account in plan.accounts) == {"aws": 4, "azure": 3, "gcp": 3, "cloudflare": 1}
    epochs = {tunnel.key: tunnel.psk_epoch for hub in hubs for c in hub.connections for tunnel in c.tunnels}
    assert [key for key, epoch in epochs.items() if epoch > 1] == ["euw4-e2-b"]


def test_what_one_cloud_had_stays_where_it_is() -> None:
    """The hubs and spokes of the WAN of one cloud, in the one of three clouds with the same lock."""
    lock = load_lock(ONE_CLOUD.with_suffix(".lock"))
    new = allocate(load_wan(WAN), lock)
    for section in ("tunnels", "asns", "cidrs"):
        assert getattr(lock, section).items() <= getattr(new, section).items()


if __name__ == "__main__":
    KEPT.write_text(plan_text())
