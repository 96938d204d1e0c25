"""A whole stack brought up while its clouds misbehave: what providers retry succeeds, the rest is reported."""

import itertools
from collections.abc import Iterator
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_cloudflare as cf
import pytest
from hubspoke.local.clouds.aws import sources
from hubspoke.local.clouds.cloudflare.magic_wan import TUNNEL
from hubspoke.local.clouds.retrying import LIMITS
from hubspoke.local.engine import ResourceFailed
from hubspoke.local.pytest_plugin import simulated_clouds
from hubspoke.local.testing import SimulatedClouds

__all__ = ["simulated_clouds"]

ACCOUNT = "111111111111"
MADE = {
    (sources.VPC, "10.0.0.0/16"), (sources.SUBNET, "10.0.0.0/24"), (sources.SUBNET, "10.0.1.0/24"),
    (sources.LOG_GROUP, "flows"), (TUNNEL, "web"),
}  # fmt: skip


def site(tag: str = "first", cidr: str = "10.0.0.0/24", timeout: str = "") -> None:
    """A network with two subnets, a log group and a Cloudflare tunnel."""
    role = aws.ProviderAssumeRoleArgs(role_arn=f"arn:aws:iam::{ACCOUNT}:role/deploy")
    options = pulumi.ResourceOptions(provider=aws.Provider("apps", region="eu-west-1", assume_roles=[role]))
    patience = pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create=timeout) if timeout else None)
    vpc = aws.ec2.Vpc(
        "net", cidr_block="10.0.0.0/16", tags={"tag": tag}, opts=pulumi.ResourceOptions.merge(options, patience)
    )
    for name, block in (("a", cidr), ("b", "10.0.1.0/24")):
        aws.ec2.Subnet(name, vpc_id=vpc.id, cidr_block=block, opts=options)
    aws.cloudwatch.LogGroup("logs", name="flows", tags={"tag": tag}, opts=options)
    cloudflare = pulumi.ResourceOptions(provider=cf.Provider("cf", api_token="t"))
    cf.MagicWanIpsecTunnel(
        "web", account_id="a" * 32, name="web", cloudflare_endpoint="192.0.2.1", customer_endpoint="198.51.100.1",
        interface_address="10.9.0.0/31", bgp=cf.MagicWanIpsecTunnelBgpArgs(customer_asn=64513), opts=cloudflare,
    )  # fmt: skip


def held(clouds: SimulatedClouds) -> list[tuple[str, str]]:
    """What there is, each by type and what it was called or numbered in the program."""
    return sorted((r.type, r.inputs.get("cidrBlock") or r.inputs["name"]) for r in clouds.held())


def agrees(clouds: SimulatedClouds) -> None:
    """Each thing exists once, and the state records exactly those."""
    assert held(clouds) == sorted(MADE)
    recorded = {(r["type"], r["id"]) for r in clouds.recorded() if ":" in r["type"] and r.get("custom")}
    recorded = {(type_, id_) for type_, id_ in recorded if not type_.startswith("pulumi:")}
    assert recorded == {(r.type, r.id) for r in clouds.held()}


def init_errors(clouds: SimulatedClouds) -> dict[str, list[str]]:
    return {r["type"]: r["initErrors"] for r in clouds.recorded() if r.get("initErrors")}


RETRIED: list[tuple[str, dict[str, Any]]] = [
    ("throttle", {"times": 5, "seconds": 2.0}),
    ("throttle", {"times": 5}),
    ("throttle", {"cloud": "cloudflare", "times": 2}),
    ("lost", {"action": "create"}),
    ("lost", {"action": "create", "cloud": "cloudflare"}),
    ("hidden", {"seconds": 3.0}),
    ("hidden", {"times": 4}),
    ("slow", {"seconds": 30.0}),
]


@pytest.mark.parametrize(("kind", "more"), RETRIED)
def test_what_providers_retry_succeeds(simulated_clouds: SimulatedClouds, kind: str, more: dict[str, Any]) -> None:
    simulated_clouds.fault(kind, **more)
    simulated_clouds.up(site)
    agrees(simulated_clouds)
    assert simulated_clouds.slept, "something was waited for"
    assert set(simulated_clouds.up(site).changes) == {"same"}


