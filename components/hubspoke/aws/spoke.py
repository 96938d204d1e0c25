"""AwsSpoke: one VPC, attached to its hub in its segment, with its routes and its filter."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from hubspoke.args import AwsSpokeArgs, parse_cloudflare, parse_spoke
from hubspoke.aws.filter import admit_flows
from hubspoke.aws.network import Maker, Network, adopt, create
from hubspoke.aws.role import assumed
from hubspoke.aws.tags import tagged
from hubspoke.plan.model import ONRAMP


class AwsSpoke(pulumi.ComponentResource):
    """One network of the WAN.

    It makes its VPC or adopts one, attaches it, routes the WAN's prefixes to the hub, opens a security group to
    the flows it is part of and no more, and injects its prefix at Cloudflare; destroying it withdraws all of that.

    The attachment is made in the spoke's account. Its association and propagation are made in the hub's, through
    `hub_provider`, or, where a program can't give one, by assuming `hub_role_arn`; where both are one account, leave
    both out.
    """

    vpc_id: pulumi.Output[str]
    """Id of the VPC."""
    attachment_id: pulumi.Output[str]
    """Id of the attachment to the transit gateway."""
    security_group_id: pulumi.Output[str]
    """Id of the security group that admits the spoke's flows."""

    def __init__(
        self,
        name: str,
        args: AwsSpokeArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        hub_provider: aws.Provider | None = None,
    ) -> None:
        super().__init__("hubspoke:index:AwsSpoke", name, {}, opts)
        self._spoke = parse_spoke(name, args, "aws")
        self._hub_provider = hub_provider or assumed(f"{name}-hub", self._spoke.region, args.get("hub_role_arn"), self)
        self._make = Maker(self._spoke, tagged(args.get("tags", {}), f"AwsSpoke/{name}", name), self)
        network = adopt(self._make, self._spoke.adopted) if self._spoke.adopted else create(self._make)
        attachment = self._attach(network, args)
        accepted = self._accept(attachment, args["cross_account"])
        reached = self._join_segment(accepted.id, args["route_tables"])
        self._route_to_hub(network, accepted, args["transit_gateway_id"])
        group = admit_flows(self._make, network)
        self._inject(args, reached)
        self.vpc_id, self.attachment_id, self.security_group_id = network.vpc_id, attachment.id, group.id
        self.register_outputs(self.outputs())

    def outputs(self) -> dict[str, pulumi.Output[Any]]:
        """What others need of this spoke, as the stack exports it."""
        return {
            "vpc_id": self.vpc_id,
            "attachment_id": self.attachment_id,
            "security_group_id": self.security_group_id,
        }

    def _in_hub_account(self, **more: Any) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, provider=self._hub_provider, **more)

    def _attach(self, network: Network, args: AwsSpokeArgs) -> aws.ec2transitgateway.VpcAttachment:
        # A shared gateway's defaults are its owner's to set: there these two must stay unset
        # (pulumi-aws, VpcAttachment; terraform-provider-aws #8383).
        default = None if args["cross_account"] else False
        return aws.ec2transitgateway.VpcAttachment(
            self._spoke.key,
            region=self._spoke.region,
            vpc_id=network.vpc_id,
            subnet_ids=network.attachment_subnets,
            transit_gateway_id=args["transit_gateway_id"],
            transit_gateway_default_route_table_association=default,
            transit_gateway_default_route_table_propagation=default,
            appliance_mode_support="disable",
            dns_support="enable",
            ipv6_support="disable",
            security_group_referencing_support="disable",
            tags=self._make.named(),
            # One attachment per VPC and gateway: the new one can only follow the old (pulumi-aws #2137).
            opts=self._make.options(delete_before_replace=True),
        )

    def _accept(
        self, attachment: aws.ec2transitgateway.VpcAttachment, cross_account: bool
    ) -> aws.ec2transitgateway.VpcAttachment | aws.ec2transitgateway.VpcAttachmentAccepter:
        """What stands for the attachment once the hub's account has accepted it: only then may it be used."""
        if not cross_account:
            return attachment
        return aws.ec2transitgateway.VpcAttachmentAccepter(
            self._spoke.key,
            region=self._spoke.region,
            transit_gateway_attachment_id=attachment.id,
            transit_gateway_default_route_table_association=False,
            transit_gateway_default_route_table_propagation=False,
            tags=self._make.named(),  # an attachment's tags do not cross accounts (LZA #117)
            opts=self._in_hub_account(),
        )

    def _join_segment(
        self, attachment: pulumi.Output[str], ids: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    ) -> list[pulumi.Resource]:
        """Returns what makes the spoke known to the tables that reach it."""
        tables = pulumi.Output.from_input(ids)
        aws.ec2transitgateway.RouteTableAssociation(
            self._spoke.key,
            region=self._spoke.region,
            transit_gateway_attachment_id=attachment,
            transit_gateway_route_table_id=tables[self._spoke.segment],
            opts=self._in_hub_account(delete_before_replace=True),
        )
        return [
            aws.ec2transitgateway.RouteTablePropagation(
                f"{self._spoke.key}/{table}",
                region=self._spoke.region,
                transit_gateway_attachment_id=attachment,
                transit_gateway_route_table_id=tables[table],
                opts=self._in_hub_account(),
            )
            for table in [*self._spoke.propagates_to, ONRAMP]
        ]

    def _route_to_hub(self, network: Network, accepted: pulumi.Resource, transit_gateway: pulumi.Input[str]) -> None:
        for key, table in network.route_tables.items():
            for prefix in self._spoke.wan_prefixes:
                aws.ec2.Route(
                    self._make.name(f"{key}/{prefix}"),
                    region=self._spoke.region,
                    route_table_id=table,
                    destination_cidr_block=prefix,
                    transit_gateway_id=transit_gateway,
                    # AWS refuses a route to a gateway that the VPC is not yet attached to.
                    opts=pulumi.ResourceOptions(parent=self, depends_on=[accepted], delete_before_replace=True),
                )

    def _inject(self, args: AwsSpokeArgs, reached: list[pulumi.Resource]) -> None:
        if not self._spoke.cloudflare_routes:
            return
        # Imported here: its SDK takes over a second to import, and BGP spokes have no use for it.
        from hubspoke.cloudflare import static_route

        account = parse_cloudflare(args).account
        for route in self._spoke.cloudflare_routes:
            static_route(self._spoke.key, account, route, self, *reached)
