"""Tables of a transit gateway and an attachment's place in them, made as an engine makes them."""

from typing import Any

from hubspoke.local.clouds.aws import sources as aws
from hubspoke.local.clouds.testing import CloudAccount, Made


def table_of(account: CloudAccount, gateway: Made) -> Made:
    return account.create(aws.TGW_ROUTE_TABLE, transitGatewayId=gateway.id)


def associate(account: CloudAccount, attachment: Made, table: Made, **more: Any) -> Made:
    ids = {"transitGatewayAttachmentId": attachment.id, "transitGatewayRouteTableId": table.id}
    return account.create(aws.TGW_ASSOCIATION, **ids, **more)


def propagate(account: CloudAccount, attachment: Made, table: Made) -> Made:
    ids = {"transitGatewayAttachmentId": attachment.id, "transitGatewayRouteTableId": table.id}
    return account.create(aws.TGW_PROPAGATION, **ids)
