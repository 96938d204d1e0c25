"""Network ACLs on the subnets of a spoke, made by a program beside it: read before and after, and judged."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hubspoke.network.compare import compare
from hubspoke.network.convert import actual
from hubspoke.network.intended import context, intended, questions
from hubspoke.network.model import Network, Rule
from hubspoke.network.prove import prove
from hubspoke.network.questions import Verdict
from hubspoke.network.snapshot import Snapshot, from_export
from hubspoke.network.told import as_told

from tests.network.test_actual import before_deployment
from tests.network.test_intended import example

if TYPE_CHECKING:
    from tests.conftest import World

ORDERS, WORKLOAD = "prod-apps", ("10.16.0.0/23",)  # the spoke's stack, and one of its subnets
Extra = Callable[[Any, dict[str, Any], Any], None]


def network_of(snapshot: Snapshot) -> Network:
    plan = example()
    return actual(as_told(snapshot, plan), context(plan, [ORDERS]))


def with_acls(world: "World", extra: Extra) -> Snapshot:
    """The stack, up again with what a program adds to the VPC and the subnets of the spoke "orders"."""

    def program() -> None:
        import hubspoke.aws.network as made
        from hubspoke.compose import compose

        subnets: dict[str, Any] = {}
        found: list[Any] = []
        plain = made._subnet

        def kept(make: Any, vpc: Any, table: Any, subnet: Any) -> Any:
            one = plain(make, vpc, table, subnet)
            if make.part.key == "orders":
                subnets[subnet.key] = one
                found[:] = [vpc]
            return one

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(made, "_subnet", kept)
            compose(Path(world.paths.wan))
        extra(found[0], subnets, _options(found[0]))

    world.up(ORDERS, program)
    return from_export(world.stack(ORDERS).export_stack())


def _options(vpc: Any) -> Any:
    import pulumi

    return pulumi.ResourceOptions(parent=vpc)


def forgotten(vpc: Any, subnets: dict[str, Any], opts: Any) -> None:
    """Rules for questions both ways, and none for answers: those go to high ports."""
    import pulumi_aws as aws

    workloads = [one.id for key, one in subnets.items() if key.startswith("workload")]
    acl = aws.ec2.NetworkAcl("tight", vpc_id=vpc.id, subnet_ids=workloads, opts=opts)
    for egress in (False, True):
        aws.ec2.NetworkAclRule(
            f"tight-{egress}", network_acl_id=acl.id, egress=egress, rule_number=100, protocol="tcp",
            rule_action="allow", cidr_block="10.0.0.0/8", from_port=443, to_port=8443, opts=opts,
        )  # fmt: skip


def with_answers(vpc: Any, subnets: dict[str, Any], opts: Any) -> None:
    """The same with answers let through, and a deny that stands behind what it is about."""
    import pulumi_aws as aws

    any_: Any = {"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_block": "10.0.0.0/8", "rule_no": 90}
    deny: Any = {**any_, "rule_no": 100, "action": "deny"}
    rules = [{**any_, "action": "allow"}, deny]
    acl = aws.ec2.NetworkAcl("open", vpc_id=vpc.id, ingress=rules, egress=rules, opts=opts)
    for key, subnet in subnets.items():
        aws.ec2.NetworkAclAssociation(key, network_acl_id=acl.id, subnet_id=subnet.id, opts=opts)


def shut(vpc: Any, _: dict[str, Any], opts: Any) -> None:
    """A network's own ACL that is taken over without rules: nothing passes."""
    import pulumi_aws as aws

    aws.ec2.DefaultNetworkAcl("default", default_network_acl_id=vpc.default_network_acl_id, opts=opts)


