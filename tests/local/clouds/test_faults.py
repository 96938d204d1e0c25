"""Faults, as an engine meets them."""

from pathlib import Path
from typing import Any

import pytest
from hubspoke.local.clouds.aws import sources as aws
from hubspoke.local.clouds.clock import SkippingClock
from hubspoke.local.clouds.cloudflare.magic_wan import PROFILE
from hubspoke.local.clouds.faults import Fault, FaultKind
from hubspoke.local.clouds.protocol import CloudError, PartialError
from hubspoke.local.clouds.sim import Simulation
from hubspoke.local.clouds.testing import CloudAccount, aws_account, urn

from tests.local.clouds.conftest import HUB


def network(account: CloudAccount) -> Any:
    return account.create(aws.VPC, cidrBlock="10.0.0.0/16")


def test_throttling_says_when_to_come_back_and_ends(hub: CloudAccount, simulation: Simulation) -> None:
    simulation.add_fault("aws", Fault(FaultKind.THROTTLE, remaining=2, seconds=1.5))
    for _ in range(2):
        with pytest.raises(CloudError, match=r"^RequestLimitExceeded") as caught:
            network(hub)
        assert caught.value.retry_after == 1.5
    network(hub)
    assert simulation.faults("aws") == []


@pytest.mark.parametrize(("kind", "code"), [
    (FaultKind.DENIED, "UnauthorizedOperation"), (FaultKind.UNAVAILABLE, "ServiceUnavailable"),
    (FaultKind.FAIL, "InternalError"),
])  # fmt: skip
def test_refusals_change_nothing(hub: CloudAccount, simulation: Simulation, kind: FaultKind, code: str) -> None:
    key = simulation.add_fault("aws", Fault(kind))
    with pytest.raises(CloudError, match=f"^{code}"):
        network(hub)
    assert simulation.records() == []
    simulation.clear_faults("aws", key)
    network(hub)


def test_each_cloud_refuses_in_its_own_words(cloudflare: CloudAccount, simulation: Simulation) -> None:
    simulation.add_fault("cloudflare", Fault(FaultKind.THROTTLE, seconds=2))
    with pytest.raises(CloudError, match=r"^429 Too Many Requests") as caught:
        cloudflare.create(PROFILE, accountId="a", name="wan", matchAction="allow", targets=[])
    assert caught.value.retry_after == 2


@pytest.mark.parametrize("other", [
    {"account": "222222222222"}, {"region": "us-east-1"}, {"type": aws.SUBNET}, {"action": "delete"}, {"id": "vpc-0"},
    {"until": 1.0}, {"remaining": 0},
])  # fmt: skip
def test_a_fault_hits_only_what_it_names(hub: CloudAccount, simulation: Simulation, other: dict[str, Any]) -> None:
    simulation.add_fault("aws", Fault(FaultKind.FAIL, **other))
    network(hub)


def test_a_fault_hits_what_it_names(hub: CloudAccount, simulation: Simulation) -> None:
    named = Fault(FaultKind.FAIL, account=HUB, region="eu-west-1", type=aws.VPC, action="create")
    simulation.add_fault("aws", named)
    with pytest.raises(CloudError):
        network(hub)


def test_a_lost_answer_leaves_what_was_made(hub: CloudAccount, simulation: Simulation) -> None:
    simulation.add_fault("aws", Fault(FaultKind.LOST, action="create", remaining=1))
    with pytest.raises(CloudError, match="before the answer arrived"):
        network(hub)
    found = hub.provider.find_created(urn(aws.VPC, "r1"), aws.VPC)
    assert found is not None
    assert [r.id for r in simulation.records(type_=aws.VPC)] == [found.id]


def test_a_partial_creation_says_what_was_made(hub: CloudAccount, simulation: Simulation) -> None:
    simulation.add_fault("aws", Fault(FaultKind.PARTIAL, action="create", remaining=1))
    with pytest.raises(PartialError) as caught:
        network(hub)
    [made] = simulation.records(type_=aws.VPC)
    assert (caught.value.id, caught.value.outputs["id"]) == (made.id, made.id)
    assert caught.value.inputs["cidrBlock"] == "10.0.0.0/16"


def test_a_new_thing_is_not_seen_at_once(hub: CloudAccount, simulation: Simulation) -> None:
    key = simulation.add_fault("aws", Fault(FaultKind.HIDDEN, seconds=60))
    made = network(hub)
    assert hub.read(made) is None
    simulation.clear_faults("aws", key)
    assert hub.read(made) is not None


def test_a_slow_call(folder: Path, simulation: Simulation) -> None:
    clock = SkippingClock()
    simulation.add_fault("aws", Fault(FaultKind.SLOW, seconds=60, remaining=1))
    start = clock.time()
    network(aws_account(folder, HUB, "eu-west-1", clock=clock))
    assert clock.time() - start >= 60
    assert clock.slept == [pytest.approx(60, abs=1)]


def test_a_cloud_is_prompt_while_nothing_takes_time_and_no_fault_is_about(folder: Path, simulation: Simulation) -> None:
    account, slower = (aws_account(folder, HUB, "eu-west-1", scale=scale) for scale in (0.0, 0.1))
    assert (account.provider.prompt, slower.provider.prompt) == (True, False)
    key = simulation.add_fault("aws", Fault(FaultKind.SLOW, seconds=60))
    assert not account.provider.prompt
    simulation.clear_faults("aws", key)
    assert account.provider.prompt


def test_provisioning_takes_its_scaled_time(folder: Path) -> None:
    clock = SkippingClock()
    start = clock.time()
    network(aws_account(folder, HUB, "eu-west-1", scale=0.1, clock=clock))
    assert clock.time() - start >= 0.3
    assert clock.slept == [pytest.approx(0.3, abs=0.1)], "a network takes 3 seconds"


def test_a_timeout_while_provisioning_is_a_partial_creation(folder: Path, simulation: Simulation) -> None:
    account = aws_account(folder, HUB, "eu-west-1", scale=1.0)
    inputs = account.checked(aws.TRANSIT_GATEWAY)
    with pytest.raises(PartialError, match="timeout while waiting for tgw-") as caught:
        account.provider.create(urn(aws.TRANSIT_GATEWAY, "x"), aws.TRANSIT_GATEWAY, inputs, preview=False, timeout=0.1)
    assert caught.value.id in {r.id for r in simulation.records(type_=aws.TRANSIT_GATEWAY)}


def test_a_tunnel_goes_down_and_comes_back(hub: CloudAccount, simulation: Simulation) -> None:
    customer = hub.create(aws.CUSTOMER_GATEWAY, type="ipsec.1", ipAddress="192.0.2.1", bgpAsn="13335")
    vpn = hub.create(aws.VPN_CONNECTION, type="ipsec.1", customerGatewayId=customer.id)
    key = simulation.add_fault("aws", Fault(FaultKind.TUNNEL_DOWN, id=vpn.id, action="2"))
    assert [t["status"] for t in hub.seen(vpn).outputs["vgwTelemetries"]] == ["UP", "DOWN"]
    simulation.clear_faults("aws", key)
    assert [t["status"] for t in hub.seen(vpn).outputs["vgwTelemetries"]] == ["UP", "UP"]