def test_the_cloud_says_when_to_come_back(simulated_clouds: SimulatedClouds) -> None:
    simulated_clouds.fault("throttle", times=3, seconds=7.5, type=sources.VPC)
    simulated_clouds.up(site)
    assert simulated_clouds.slept == [7.5, 7.5, 7.5]


def test_waits_double_up_to_a_limit_and_end(simulated_clouds: SimulatedClouds) -> None:
    simulated_clouds.fault("throttle", type=sources.VPC, action="create")
    with pytest.raises(ResourceFailed) as caught:
        simulated_clouds.up(site)
    assert simulated_clouds.slept == [0.1, 0.2, 0.4, 0.8, 1.6, *[2.0] * 19]
    assert caught.value.urn.endswith("aws:ec2/vpc:Vpc::net")
    assert "RequestLimitExceeded" in caught.value.reason
    assert f"given up after {LIMITS['aws'].attempts} attempts in 41 s" in caught.value.reason
    simulated_clouds.clear_faults()
    simulated_clouds.up(site)
    agrees(simulated_clouds)


def test_a_timeout_ends_the_patience(simulated_clouds: SimulatedClouds) -> None:
    simulated_clouds.fault("throttle", type=sources.VPC, seconds=20)
    with pytest.raises(ResourceFailed, match="given up after 3 attempts in 40 s"):
        simulated_clouds.up(lambda: site(timeout="50s"))


REPORTED = [("denied", "UnauthorizedOperation"), ("unavailable", "ServiceUnavailable"), ("fail", "InternalError")]


@pytest.mark.parametrize(("kind", "code"), REPORTED)
@pytest.mark.parametrize("type_", [sources.VPC, sources.SUBNET, sources.LOG_GROUP])
def test_what_they_do_not_is_reported_at_once(
    simulated_clouds: SimulatedClouds, kind: str, code: str, type_: str
) -> None:
    key = simulated_clouds.fault(kind, type=type_, action="create")
    with pytest.raises(ResourceFailed) as caught:
        simulated_clouds.up(site)
    assert simulated_clouds.slept == []
    assert type_ in caught.value.urn
    assert caught.value.reason.startswith(f"{code}: ")
    assert f"(create {type_} in {ACCOUNT} eu-west-1) Nothing was done. " in caught.value.reason
    assert f"hubspoke sim fault clear aws-{key}" in caught.value.reason
    recorded = {r["id"] for r in simulated_clouds.recorded() if r.get("id") and "pulumi:" not in r["type"]}
    assert recorded == {r.id for r in simulated_clouds.held()}
    simulated_clouds.clear_faults()
    simulated_clouds.up(site)
    agrees(simulated_clouds)


def test_a_region_that_is_down_stops_its_own_things_only(simulated_clouds: SimulatedClouds) -> None:
    simulated_clouds.fault("unavailable", region="eu-west-1")
    with pytest.raises(ResourceFailed, match=f"when the service answers in {ACCOUNT} eu-west-1"):
        simulated_clouds.up(site)
    assert {type_ for type_, _ in held(simulated_clouds)} <= {TUNNEL}
    simulated_clouds.clear_faults()
    simulated_clouds.up(site)
    agrees(simulated_clouds)


def test_a_creation_done_in_part_is_recorded_and_finished(simulated_clouds: SimulatedClouds) -> None:
    simulated_clouds.fault("partial", type=sources.VPC, action="create", times=1)
    with pytest.raises(ResourceFailed, match="InternalError: done in part"):
        simulated_clouds.up(site)
    assert set(init_errors(simulated_clouds)) == {sources.VPC}
    simulated_clouds.up(site)
    agrees(simulated_clouds)
    assert init_errors(simulated_clouds) == {}


def test_what_is_ready_too_late_is_recorded_and_waited_for(simulated_clouds: SimulatedClouds) -> None:
    simulated_clouds.fault("slow", type=sources.VPC, action="create", seconds=100, times=1)
    with pytest.raises(ResourceFailed, match=r"timeout while waiting for vpc-\w+ to become available \(timeout: 60s\)"):
        simulated_clouds.up(lambda: site(timeout="60s"))
    assert set(init_errors(simulated_clouds)) == {sources.VPC}
    before = sum(simulated_clouds.slept)
    simulated_clouds.up(lambda: site(timeout="60s"))
    assert 30 < sum(simulated_clouds.slept) - before <= 40, "for what was left of the 100 seconds"
    agrees(simulated_clouds)