def on_the_attachment(vpc: Any, subnets: dict[str, Any], opts: Any) -> None:
    """One of the attachment's two subnets has rules of its own."""
    import pulumi_aws as aws

    all_: Any = {
        "protocol": "-1",
        "from_port": 0,
        "to_port": 0,
        "cidr_block": "0.0.0.0/0",
        "rule_no": 1,
        "action": "allow",
    }
    one = [subnets["attachment-a"].id]
    aws.ec2.NetworkAcl("half", vpc_id=vpc.id, subnet_ids=one, ingress=[all_], egress=[all_], opts=opts)


def failed(network: Network) -> dict[str, Verdict]:
    return {v.question.key: v for v in prove(network, questions(example())) if not v.passed}


def before_and_after(snapshot: Snapshot) -> tuple[Network, Network]:
    """What is recorded, and the same as a first preview sees it, which must not differ."""
    after, before = network_of(snapshot), network_of(before_deployment(snapshot))
    assert compare(after, before) == ()
    assert after.findings == before.findings
    return after, before


def test_an_acl_that_forgets_answers_is_refuted_by_its_last_rule(fleet: "World") -> None:
    network, _ = before_and_after(with_acls(fleet, forgotten))
    assert network.findings == ()
    assert [(d.kind, d.place) for d in compare(intended(example()), network) if d.what == "filter"] == [
        ("extra", "spoke orders acl in"), ("extra", "spoke orders acl out")
    ]  # fmt: skip
    rules = network.filter["spoke orders acl in"].rules
    assert [(r.action, r.sources, r.protocol, r.ports) for r in rules if r.destinations == WORKLOAD] == [
        ("allow", ("10.0.0.0/8",), "tcp", (443, 8443)), ("deny", (), "any", (0, 65535))
    ]  # fmt: skip
    assert not network.filter["spoke orders acl in"].stateful
    verdict = failed(network)["flow web-eu-orders"]
    assert verdict.answer == "refuted"
    example_ = verdict.examples[0]
    assert example_.why.startswith("answers of")
    assert example_.back is not None
    assert {b.origin.rsplit("::", 1)[-1] for b in example_.back.blockers} == {"tight#*"}


def test_an_acl_by_association_lets_pass_what_its_first_rule_does(fleet: "World") -> None:
    network, _ = before_and_after(with_acls(fleet, with_answers))
    assert (network.findings, failed(network)) == ((), {})
    assert {key for key in network.filter if " acl " in key} == {
        f"spoke orders {acl} {way}" for acl in ("acl", "attachment acl") for way in ("in", "out")
    }


def test_a_default_acl_without_rules_shuts_the_network(fleet: "World") -> None:
    network, _ = before_and_after(with_acls(fleet, shut))
    assert network.findings == ()
    # What arrives in the attachment's own subnets may not be judged at all.
    assert [r.action for r in network.filter["spoke orders acl in"].rules] == [
        "unknown",
        "unknown",
        "deny",
        "deny",
        "deny",
    ]
    verdict = failed(network)["flow web-eu-orders"]
    assert verdict.answer == "refuted"


def test_an_attachment_with_two_acls_is_a_finding(fleet: "World") -> None:
    network, _ = before_and_after(with_acls(fleet, on_the_attachment))
    assert {f.what for f in network.findings} == {"an attachment's subnets have different network ACLs"}
    assert {v.answer for v in failed(network).values()} == {"unknown"}


def test_a_rule_that_is_not_read_is_a_finding() -> None:
    from hubspoke.network.convert.aws_acl import _rule
    from hubspoke.network.convert.made import Made

    made = Made()
    said = {"cidrBlock": "10.0.0.0/8", "protocol": "1", "icmpType": 8, "action": "allow"}
    assert _rule(made, said, "ingress", "x") == Rule("unknown", "x", ("10.0.0.0/8",), (), "icmp")
    assert _rule(made, {**said, "protocol": "47"}, "egress", "y") == Rule("unknown", "y", (), ("10.0.0.0/8",), "any")
    assert [f.origin for f in made.findings] == ["x", "y"]
    assert _rule(made, {**said, "cidrBlock": None, "ipv6CidrBlock": "::/0"}, "ingress", "z") is None
