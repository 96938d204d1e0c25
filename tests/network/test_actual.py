"""Networks made from what stacks record: as the plan means them, before and after, whole and stack by stack."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hubspoke.network.compare import Difference, compare
from hubspoke.network.convert import actual
from hubspoke.network.intended import context, intended, questions
from hubspoke.network.model import Network
from hubspoke.network.prove import prove
from hubspoke.network.questions import Verdict
from hubspoke.network.snapshot import NOT_KNOWN, Resource, Snapshot, from_export

from tests.network.test_intended import example

if TYPE_CHECKING:
    from tests.conftest import World

ADOPTED = ("warehouse", "archive", "ingest", "stock", "plt1", "per", "hob")
Exports = dict[str, dict[str, Any]]  # by stack


@pytest.fixture(scope="module")
def recorded(deployed: "World") -> Exports:
    return {
        name: deployed.stack(name).export_stack() for name in ("network", "dev-apps", "prod-apps", "shared-services")
    }


def whole(exports: Exports) -> Snapshot:
    return sum(map(from_export, exports.values()), Snapshot(()))


def judged(exports: Exports) -> tuple[Network, tuple[Difference, ...], list[Verdict]]:
    """All stacks together, among what the plan says of the sites."""
    plan = example()
    network = actual(whole(exports), context(plan, exports))
    return network, compare(intended(plan), network), [v for v in prove(network, questions(plan)) if not v.passed]


def edited(exports: Exports, stack: str, name: str, type_: str, change: Callable[[dict[str, Any]], None]) -> Exports:
    """The exports with one resource changed, as a refresh would have found it."""
    made = copy.deepcopy(exports)
    (found,) = [
        r
        for r in made[stack]["deployment"]["resources"]
        if r["urn"].endswith(f"::{name}") and r["type"].endswith(type_)
    ]
    change(found["outputs"])
    change(found["inputs"])
    return made


def before_deployment(snapshot: Snapshot) -> Snapshot:
    """As a preview sees what is yet to be made: no ids, no outputs, and references to what has none unknown."""
    made = [r for r in snapshot.resources if not _read(r)]
    computed = {
        value for r in made for name, value in r.outputs.items() if isinstance(value, str) and name not in r.inputs
    }
    ids = {r.id for r in made if r.id}
    told = repr([r.outputs for r in snapshot.resources if _read(r)])  # other stacks' ids are known

    def unknown(value: str) -> bool:
        return value not in told and (value in computed or any(each in value for each in ids))

    def masked(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: masked(each) for name, each in value.items()}
        if isinstance(value, list):
            return [masked(each) for each in value]
        return NOT_KNOWN if isinstance(value, str) and unknown(value) else value

    def one(resource: Resource) -> Resource:
        if _read(resource):
            return resource
        inputs = {k: masked(v) if resource.depends.get(k) else v for k, v in resource.inputs.items()}
        return replace(resource, id="", outputs={}, inputs=inputs)

    return Snapshot(tuple(map(one, snapshot.resources)))


def _read(resource: Resource) -> bool:
    """What is there before: other stacks' outputs, and adopted networks and gateways."""
    there = (":Vpc", ":VirtualNetwork", ":Network", ":VpnGateway")
    adopted = resource.name in ADOPTED and resource.type.endswith(there)
    return adopted or resource.type == "pulumi:pulumi:StackReference"


def test_what_is_deployed_is_what_is_meant(recorded: Exports) -> None:
    network, differences, failed = judged(recorded)
    assert (network.findings, differences, failed) == ((), (), [])


@pytest.mark.parametrize("stack", ["network", "dev-apps", "prod-apps", "shared-services"])
def test_a_stack_is_judged_among_what_the_plan_says_of_the_others(recorded: Exports, stack: str) -> None:
    plan = example()
    network = actual(from_export(recorded[stack]), context(plan, [stack]))
    assert (network.findings, compare(intended(plan), network)) == ((), ())


@pytest.mark.parametrize("stack", ["network", "dev-apps", "prod-apps", "shared-services"])
def test_a_preview_is_judged_before_anything_has_an_id(recorded: Exports, stack: str) -> None:
    plan = example()
    snapshot = before_deployment(from_export(recorded[stack]))
    assert not any(r.id for r in snapshot.resources if not _read(r))
    network = actual(snapshot, context(plan, [stack]))
    assert (network.findings, compare(intended(plan), network)) == ((), ())