def test_what_stays_unseen_is_recorded_and_gone_on_with(simulated_clouds: SimulatedClouds) -> None:
    simulated_clouds.fault("hidden", type=sources.VPC, seconds=1000, until=simulated_clouds.simulation.now() + 400)
    with pytest.raises(ResourceFailed, match=r"vpc-\w+ was created, but could not be read: .* not found after 300 s"):
        simulated_clouds.up(site)
    assert set(init_errors(simulated_clouds)) == {sources.VPC}
    simulated_clouds.up(site)
    agrees(simulated_clouds)


def test_a_lost_answer_to_a_replacement_is_not_taken_for_the_old_one(simulated_clouds: SimulatedClouds) -> None:
    simulated_clouds.up(site)
    (old,) = [r.id for r in simulated_clouds.held(sources.SUBNET) if r.inputs["cidrBlock"] == "10.0.0.0/24"]
    simulated_clouds.fault("lost", action="create", type=sources.SUBNET)
    simulated_clouds.up(lambda: site(cidr="10.0.2.0/24"))
    assert {(r.inputs["cidrBlock"], r.id == old) for r in simulated_clouds.held(sources.SUBNET)} == {
        ("10.0.1.0/24", False), ("10.0.2.0/24", False),
    }  # fmt: skip


@pytest.mark.parametrize("answers", [1, None])
def test_lost_answers_to_updates_and_deletions(simulated_clouds: SimulatedClouds, answers: int | None) -> None:
    simulated_clouds.up(site)
    simulated_clouds.fault("lost", action="update", type=sources.VPC, times=answers)
    simulated_clouds.fault("lost", action="delete", type=sources.SUBNET, times=answers)
    simulated_clouds.up(lambda: site("second"))
    agrees(simulated_clouds)
    assert [r.inputs["tags"] for r in simulated_clouds.held(sources.VPC)] == [{"tag": "second"}]
    simulated_clouds.destroy()
    assert simulated_clouds.held() == []


def test_refresh_and_destroy_are_as_patient(simulated_clouds: SimulatedClouds) -> None:
    simulated_clouds.up(site)
    for action in ("read", "delete"):
        simulated_clouds.fault("throttle", action=action, times=6, seconds=1)
    simulated_clouds.refresh()
    agrees(simulated_clouds)
    simulated_clouds.destroy()
    assert simulated_clouds.held() == []
    assert simulated_clouds.slept == [1] * 12


def some_of(count: int) -> Iterator[tuple[str, ...]]:
    return itertools.permutations(["lost", "throttle", "hidden"], count)


@pytest.mark.parametrize("kinds", [*some_of(2), *some_of(3)], ids="-".join)
def test_several_at_once(simulated_clouds: SimulatedClouds, kinds: tuple[str, ...]) -> None:
    for kind in kinds:
        simulated_clouds.fault(kind, times=3, seconds=0.5)
    simulated_clouds.up(site)
    agrees(simulated_clouds)


def outputs(clouds: SimulatedClouds, type_: str) -> dict[str, Any]:
    (found,) = [r["outputs"] for r in clouds.recorded() if r["type"] == type_]
    return dict(found)


def test_a_session_that_is_down_is_seen_and_is_no_drift(simulated_clouds: SimulatedClouds) -> None:
    simulated_clouds.up(site)
    assert outputs(simulated_clouds, TUNNEL)["bgpStatus"] == {"state": "BGP_UP", "tcpEstablished": True}
    simulated_clouds.fault("tunnel-down", cloud="cloudflare")
    assert set(simulated_clouds.refresh(expect_no_changes=True).changes) == {"same"}
    assert outputs(simulated_clouds, TUNNEL)["bgpStatus"] == {"state": "BGP_DOWN", "tcpEstablished": False}
    assert set(simulated_clouds.up(site).changes) == {"same"}
