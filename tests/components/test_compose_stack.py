"""One account's stack: what it reads of other stacks, what it says where they are not up, and whose shares it takes."""

from typing import TYPE_CHECKING, Any

import pytest
from hubspoke.local.engine import EngineError
from hubspoke.operate.result import fold
from hubspoke.pending import PENDING

if TYPE_CHECKING:
    from tests.conftest import World

REFERENCE = "pulumi:pulumi:StackReference"
ACCEPTER = "aws:ram/resourceShareAccepter:ResourceShareAccepter"


def test_a_spoke_whose_hub_is_not_up_says_which_stack_to_bring_up(world: "World") -> None:
    world.stack("network")  # made, and never deployed
    with pytest.raises(EngineError, match="has not deployed yet: run `hubspoke up --stack network` first") as caught:
        world.run("preview", "prod-apps")
    assert "Traceback" not in str(caught.value)
    assert "HubNotDeployed" not in str(caught.value)


def test_where_the_hubs_stack_was_never_made_the_message_names_it(world: "World") -> None:
    with pytest.raises(EngineError, match="network"):
        world.run("preview", "prod-apps")


def test_a_pending_hub_gives_unknown_outputs_in_a_preview(world: "World", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PENDING, "network")
    ran = world.run("preview", "prod-apps")
    steps = {step.urn: step for step in fold(ran.events, "prod-apps", "preview").steps}
    assert ran.outcome.changes == {"create": 121}
    assert not [urn for urn in steps if REFERENCE in urn], "no reference to a stack that is not there"
    assert not world.clouds.records(account="210987654321")


def test_pending_is_refused_where_something_would_be_made(world: "World", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PENDING, "network")
    with pytest.raises(EngineError, match="HUBSPOKE_PENDING_STACKS is for previews only"):
        world.up("prod-apps")


@pytest.mark.parametrize(("stack", "references"), [("network", []), ("prod-apps", ["organization/hubspoke/network"])])
def test_a_stack_refers_only_to_those_of_its_hubs(deployed: "World", stack: str, references: list[str]) -> None:
    found = [r["inputs"]["name"] for r in deployed.resources(stack).values() if r["type"] == REFERENCE]
    assert found == references


def test_a_spoke_beside_its_hub_needs_no_reference_no_accepter_and_no_second_provider(world: "World") -> None:
    def change(wan: Any) -> None:
        wan["spokes"]["bastion"] = {"account": "network", "hub": "use1", "segment": "shared", "size": 24}

    world.change_intent(change)
    world.up("network")
    types = [r["type"] for r in world.resources("network").values()]
    assert types.count("hubspoke:index:AwsSpoke") == 1
    assert types.count("pulumi:providers:aws") == 1
    assert not {REFERENCE, "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter"} & {*types}


def test_an_unknown_stack_is_refused_with_those_there_are(world: "World") -> None:
    with pytest.raises(EngineError, match="no account 'staging' in the WAN; there are: dev-apps, network"):
        world.up("staging")


@pytest.fixture
def unorganised(world: "World") -> "World":
    world.change_intent(lambda wan: wan.update(organization_sharing=False))
    return world


def test_outside_an_organisation_each_account_accepts_each_hubs_share_once(unorganised: "World") -> None:
    unorganised.up("network")
    unorganised.up("prod-apps")
    shares = [
        r for r in unorganised.resources("network").values() if r["type"] == "aws:ram/resourceShare:ResourceShare"
    ]
    assert [share["inputs"]["allowExternalPrincipals"] for share in shares] == [True, True]
    accepters = {
        r["urn"].rsplit("::", 1)[-1]: r["inputs"]
        for r in unorganised.resources("prod-apps").values()
        if r["type"] == ACCEPTER
    }
    arns = {share["urn"].rsplit("::", 1)[-1]: share["outputs"]["arn"] for share in shares}
    assert accepters == {
        "use1": {"region": "us-east-1", "shareArn": arns["use1"]},
        "euc1": {"region": "eu-central-1", "shareArn": arns["euc1"]},
    }
    assert unorganised.run("preview", "prod-apps").outcome.changes.keys() == {"same"}


def test_attaching_waits_for_the_share_to_be_accepted(unorganised: "World") -> None:
    unorganised.up("network")
    unorganised.up("prod-apps")
    resources = unorganised.resources("prod-apps")
    for name, hub in (("web", "use1"), ("web-eu", "euc1"), ("warehouse", "use1")):
        attachment = unorganised.recorded("prod-apps", "VpcAttachment", name)
        accepter = unorganised.urn("prod-apps", ACCEPTER, hub)
        assert accepter in attachment["dependencies"], "or AWS does not know the gateway in this account yet"
        assert accepter in resources


def test_outside_an_organisation_a_stack_comes_down_with_its_accepters(unorganised: "World") -> None:
    unorganised.up("network")
    before = unorganised.held()
    unorganised.up("prod-apps")
    unorganised.run("destroy", "prod-apps")
    assert unorganised.held().keys() == before.keys()
