"""What composition hands to components, and what they make of it: the same part of the plan, from any language."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from hubspoke.args import parse_firewall, parse_hub, parse_onramp, parse_spoke
from hubspoke.compose.cloud import network_args
from hubspoke.intent import load_wan
from hubspoke.plan import CLOUDFLARE, FirewallPlan, HubPlan, Lock, OnRampPlan, SpokePlan, allocate, make_plan

INTENT = Path(__file__).parents[1] / "intent"
WANS = [load_wan(INTENT / name) for name in ("sound_clouds.yaml", "three_clouds.yaml")]
PLANS = [make_plan(wan, allocate(wan, Lock())) for wan in WANS]
ACCOUNTS = [account for plan in PLANS for account in plan.accounts]


def from_afar(value: Any) -> Any:
    """A value as another language sends it: lists for tuples, floats for integers."""
    if isinstance(value, dict):
        return {key: from_afar(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [from_afar(each) for each in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def named(part: HubPlan | SpokePlan | OnRampPlan) -> str:
    return part.key


@pytest.mark.parametrize("hub", [hub for account in ACCOUNTS for hub in account.hubs], ids=named)
def test_a_hub(hub: HubPlan) -> None:
    assert parse_hub(hub.key, from_afar(asdict(hub)), hub.cloud) == replace(hub, account="")


@pytest.mark.parametrize("spoke", [spoke for account in ACCOUNTS for spoke in account.spokes], ids=named)
def test_a_spoke(spoke: SpokePlan) -> None:
    alone = replace(spoke, account="", hub="", hub_account="", hub_account_id="")
    assert parse_spoke(spoke.key, from_afar(network_args(spoke)), spoke.cloud) == alone


@pytest.mark.parametrize("onramp", [onramp for account in ACCOUNTS for onramp in account.onramps], ids=named)
def test_an_on_ramp(onramp: OnRampPlan) -> None:
    assert parse_onramp(onramp.key, from_afar(network_args(onramp)), onramp.cloud) == replace(onramp, account="")


@pytest.mark.parametrize("plan", PLANS, ids=["sound", "example"])
def test_a_firewall(plan: Any) -> None:
    firewall: FirewallPlan = plan.account(CLOUDFLARE).firewall
    args = {
        "segments": {key: list(prefixes) for key, prefixes in firewall.segments},
        "allowed": [{"source": source, "target": target} for source, target in firewall.allowed],
        "wan_prefixes": list(firewall.wan_prefixes),
    }
    assert parse_firewall(args) == firewall
