"""What Cloudflare sends to a network by static routes."""

from pathlib import Path

import pytest
from hubspoke.plan import OnRampPlan, Plan, SpokePlan, allocate_files, load_plan, write_lock

COMPONENTS = Path(__file__).parents[1] / "components"


def planned(tmp_path: Path, intent: str) -> Plan:
    wan, lock = COMPONENTS / intent, tmp_path / "wan.lock"
    write_lock(lock, allocate_files(wan, lock)[1])
    return load_plan(wan, lock)


@pytest.mark.parametrize(
    ("intent", "keys"), [("gcp_wan.yaml", ("orders", "invoices", "tok")), ("azure_wan.yaml", ("web", "ops1"))]
)
def test_a_network_is_sent_what_it_has_addresses_of(tmp_path: Path, intent: str, keys: tuple[str, ...]) -> None:
    """On Google that is its subnetwork, half of its prefix; elsewhere a network drops what it has no address for."""
    plan = planned(tmp_path, intent)
    every: list[SpokePlan | OnRampPlan] = [n for a in plan.accounts for n in a.spokes]
    every += [n for a in plan.accounts for n in a.onramps]
    networks = [each for each in every if each.key in keys]
    assert len(networks) == len(keys)
    for network in networks:
        (subnet,) = (each for each in network.subnets if each.kind == "workload")
        wanted = subnet.cidr if network.cloud == "gcp" else network.cidr
        assert {route.prefix for route in network.cloudflare_routes} == {wanted}
