"""A project with as large a WAN as asked for."""

from pathlib import Path
from typing import Any

from hubspoke.operate.example import copy_example
from hubspoke.plan import allocate_files, write_lock
from ruamel.yaml import YAML

HUBS = {
    "use1": "us-east-1",
    "usw2": "us-west-2",
    "euc1": "eu-central-1",
    "euw1": "eu-west-1",
    "aps1": "ap-southeast-1",
}


def generate(root: Path, stacks: int, spokes: int) -> None:
    """A project in `root`: one account with a hub in each of five regions, and the spokes shared out over the rest.
    Routing is static: over BGP each hub would learn the prefixes of all others, more than an AWS VPN takes (1,000)."""
    copy_example(root)
    wan = root / "stacks" / "wan.yaml"
    with wan.open("w") as file:
        YAML().dump(_intent(stacks, spokes), file)
    lock = wan.with_suffix(".lock")
    lock.unlink()
    write_lock(lock, allocate_files(wan, lock)[1])


def _intent(stacks: int, spokes: int) -> dict[str, Any]:
    accounts = ["network", *(f"account-{number:03}" for number in range(1, stacks))]
    return {
        "name": "fleet",
        "tags": {"owner": "network-team", "cost-center": "4711"},
        "address_space": ["10.0.0.0/8"],
        "cloudflare": {
            "account": "3f1c9a7e5b2d4860a1b2c3d4e5f60718",
            "endpoints": {"e1": "162.159.64.41", "e2": "162.159.66.41"},
        },
        "accounts": {key: {"cloud": "aws", "id": f"{10**11 + at}"} for at, key in enumerate(accounts)},
        "segments": {"prod": {}, "dev": {}, "shared": {"reaches": ["prod", "dev"]}},
        "hubs": {key: {"account": "network", "region": region} for key, region in HUBS.items()},
        "pools": {key: f"10.{32 * at}.0.0/11" for at, key in enumerate(HUBS, start=1)},
        "spokes": {f"spoke-{at:04}": _spoke(at, accounts[1:], list(HUBS)) for at in range(spokes)},
        "flows": {"no-dev-to-prod": {"from": "dev", "to": "prod", "access": "denied"}},
    }


def _spoke(at: int, accounts: list[str], hubs: list[str]) -> dict[str, Any]:
    account = at % len(accounts)
    return {
        "account": accounts[account],
        "hub": hubs[account % len(hubs)],
        "segment": "prod" if account % 2 else "dev",
        "size": 22,
    }
