"""AwsHub: a Transit Gateway with a route table per segment, joined to Cloudflare by IPsec."""

from typing import Any

import pulumi
import pulumi_aws as aws

from hubspoke.args import AwsHubArgs, parse_cloudflare, parse_hub
from hubspoke.aws.tags import tagged
from hubspoke.aws.vpn import Vpn
from hubspoke.cloudflare import CloudflareOnRamp
from hubspoke.plan.model import ONRAMP, HubPlan


class AwsHub(pulumi.ComponentResource):
    """A hub in one region: both ends of every tunnel, segment route tables, and the share with other accounts.

    Every segment has a route table of its own; nothing is associated or propagated by default. Traffic from
    Cloudflare is looked up in the on-ramp table, which learns every spoke. With static routing each segment
    sends the WAN's prefixes to the first connection (a Transit Gateway has one target per static prefix and no
    ECMP over static VPN: AWS, "How transit gateways work", 2026-08); with BGP it learns them from all tunnels.
    """

    transit_gateway_id: pulumi.Output[str]
    """Id of the transit gateway."""
    route_tables: pulumi.Output[dict[str, str]]
    """Route table ids by segment key, and "onramp"."""
    share_arn: pulumi.Output[str]
    """ARN of the RAM share, once every account is in it; empty where no other account uses the hub."""

    def __init__(self, name: str, args: AwsHubArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hubspoke:index:AwsHub", name, {}, opts)
        self._hub = parse_hub(name, args, "aws")
        self._cloudflare = parse_cloudflare(args)
        self._tags = args.get("tags", {})
        self._gateway = self._transit_gateway()
        self._tables = {key: self._route_table(key) for key in [*(s.key for s in self._hub.segments), ONRAMP]}
        attachments, tunnels = self._connect(self._hub)
        self._route_to_cloudflare(self._hub, attachments)
        self.transit_gateway_id = self._gateway.id
        ids = pulumi.Output.all(**{key: table.id for key, table in self._tables.items()})
        # Spokes are attached beside the tunnels, and join their segments once these are there.
        self.route_tables = tunnels.before(ids)
        self.share_arn = self._share(self._hub, args.get("organization_sharing", True))
        self.register_outputs(self.outputs())

    def outputs(self) -> dict[str, pulumi.Output[Any]]:
        """What spokes need of this hub, as the stack exports it."""
        return {
            "transit_gateway_id": self.transit_gateway_id,
            "route_tables": self.route_tables,
            "share_arn": self.share_arn,
        }

    def _named(self, key: str = "") -> dict[str, str]:
        name = f"{self._hub.key}/{key}" if key else self._hub.key
        return tagged(self._tags, f"AwsHub/{self._hub.key}", name)

    def _options(self, *, protect: bool = False, **more: Any) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, protect=protect and self._hub.protect, **more)

    def _transit_gateway(self) -> aws.ec2transitgateway.TransitGateway:
        return aws.ec2transitgateway.TransitGateway(
            self._hub.key,
            region=self._hub.region,
            description=f"hub {self._hub.key}",
            amazon_side_asn=self._hub.asn,
            auto_accept_shared_attachments="disable",
            default_route_table_association="disable",
            default_route_table_propagation="disable",
            dns_support="enable",
            multicast_support="disable",
            security_group_referencing_support="disable",
            vpn_ecmp_support="enable",
            tags=self._named(),
            opts=self._options(protect=True),
        )

    def _route_table(self, key: str) -> aws.ec2transitgateway.RouteTable:
        return aws.ec2transitgateway.RouteTable(
            f"{self._hub.key}/{key}",
            region=self._hub.region,
            transit_gateway_id=self._gateway.id,
            tags=self._named(key),
            opts=self._options(),
        )

    def _connect(self, hub: HubPlan) -> tuple[dict[str, pulumi.Output[str]], CloudflareOnRamp]:
        """Both ends of all connections. Returns AWS's as VPN attachment ids, by connection key, and Cloudflare's."""
        gateway = {"transit_gateway_id": self._gateway.id}
        vpn = Vpn(hub, gateway, self._cloudflare, self._named, self, hub.store_psks)
        made, tunnels = vpn.connect()
        return {key: connection.transit_gateway_attachment_id for key, connection in made.items()}, tunnels

    def _route_to_cloudflare(self, hub: HubPlan, attachments: dict[str, pulumi.Output[str]]) -> None:
        for key, attachment in attachments.items():
            self._associate(key, attachment)
        for segment in hub.segments:
            if hub.routing == "bgp":
                for key, attachment in attachments.items():
                    self._propagate(segment.key, key, attachment)
            else:
                for prefix in hub.wan_prefixes:
                    self._static_route(segment.key, prefix, attachments[hub.connections[0].key])

    def _associate(self, connection: str, attachment: pulumi.Output[str]) -> None:
        aws.ec2transitgateway.RouteTableAssociation(
            f"{self._hub.key}/{connection}",
            region=self._hub.region,
            transit_gateway_attachment_id=attachment,
            transit_gateway_route_table_id=self._tables[ONRAMP].id,
            # An attachment has one association: a new one can only follow the old one's end (LZA #175).
            opts=self._options(delete_before_replace=True),
        )

    def _propagate(self, segment: str, connection: str, attachment: pulumi.Output[str]) -> None:
        aws.ec2transitgateway.RouteTablePropagation(
            f"{self._hub.key}/{segment}/{connection}",
            region=self._hub.region,
            transit_gateway_attachment_id=attachment,
            transit_gateway_route_table_id=self._tables[segment].id,
            opts=self._options(),
        )

    def _static_route(self, segment: str, prefix: str, attachment: pulumi.Output[str]) -> None:
        aws.ec2transitgateway.Route(
            f"{self._hub.key}/{segment}/{prefix}",
            region=self._hub.region,
            destination_cidr_block=prefix,
            transit_gateway_attachment_id=attachment,
            transit_gateway_route_table_id=self._tables[segment].id,
            opts=self._options(delete_before_replace=True),
        )

    def _share(self, hub: HubPlan, organization: bool) -> pulumi.Output[str]:
        if not hub.shared_with:
            return pulumi.Output.from_input("")
        share = aws.ram.ResourceShare(
            hub.key,
            region=hub.region,
            name=f"hubspoke-{hub.key}",
            allow_external_principals=not organization,
            tags=self._named(),
            opts=self._options(),
        )
        gateway = aws.ram.ResourceAssociation(
            hub.key,
            region=hub.region,
            resource_arn=self._gateway.arn,
            resource_share_arn=share.arn,
            opts=self._options(),
        )
        principals = [self._principal(share, account) for account in hub.shared_with]
        # Spokes may attach only once the share is complete, so its ARN waits for all of it.
        return pulumi.Output.all(share.arn, gateway.id, *(p.id for p in principals)).apply(lambda all_: all_[0])

    def _principal(self, share: aws.ram.ResourceShare, account: str) -> aws.ram.PrincipalAssociation:
        return aws.ram.PrincipalAssociation(
            f"{self._hub.key}/{account}",
            region=self._hub.region,
            principal=account,
            resource_share_arn=share.arn,
            opts=self._options(),
        )
