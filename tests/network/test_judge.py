"""A network judged by its plan: known weaknesses, several things down at once, and a stack as a policy sees it."""

import json
from dataclasses import replace

import pytest
from hubspoke.network.advice import advice, culprits
from hubspoke.network.convert import actual
from hubspoke.network.intended import context, intended
from hubspoke.network.judge import Accepted, Judgement, NotInNetwork, accepted_of, overall, risk_of
from hubspoke.network.snapshot import NOT_KNOWN, Resource, Snapshot, from_export
from hubspoke.network.told import as_told

from tests.network.test_actual import Exports, recorded  # noqa: F401
from tests.network.test_intended import example, network

EUC1 = ("monitoring", "sandbox-eu", "web-eu")


def test_the_example_holds_whatever_fails_but_for_one_weakness() -> None:
    judgement = Judgement(example())
    assert overall(judgement.verdicts) == "proven"
    failing = [verdict for verdict in judgement.failures if not verdict.passed]
    assert {verdict.case for verdict in failing} == {"endpoint e1"}
    assert {advice(verdict) for verdict in failing} == {
        "give hub euc1 another way, as BGP does (`routing: bgp`), or accept it by name, in --accept or the policy's setting "
        "accepted: endpoint/e1:euc1"
    }


@pytest.mark.parametrize(("who", "answer"), [("euc1", "proven"), ("web-eu", "refuted"), ("use1", "refuted")])
def test_what_is_accepted_is_that_weakness_and_no_other(who: str, answer: str) -> None:
    accepted = accepted_of(example(), network(), f"endpoint/e1:{who}")
    assert accepted == Accepted("endpoint e1", who)
    judgement = Judgement(example(), None, [accepted])
    assert overall(judgement.failures) == answer
    cut_off = {verdict.cut_off for verdict in judgement.failures if verdict.case == "endpoint e1"}
    assert who != "euc1" or cut_off == {EUC1}


def test_several_things_down_at_once() -> None:
    judgement = Judgement(example(), failing=["hub euc1", "tunnel use1-e1-a", "tunnel use1-e1-b"])
    assert {(verdict.answer, verdict.cut_off) for verdict in judgement.verdicts} == {("proven", EUC1)}
    assert {verdict.case for verdict in judgement.verdicts} == {"hub euc1 and tunnel use1-e1-a and tunnel use1-e1-b"}
    every = Judgement(example(), failing=[f"tunnel use1-{end}-{slot}" for end in ("e1", "e2") for slot in "ab"])
    assert overall(every.verdicts) == "refuted"


@pytest.mark.parametrize("text", ["tunnel/nowhere", "use1", "hub/", ""])
def test_what_can_not_fail_is_refused_by_name(text: str) -> None:
    with pytest.raises(NotInNetwork, match=r"there are: endpoint/e1, endpoint/e2, hub/euc1"):
        risk_of(network(), text)


@pytest.mark.parametrize(
    ("text", "said"), [("endpoint/e1", "names no hub"), ("endpoint/e1:x", "'x' in 'endpoint/e1:x'")]
)
def test_what_can_not_be_accepted_is_refused_by_name(text: str, said: str) -> None:
    with pytest.raises(NotInNetwork, match=said):
        accepted_of(example(), network(), text)


def test_of_an_endpoint_without_addresses_nothing_is_proven() -> None:
    """Every address of none would arrive, and none would leak."""
    there = intended(example())
    ends = tuple(replace(end, prefixes=()) if end.key == "warehouse" else end for end in there.endpoints)
    verdicts = Judgement(example(), replace(there, endpoints=ends)).verdicts
    asked = [
        v for v in verdicts if "warehouse" in (*getattr(v.question, "sources", ()), *getattr(v.question, "targets", ()))
    ]
    assert len(asked) > 4
    assert {verdict.answer for verdict in asked} == {"unknown"}


def as_a_policy_sees(snapshot: Snapshot) -> Snapshot:
    """Outputs alone, without what the program only reads, and with what the cloud has filled in since."""
    members = {
        "aws:ec2/routeTable:RouteTable": ("routes", "aws:ec2/route:Route", "routeTableId"),
        "aws:ec2/securityGroup:SecurityGroup": (
            "ingress",
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            "securityGroupId",
        ),
    }

    def one(resource: Resource) -> Resource:
        outputs = {**resource.inputs, **resource.outputs}
        if resource.type in members:
            name, kind, refers = members[resource.type]
            own = [each for each in snapshot.of_type(kind) if each.get(refers) == resource.id]
            outputs[name] = [_listed(each) for each in own]
        return replace(resource, inputs={}, outputs=outputs)

    read = {"pulumi:pulumi:StackReference"}
    kept = [r for r in snapshot.resources if r.type not in read and not ("vpc:Vpc" in r.type and r.name == "warehouse")]
    return Snapshot(tuple(map(one, kept)))


