"""AwsOnRamp: one VPC with a VPN to Cloudflare of its own, and no hub."""

from typing import Any

import pulumi
import pulumi_aws as aws

from hubspoke.args import AwsOnRampArgs, parse_cloudflare, parse_onramp
from hubspoke.aws.filter import admit_flows
from hubspoke.aws.network import Maker, Network, adopt, create
from hubspoke.aws.tags import tagged
from hubspoke.aws.vpn import Vpn
from hubspoke.cloudflare import static_route
from hubspoke.plan.model import OnRampPlan
from hubspoke.reads import id_of


class AwsOnRamp(pulumi.ComponentResource):
    """A single network of the WAN, on a virtual private gateway.

    It makes its VPC or adopts one, and makes its gateway or takes the one that is attached already: a VPC has one
    (AWS, "Site-to-Site VPN quotas", 2026-08). Routes reach the VPC's route tables by propagation from the gateway,
    which learns the WAN by BGP, or from static routes on every connection. A gateway uses one tunnel at a time, over
    all its connections, and leaves one that is down (AWS, "Site-to-Site VPN route priority", 2026-08).
    """

    vpc_id: pulumi.Output[str]
    """Id of the VPC."""
    vpn_gateway_id: pulumi.Output[str]
    """Id of the virtual private gateway."""
    security_group_id: pulumi.Output[str]
    """Id of the security group that admits the network's flows."""

    def __init__(self, name: str, args: AwsOnRampArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hubspoke:index:AwsOnRamp", name, {}, opts)
        self._onramp = parse_onramp(name, args, "aws")
        self._make = Maker(self._onramp, tagged(args.get("tags", {}), f"AwsOnRamp/{name}", name), self)
        network = adopt(self._make, self._onramp.adopted) if self._onramp.adopted else create(self._make)
        self.vpc_id = network.vpc_id
        self.vpn_gateway_id = self._adopt_gateway(network) if self._onramp.gateway else self._gateway(network)
        gateway = {"vpn_gateway_id": self.vpn_gateway_id}
        vpn = Vpn(self._onramp, gateway, parse_cloudflare(args), self._make.named, self)
        connections, tunnels = vpn.connect()
        self._route_to_cloudflare(network, connections)
        self.security_group_id = admit_flows(self._make, network).id
        for route in self._onramp.cloudflare_routes:
            static_route(name, vpn.cloudflare.account, route, self, tunnels)
        self.register_outputs(self.outputs())

    def outputs(self) -> dict[str, pulumi.Output[Any]]:
        """What others need of this network, as the stack exports it."""
        return {
            "vpc_id": self.vpc_id,
            "vpn_gateway_id": self.vpn_gateway_id,
            "security_group_id": self.security_group_id,
        }

    def _gateway(self, network: Network) -> pulumi.Output[str]:
        return aws.ec2.VpnGateway(
            self._onramp.key,
            region=self._onramp.region,
            vpc_id=network.vpc_id,
            amazon_side_asn=str(self._onramp.asn),
            tags=self._make.named(),
            opts=pulumi.ResourceOptions(parent=self, protect=self._onramp.protect),
        ).id

    def _adopt_gateway(self, network: Network) -> pulumi.Output[str]:
        """The gateway that is there, read and never changed. It must be the network's, and speak with our ASN."""
        gateway = self._onramp.gateway or ""
        found = aws.ec2.VpnGateway.get(self._onramp.key, gateway, region=self._onramp.region, opts=self._make.options())
        known = pulumi.Output.all(id_of(found, gateway), found.vpc_id, found.amazon_side_asn, network.vpc_id)
        return known.apply(lambda known: _suits(self._onramp, *known))

    def _route_to_cloudflare(self, network: Network, connections: dict[str, aws.ec2.VpnConnection]) -> None:
        if self._onramp.routing == "static":
            for key, connection in connections.items():
                for prefix in self._onramp.wan_prefixes:
                    self._static_route(key, connection, prefix)
        for key, table in network.route_tables.items():
            aws.ec2.VpnGatewayRoutePropagation(
                self._make.name(key),
                region=self._onramp.region,
                route_table_id=table,
                vpn_gateway_id=self.vpn_gateway_id,
                opts=self._make.options(),
            )

    def _static_route(self, key: str, connection: aws.ec2.VpnConnection, prefix: str) -> None:
        aws.ec2.VpnConnectionRoute(
            self._make.name(f"{key}/{prefix}"),
            region=self._onramp.region,
            vpn_connection_id=connection.id,
            destination_cidr_block=prefix,
            opts=self._make.options(),
        )


def _suits(onramp: OnRampPlan, gateway: str, vpc: str, asn: str, wanted: str) -> str:
    """The gateway's id. Raises pulumi.RunError where it is another network's or has another ASN."""
    if vpc != wanted:
        where = f"attached to {vpc}" if vpc else "attached to no network"
        raise pulumi.RunError(
            f"on-ramp {onramp.key!r}: gateway {gateway} is {where}, not to {wanted}: name the one that is attached "
            "to the on-ramp's network, or leave `gateway` out for a new one"
        )
    if onramp.routing == "bgp" and int(asn) != onramp.asn:
        raise pulumi.RunError(
            f"on-ramp {onramp.key!r}: gateway {gateway} has ASN {asn}, not {onramp.asn}: write `asn: {asn}`, as the "
            "ASN of a gateway cannot change"
        )
    return gateway
