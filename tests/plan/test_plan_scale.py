"""Planning grows with the network, not with its square; and the plan needs neither pulumi nor a cloud SDK."""

import cProfile
import pstats
import subprocess
import sys
from typing import Any

from hubspoke.intent import Wan
from hubspoke.plan import Lock, allocate, make_plan

SEGMENTS = ("prod", "dev", "shared")


def wan_of(count: int) -> Wan:
    """Ten hubs with `count` spokes, a flow out of each, a denied one, and two flows of whole segments."""
    spokes: dict[str, Any] = {
        f"spoke-{n}": {"account": "apps", "hub": f"h{n % 10}", "segment": SEGMENTS[n % 3], "size": 22}
        for n in range(count)
    }
    allowed = {
        f"to-{n}": {"from": f"spoke-{n}", "to": f"spoke-{(n + 3) % count}", "port": 443, "protocol": "tcp"}
        for n in range(count)
    }
    denied = {
        f"no-{n}": {"from": f"spoke-{n}", "to": f"spoke-{(n + 1) % count}", "access": "denied"} for n in range(count)
    }
    whole = {
        "dns": {"from": "prod", "to": "spoke-2", "protocol": "udp", "port": 53},
        "isolation": {"from": "dev", "to": "prod", "access": "denied"},
    }
    return Wan.model_validate(
        {
            "name": "acme",
            "address_space": ["10.0.0.0/8"],
            "cloudflare": {"account": "0" * 32, "endpoints": {"e1": "162.159.64.41", "e2": "162.159.66.41"}},
            "accounts": {"network": {"cloud": "aws", "id": "1" * 12}, "apps": {"cloud": "aws", "id": "2" * 12}},
            "segments": {"prod": {}, "dev": {}, "shared": {"reaches": ["prod"]}},
            "pools": {f"h{n}": f"10.{n * 16}.0.0/12" for n in range(10)},
            "hubs": {f"h{n}": {"account": "network", "region": "us-east-1"} for n in range(10)},
            "spokes": spokes,
            "flows": allowed | denied | whole,
            "limits": {"security-group-rules": 1000, "transit-gateways": 10},
        }
    )  # fmt: skip


def calls(count: int) -> int:
    """How many function calls it takes to allocate and plan a WAN of that many spokes."""
    wan, profile = wan_of(count), cProfile.Profile()
    profile.runcall(lambda: make_plan(wan, allocate(wan, Lock())))
    total: int = pstats.Stats(profile).total_calls  # type: ignore[attr-defined]
    return total


def test_four_times_the_spokes_take_about_four_times_the_work() -> None:
    assert calls(1200) < 5 * calls(300)


def test_intent_and_plan_import_no_pulumi() -> None:
    code = "import sys, hubspoke.intent, hubspoke.plan; print([name for name in sys.modules if 'pulumi' in name])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