def _listed(resource: Resource) -> dict[str, object]:
    if "Route" in resource.type.split(":")[-1]:
        return {"cidrBlock": resource.get("destinationCidrBlock"), "transitGatewayId": resource.get("transitGatewayId")}
    names = {"protocol": "ipProtocol", "fromPort": "fromPort", "toPort": "toPort"}
    return {"cidrBlocks": [resource.get("cidrIpv4")]} | {name: resource.get(other) for name, other in names.items()}


@pytest.mark.parametrize("stack", ["network", "dev-apps", "prod-apps", "shared-services"])
def test_a_stack_as_a_policy_sees_it_is_as_meant(recorded: Exports, stack: str) -> None:  # noqa: F811
    plan = example()
    seen = as_a_policy_sees(from_export(recorded[stack]))
    judgement = Judgement(plan, actual(as_told(seen, plan), context(plan, [stack])))
    assert (judgement.findings, judgement.differences, overall(judgement.verdicts)) == ((), (), "proven")


def test_hubs_that_are_not_up_yet_are_taken_as_planned(recorded: Exports) -> None:  # noqa: F811
    plan, seen = example(), as_a_policy_sees(from_export(recorded["dev-apps"]))
    text = json.dumps(recorded["network"])
    hidden = Snapshot(
        tuple(replace(r, outputs={k: _unless(v, text) for k, v in r.outputs.items()}) for r in seen.resources)
    )
    assert hidden != seen
    judgement = Judgement(plan, actual(as_told(hidden, plan), context(plan, ["dev-apps"])))
    assert (judgement.findings, judgement.differences, overall(judgement.verdicts)) == ((), (), "proven")


def test_what_only_some_resources_know_of_a_hub_is_known_to_all(recorded: Exports) -> None:  # noqa: F811
    """In a preview some resources have the id of a hub, and others that refer to it do not know it yet."""
    plan, seen = example(), as_a_policy_sees(from_export(recorded["dev-apps"]))
    name = "transitGatewayId"
    waiting = Snapshot(tuple(
        replace(r, outputs={**r.outputs, name: NOT_KNOWN}) if r.type == "aws:ec2/route:Route" else
        replace(r, outputs={**r.outputs, "routes": NOT_KNOWN}) if r.type == "aws:ec2/routeTable:RouteTable" else r
        for r in seen.resources
    ))  # fmt: skip
    judgement = Judgement(plan, actual(as_told(waiting, plan), context(plan, ["dev-apps"])))
    assert (judgement.findings, judgement.differences, overall(judgement.verdicts)) == ((), (), "proven")


def _unless(value: object, text: str) -> object:
    """Not known where it is the other stack's, or a list that is yet to be filled in."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return NOT_KNOWN
    return NOT_KNOWN if isinstance(value, str) and value.startswith("tgw-") and f'"{value}"' in text else value


def test_one_id_for_two_hubs_is_no_hubs_id(recorded: Exports) -> None:  # noqa: F811
    """A spoke that is attached to another hub than the one it is planned on."""
    plan, seen = example(), as_a_policy_sees(from_export(recorded["dev-apps"]))
    ids = {r.name: r.get("transitGatewayId") for r in seen.resources if "vpcAttachment:" in r.type}
    moved = Snapshot(tuple(
        replace(r, outputs={**r.outputs, "transitGatewayId": ids["sandbox-eu"]})
        if r.get("transitGatewayId") == ids["sandbox"] and seen.owner(r) == "sandbox" else r
        for r in seen.resources
    ))  # fmt: skip
    judgement = Judgement(plan, actual(as_told(moved, plan), context(plan, ["dev-apps"])))
    assert overall(judgement.verdicts) != "proven"
    assert any("transit gateway" in each.actual for each in judgement.differences)


def test_culprits_are_named() -> None:
    judgement = Judgement(example())
    failing = next(v for v in judgement.failures if v.question.key == "flow web-eu-orders" and not v.passed)
    assert culprits(failing) == ("plan: hub euc1, WAN",)
