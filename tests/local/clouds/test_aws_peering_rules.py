"""Peerings of transit gateways over regions and accounts: asking, accepting, routing, and taking down."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hubspoke.local.clouds.aws import sources as aws
from hubspoke.local.clouds.protocol import ReadState
from hubspoke.local.clouds.testing import CloudAccount, Made

from tests.local.clouds.attempts import refusal
from tests.local.clouds.conftest import SPOKE

FAR = "eu-central-1"


@dataclass
class Pair:
    """Two gateways, in two regions of two accounts, each with a table."""

    here: CloudAccount
    there: CloudAccount
    gateways: tuple[Made, Made]
    tables: tuple[Made, Made]

    def ask(self, **changes: Any) -> Made:
        near, far = (gateway.id for gateway in self.gateways)
        given = {"transitGatewayId": near, "peerTransitGatewayId": far, "peerRegion": FAR, "peerAccountId": SPOKE}
        return self.here.create(aws.TGW_PEERING, **{**given, **changes})

    def accept(self, peering: Made) -> Made:
        return self.there.create(aws.TGW_PEERING_ACCEPTER, transitGatewayAttachmentId=peering.id)


@pytest.fixture
def pair(aws_account: Callable[..., CloudAccount], make_gateway: Callable[..., Made]) -> Pair:
    accounts = aws_account(), aws_account(SPOKE, FAR)
    one, two = (make_gateway(account, amazonSideAsn=64512 + n) for n, account in enumerate(accounts))
    first, second = (
        account.create(aws.TGW_ROUTE_TABLE, transitGatewayId=gateway.id)
        for account, gateway in zip(accounts, (one, two), strict=True)
    )
    return Pair(*accounts, (one, two), (first, second))


def at(table: Made, peering: Made) -> dict[str, str]:
    return {"transitGatewayRouteTableId": table.id, "transitGatewayAttachmentId": peering.id}


def test_a_peering_waits_until_the_other_side_accepts_it(pair: Pair) -> None:
    peering = pair.ask()
    assert (peering.outputs["state"], peering.outputs["peerAccountId"]) == ("pendingAcceptance", SPOKE)
    with refusal("IncorrectState"):
        pair.here.create(aws.TGW_ASSOCIATION, **at(pair.tables[0], peering))
    accepter = pair.accept(peering)
    assert accepter.id == peering.id
    assert accepter.outputs["transitGatewayId"] == pair.gateways[1].id
    assert accepter.outputs["peerTransitGatewayId"] == pair.gateways[0].id
    assert (accepter.outputs["peerAccountId"], accepter.outputs["peerRegion"]) == ("111111111111", "eu-west-1")
    assert pair.here.seen(peering).outputs["state"] == "available"


def test_each_side_associates_and_routes_with_the_one_id(pair: Pair) -> None:
    peering = pair.ask()
    pair.accept(peering)
    for account, table, other in zip((pair.here, pair.there), pair.tables, reversed(pair.gateways), strict=True):
        association = account.create(aws.TGW_ASSOCIATION, **at(table, peering))
        assert (association.outputs["resourceType"], association.outputs["resourceId"]) == ("peering", other.id)
        route = account.create(aws.TGW_ROUTE, destinationCidrBlock="10.9.0.0/16", **at(table, peering))
        assert account.seen(route) == ReadState(route.id, route.inputs, route.outputs)
        with refusal("UnsupportedOperation"):
            account.create(aws.TGW_PROPAGATION, **at(table, peering))


def test_one_side_cannot_use_the_others_table(pair: Pair) -> None:
    peering = pair.ask()
    pair.accept(peering)
    with refusal("InvalidRouteTableID.NotFound"):
        pair.here.create(aws.TGW_ROUTE, destinationCidrBlock="10.9.0.0/16", **at(pair.tables[1], peering))


def test_the_asker_cannot_accept(pair: Pair) -> None:
    peering = pair.ask()
    with refusal("InvalidTransitGatewayAttachmentID.NotFound"):
        pair.here.create(aws.TGW_PEERING_ACCEPTER, transitGatewayAttachmentId=peering.id)


@pytest.mark.parametrize("wrong", [{"peerRegion": "eu-west-2"}, {"peerAccountId": "333333333333"}])
def test_a_request_to_where_no_such_gateway_is_fails(pair: Pair, wrong: dict[str, str]) -> None:
    with refusal("UnexpectedState"):
        pair.ask(**wrong)


def test_there_is_one_peering_between_two_gateways_whoever_asks(pair: Pair) -> None:
    pair.ask()
    with refusal("DuplicateTransitGatewayAttachment"):
        pair.ask()
    near, far = (gateway.id for gateway in pair.gateways)
    with refusal("DuplicateTransitGatewayAttachment"):
        pair.there.create(
            aws.TGW_PEERING, transitGatewayId=far, peerTransitGatewayId=near, peerRegion="eu-west-1",
            peerAccountId="111111111111",
        )  # fmt: skip


def test_neither_gateway_goes_while_they_are_joined_and_the_acceptance_takes_the_peering_with_it(pair: Pair) -> None:
    peering = pair.ask()
    accepter = pair.accept(peering)
    pair.there.create(aws.TGW_ASSOCIATION, **at(pair.tables[1], peering))
    for account, gateway in zip((pair.here, pair.there), pair.gateways, strict=True):
        with refusal("IncorrectState"):
            account.delete(gateway)
    pair.there.delete(accepter)
    assert pair.here.read(peering) is None
    pair.here.delete(peering)  # gone already is what was wanted
    for account, gateway in zip((pair.here, pair.there), pair.gateways, strict=True):
        account.delete(gateway)
