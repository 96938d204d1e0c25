"""As many resources as the config asks for: networks of twenty resources each, and what is left over as addresses."""

import pulumi
import pulumi_aws as aws

PER_NETWORK, SUBNETS = 20, 6


class Network(pulumi.ComponentResource):
    """A VPC with a route table, six subnets, their associations and a security group with four rules."""

    def __init__(self, name: str, number: int, provider: aws.Provider) -> None:
        super().__init__("sized:index:Network", name, None, pulumi.ResourceOptions(providers=[provider]))
        own = pulumi.ResourceOptions(parent=self)
        block = f"10.{number % 256}"
        tags = {"name": name, "number": str(number)}
        vpc = aws.ec2.Vpc(name, cidr_block=f"{block}.0.0/16", enable_dns_hostnames=True, tags=tags, opts=own)
        table = aws.ec2.RouteTable(name, vpc_id=vpc.id, tags=tags, opts=own)
        for index in range(SUBNETS):
            subnet = aws.ec2.Subnet(
                f"{name}-{index}",
                vpc_id=vpc.id,
                cidr_block=f"{block}.{index}.0/24",
                availability_zone=f"eu-west-1{'abc'[index % 3]}",
                tags=tags,
                opts=own,
            )
            aws.ec2.RouteTableAssociation(f"{name}-{index}", subnet_id=subnet.id, route_table_id=table.id, opts=own)
        self._secure(name, vpc, block, own)
        self.register_outputs({"vpc_id": vpc.id})

    def _secure(self, name: str, vpc: aws.ec2.Vpc, block: str, own: pulumi.ResourceOptions) -> None:
        group = aws.ec2.SecurityGroup(name, vpc_id=vpc.id, description=f"of {name}", opts=own)
        for port in (22, 53, 443, 8443):
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-{port}",
                security_group_id=group.id,
                cidr_ipv4=f"{block}.0.0/16",
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                opts=own,
            )


def declare(resources: int) -> None:
    """The stack and its provider aside, exactly as many resources as asked for."""
    provider = aws.Provider("here", region="eu-west-1")
    networks, left = divmod(resources, PER_NETWORK)
    for number in range(networks):
        Network(f"net-{number:04}", number, provider)
    for number in range(left):
        aws.ec2.Eip(f"address-{number}", domain="vpc", opts=pulumi.ResourceOptions(provider=provider))
    pulumi.export("networks", networks)


declare(pulumi.Config().require_int("resources"))
