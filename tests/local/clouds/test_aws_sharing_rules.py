"""Transit gateways shared between accounts, and who accepts what."""

from collections.abc import Callable
from typing import Any

import pytest
from hubspoke.local.clouds.aws import sources as aws
from hubspoke.local.clouds.testing import CloudAccount, Made

from tests.local.clouds.attempts import refusal
from tests.local.clouds.conftest import HUB, SPOKE
from tests.local.clouds.transit import associate, propagate, table_of


def share(hub: CloudAccount, gateway: Made, *, external: bool = False, principal: str = SPOKE) -> Made:
    made = hub.create(aws.RESOURCE_SHARE, allowExternalPrincipals=external)
    arn = made.outputs["arn"]
    hub.create(aws.RESOURCE_ASSOCIATION, resourceArn=gateway.outputs["arn"], resourceShareArn=arn)
    hub.create(aws.PRINCIPAL_ASSOCIATION, principal=principal, resourceShareArn=arn)
    return made


@pytest.fixture
def remote(
    hub: CloudAccount, spoke: CloudAccount, make_gateway: Callable[..., Made], make_network: Callable[..., Any]
) -> Any:
    """A network in one account beside a gateway in another."""
    return make_network(spoke, make_gateway(hub, amazonSideAsn=64600))


def test_a_gateway_of_another_account_must_be_shared(remote: Any, hub: CloudAccount) -> None:
    with refusal("InvalidTransitGatewayID.NotFound"):
        remote.attach()
    share(hub, remote.gateway, principal="333333333333")
    with refusal("InvalidTransitGatewayID.NotFound"):
        remote.attach()
    share(hub, remote.gateway)
    assert remote.attach().outputs["vpcOwnerId"] == SPOKE


def test_an_organisation_shares_with_all(remote: Any, hub: CloudAccount) -> None:
    share(hub, remote.gateway, principal="arn:aws:organizations::111111111111:organization/o-1")
    remote.attach()


def test_a_share_with_outsiders_must_be_accepted(remote: Any, hub: CloudAccount, spoke: CloudAccount) -> None:
    made = share(hub, remote.gateway, external=True)
    with refusal("InvalidTransitGatewayID.NotFound"):
        remote.attach()
    accepted = spoke.create(aws.SHARE_ACCEPTER, shareArn=made.outputs["arn"])
    assert (accepted.outputs["senderAccountId"], accepted.outputs["resources"]) == (
        HUB, [remote.gateway.outputs["arn"]],
    )  # fmt: skip
    remote.attach()


def test_a_share_within_an_organisation_has_no_invitation(remote: Any, hub: CloudAccount, spoke: CloudAccount) -> None:
    made = share(hub, remote.gateway)
    with refusal("ResourceShareInvitationNotFound"):
        spoke.create(aws.SHARE_ACCEPTER, shareArn=made.outputs["arn"])


def test_shares_hold_what_exists_once(remote: Any, hub: CloudAccount) -> None:
    made = share(hub, remote.gateway)
    arn = made.outputs["arn"]
    with refusal("ResourceShareAssociationAlreadyExists"):
        hub.create(aws.RESOURCE_ASSOCIATION, resourceArn=remote.gateway.outputs["arn"], resourceShareArn=arn)
    with refusal("PrincipalAssociationAlreadyExists"):
        hub.create(aws.PRINCIPAL_ASSOCIATION, principal=SPOKE, resourceShareArn=arn)
    with refusal("UnknownResourceException"):
        nothing = f"arn:aws:ec2:eu-west-1:{HUB}:transit-gateway/tgw-0"
        hub.create(aws.RESOURCE_ASSOCIATION, resourceArn=nothing, resourceShareArn=arn)
    with refusal("UnknownResourceException"):
        hub.create(aws.PRINCIPAL_ASSOCIATION, principal=SPOKE, resourceShareArn=arn[:-1] + "x")


def test_an_attachment_across_accounts_waits_for_the_gateways_owner(
    remote: Any, hub: CloudAccount, spoke: CloudAccount
) -> None:
    share(hub, remote.gateway)
    attachment, table = remote.attach(), table_of(hub, remote.gateway)
    with refusal("IncorrectState"):
        associate(hub, attachment, table)
    rtb = spoke.create(aws.ROUTE_TABLE, vpcId=remote.vpc.id)
    to_hub = {"routeTableId": rtb.id, "destinationCidrBlock": "10.0.0.0/8", "transitGatewayId": remote.gateway.id}
    with refusal("InvalidTransitGatewayID.NotFound"):
        spoke.create(aws.ROUTE, **to_hub)
    accepted = hub.create(aws.TGW_ACCEPTER, transitGatewayAttachmentId=attachment.id)
    assert (accepted.outputs["vpcId"], accepted.outputs["vpcOwnerId"]) == (remote.vpc.id, SPOKE)
    associate(hub, attachment, table)
    propagate(hub, attachment, table)
    spoke.create(aws.ROUTE, **to_hub)
    with refusal("IncorrectState"):
        hub.create(aws.TGW_ACCEPTER, transitGatewayAttachmentId=attachment.id)


def test_only_the_gateways_owner_accepts(remote: Any, hub: CloudAccount, spoke: CloudAccount) -> None:
    share(hub, remote.gateway)
    attachment = remote.attach()
    with refusal("InvalidTransitGatewayAttachmentID.NotFound"):
        spoke.create(aws.TGW_ACCEPTER, transitGatewayAttachmentId=attachment.id)
    with refusal("InvalidTransitGatewayAttachmentID.NotFound"):
        hub.create(aws.TGW_ACCEPTER, transitGatewayAttachmentId="tgw-attach-0")


def test_only_the_gateways_owner_makes_its_tables(remote: Any, hub: CloudAccount, spoke: CloudAccount) -> None:
    share(hub, remote.gateway)
    with refusal("InvalidTransitGatewayID.NotFound"):
        table_of(spoke, remote.gateway)


def test_undoing_an_acceptance_deletes_the_attachment(remote: Any, hub: CloudAccount, spoke: CloudAccount) -> None:
    share(hub, remote.gateway)
    attachment = remote.attach()
    accepted = hub.create(aws.TGW_ACCEPTER, transitGatewayAttachmentId=attachment.id)
    hub.delete(accepted)
    assert spoke.read(attachment) is None
    spoke.delete(attachment)


def test_an_acceptance_goes_with_its_attachment(remote: Any, hub: CloudAccount, spoke: CloudAccount) -> None:
    share(hub, remote.gateway)
    attachment = remote.attach()
    accepted = hub.create(aws.TGW_ACCEPTER, transitGatewayAttachmentId=attachment.id)
    spoke.delete(attachment)
    assert hub.read(accepted) is None


def test_a_gateway_that_accepts_by_itself(
    hub: CloudAccount, spoke: CloudAccount, make_gateway: Callable[..., Made], make_network: Callable[..., Any]
) -> None:
    remote = make_network(spoke, make_gateway(hub, autoAcceptSharedAttachments="enable"))
    share(hub, remote.gateway)
    attachment = remote.attach()
    associate(hub, attachment, table_of(hub, remote.gateway))
    with refusal("IncorrectState"):
        hub.create(aws.TGW_ACCEPTER, transitGatewayAttachmentId=attachment.id)