def test_a_rule_that_was_opened_is_a_leak_named_by_its_resource(recorded: Exports) -> None:
    """Somebody lets all of 10/8 into web-eu and out of sandbox-eu.

    Their hub is static: its table for development sends 10/8 to Cloudflare, which knows web-eu. The filters alone
    kept the two apart. Frankfurt's site has no filter of ours, and is reached too.
    """

    def open_(properties: dict[str, Any]) -> None:
        properties.update(cidrIpv4="10.0.0.0/8", ipProtocol="-1", fromPort=None, toPort=None)

    into = edited(recorded, "prod-apps", "web-eu/ci-prod-ci", "IngressRule", open_)
    both = edited(into, "dev-apps", "sandbox-eu/dev-dns-directory", "EgressRule", open_)
    _, differences, failed = judged(both)
    assert {(d.kind, d.place) for d in differences} == {
        (kind, place) for kind in ("missing", "extra") for place in ("spoke web-eu in", "spoke sandbox-eu out")
    }
    assert {v.question.key for v in failed} == {"flow no-dev-to-prod", "segment dev apart from prod"}
    leak = failed[0]
    reached = {path.endpoint: e.there for e in leak.examples if e.there for path in e.there.paths}
    assert set(reached) == {"web-eu", "frankfurt"}
    assert {(j.filter, j.action, j.origin.split("$")[-1]) for j in reached["web-eu"].filters} == {
        (
            "spoke sandbox-eu out",
            "allow",
            "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule::sandbox-eu/dev-dns-directory",
        ),
        ("spoke web-eu in", "allow", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::web-eu/ci-prod-ci"),
    }


def test_a_route_that_is_gone_is_missing_and_cuts_its_flows(recorded: Exports) -> None:
    made = copy.deepcopy(recorded)
    resources = made["network"]["deployment"]["resources"]
    resources[:] = [r for r in resources if not r["urn"].endswith("route:Route::euc1/prod/10.0.0.0/8")]
    _, differences, failed = judged(made)
    assert [(d.kind, d.place, d.what) for d in differences] == [("missing", "hub euc1/prod", "10.0.0.0/8")]
    lost = next(v for v in failed if v.question.key == "flow web-eu-orders")
    there = lost.examples[0].there
    assert there is not None
    assert [(p.hops[-1].table, p.why) for p in there.paths] == [("hub euc1/prod", "no route")]


def test_a_tunnel_whose_ends_do_not_match_is_down_and_a_finding(recorded: Exports) -> None:
    def moved(properties: dict[str, Any]) -> None:
        properties["customerEndpoint"] = "192.0.2.1"

    network, differences, failed = judged(edited(recorded, "network", "use1-e1-a", "IpsecTunnel", moved))
    (finding,) = network.findings
    assert finding.what.startswith("the ends of use1-e1-a do not match: cloudflare speaks to 192.0.2.1")
    assert ("different", "tunnel use1-e1-a", "health") in {(d.kind, d.place, d.what) for d in differences}
    assert {v.answer for v in failed} == {"unknown"}  # three more tunnels carry it all, but a finding is no pass


def test_what_is_not_understood_is_a_finding_and_nothing_passes(recorded: Exports) -> None:
    strange = Resource("urn:x::strange", "aws:ec2/vpcPeeringConnection:VpcPeeringConnection", "pcx-1")
    plan = example()
    network = actual(whole(recorded) + Snapshot((strange,)), context(plan, recorded))
    assert [finding.origin for finding in network.findings] == ["urn:x::strange"]
    assert {v.answer for v in prove(network, questions(plan))} == {"unknown"}


def test_a_reference_that_could_be_two_resources_is_none() -> None:
    gateway = "aws:ec2transitgateway/transitGateway:TransitGateway"
    two = [Resource(f"urn:{n}", gateway) for n in "ab"]
    source = Resource("urn:c", "x", inputs={"g": NOT_KNOWN}, depends={"g": ("urn:a", "urn:b")})
    assert Snapshot((*two, source)).target(source, "g", gateway) is None
    assert Snapshot((two[0], source)).target(source, "g", gateway) is two[0]


def test_what_is_no_export_is_refused() -> None:
    with pytest.raises(ValueError, match="pulumi stack export"):
        from_export({"version": 3})
