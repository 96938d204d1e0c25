"""AwsPeering: two transit gateways, joined natively beside the way over Cloudflare."""

from typing import Any

import pulumi
import pulumi_aws as aws

from hubspoke.args import AwsPeeringArgs, PeeredHubArgs
from hubspoke.aws.role import assumed
from hubspoke.aws.tags import tagged
from hubspoke.plan.model import ONRAMP


class AwsPeering(pulumi.ComponentResource):
    """A peering of two hubs in different regions, with both sides' associations and routes.

    All of it is made by the side that asks, as only there the join's id is known: in the other account through
    `peer_provider` or, where a program can't give one, by assuming `peer_role_arn`. At either end, arriving traffic is
    looked up in the on-ramp table, which knows every spoke. Which segment may send is held by the routes, which are
    static: a peering propagates none (AWS Transit Gateway guide, "Transit gateway peering attachments", 2026-11).
    """

    attachment_id: pulumi.Output[str]
    """Id of the peering attachment, the same at both ends."""

    def __init__(
        self,
        name: str,
        args: AwsPeeringArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        peer_provider: aws.Provider | None = None,
    ) -> None:
        super().__init__("hubspoke:index:AwsPeering", name, {}, opts)
        _refuse_one_region(name, args)
        role = args.get("peer_role_arn")
        self._name = name
        self._peer_provider = peer_provider or assumed(f"{name}-peer", args["there"]["region"], role, self)
        self._tags = tagged(args.get("tags", {}), f"AwsPeering/{name}", name)
        self.attachment_id = self._accept(args["there"], self._ask(args))
        for side in (args["here"], args["there"]):
            options = pulumi.ResourceOptions(
                parent=self,
                provider=self._peer_provider if side is args["there"] else None,
                delete_before_replace=True,
            )
            self._associate(side, options)
            self._route(side, options)
        self.register_outputs(self.outputs())

    def outputs(self) -> dict[str, pulumi.Output[Any]]:
        """What is known of the join."""
        return {"attachment_id": self.attachment_id}

    def _ask(self, args: AwsPeeringArgs) -> pulumi.Output[str]:
        return aws.ec2transitgateway.PeeringAttachment(
            self._name,
            region=args["here"]["region"],
            transit_gateway_id=args["here"]["transit_gateway_id"],
            peer_account_id=args["account_id"],
            peer_region=args["there"]["region"],
            peer_transit_gateway_id=args["there"]["transit_gateway_id"],
            tags=self._tags,
            # There is one peering between two gateways: a new one can only follow the old one's end.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        ).id

    def _accept(self, there: PeeredHubArgs, asked: pulumi.Output[str]) -> pulumi.Output[str]:
        """The attachment's id, once it is accepted and so may be used."""
        return aws.ec2transitgateway.PeeringAttachmentAccepter(
            self._name,
            region=there["region"],
            transit_gateway_attachment_id=asked,
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self, provider=self._peer_provider, delete_before_replace=True),
        ).id

    def _associate(self, side: PeeredHubArgs, options: pulumi.ResourceOptions) -> None:
        aws.ec2transitgateway.RouteTableAssociation(
            f"{self._name}/{side['hub']}",
            region=side["region"],
            transit_gateway_attachment_id=self.attachment_id,
            transit_gateway_route_table_id=_tables(side)[ONRAMP],
            opts=options,
        )

    def _route(self, side: PeeredHubArgs, options: pulumi.ResourceOptions) -> None:
        for route in side["routes"]:
            aws.ec2transitgateway.Route(
                f"{self._name}/{side['hub']}/{route['segment']}/{route['prefix']}",
                region=side["region"],
                destination_cidr_block=route["prefix"],
                transit_gateway_attachment_id=self.attachment_id,
                transit_gateway_route_table_id=_tables(side)[route["segment"]],
                opts=options,
            )


def _tables(side: PeeredHubArgs) -> pulumi.Output[Any]:
    return pulumi.Output.from_input(side["route_tables"])


def _refuse_one_region(name: str, args: AwsPeeringArgs) -> None:
    """Within a region the two ends of a peering have different ids, and the asker is not told the other's
    (terraform-provider-aws #38027, 2026-11)."""
    here, there = args["here"], args["there"]
    if here["region"] == there["region"]:
        raise pulumi.RunError(
            f"peering {name!r}: hubs {here['hub']!r} and {there['hub']!r} are both in {here['region']}, where the "
            "second end's id is not known to the one who asks: leave them to reach each other over Cloudflare, or "
            "put their spokes on one hub"
        )
