"""Regions, their zones, and how AWS writes the name of a thing in full."""

import re

from ..records import Record
from ..table import Source

PARTITION = "aws"
_ZONES = {"us-east-1": "abcdef", "us-west-2": "abcd", "us-west-1": "ac", "ap-northeast-1": "acd",
          "ap-northeast-2": "abcd", "sa-east-1": "abc", "ca-central-1": "abd"}  # fmt: skip
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d\Z")
ZONES_SOURCE = Source("Amazon EC2 User Guide, Regions and Zones; AWS RAM User Guide, AZ IDs")
ARN_SOURCE = Source("Service Authorization Reference, resource types")

# type token without its class -> (service, what stands before the id); others are made from the token
_ARNS = {
    "aws:ec2transitgateway/transitGateway": ("ec2", "transit-gateway/"),
    "aws:ec2transitgateway/routeTable": ("ec2", "transit-gateway-route-table/"),
    "aws:ec2transitgateway/vpcAttachment": ("ec2", "transit-gateway-attachment/"),
    "aws:ec2/defaultNetworkAcl": ("ec2", "network-acl/"),
    "aws:ec2/flowLog": ("ec2", "vpc-flow-log/"),
    "aws:vpc/securityGroupIngressRule": ("ec2", "security-group-rule/"),
    "aws:vpc/securityGroupEgressRule": ("ec2", "security-group-rule/"),
    "aws:cloudwatch/logGroup": ("logs", "log-group:"),
}


def zones(region: str) -> list[str]:
    """The availability zones of a region: "eu-west-1a", ...."""
    return [f"{region}{letter}" for letter in _ZONES.get(region, "abc")]


def zone_id(zone: str) -> str:
    """eu-west-1a -> euw1-az1, the name that means the same place in every account."""
    region, letter = zone[:-1], zone[-1]
    first, *middle, number = region.split("-")
    short = "".join(
        "".join(found) for word in middle for found in re.findall(r"(n)orth|(s)outh|(e)ast|(w)est|(c)entral", word)
    )
    return f"{first}{short}{number}-az{_ZONES.get(region, 'abc').index(letter) + 1}"


def arn(record: Record) -> str:
    """The Amazon resource name of a thing."""
    token = record.type.rpartition(":")[0]
    module, member = token.split(":")[1].split("/")
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", member).lower()
    service, kind = _ARNS.get(token, (module, f"{name}/"))
    if service == "s3":
        return f"arn:{PARTITION}:s3:::{record.id}"
    return f"arn:{PARTITION}:{service}:{record.region}:{record.account}:{kind}{record.id}"


def arn_id(arn_: str) -> str:
    """The id at the end of a resource name; what is no resource name is an id already."""
    return re.split(r"[/:]", arn_)[-1] if arn_.startswith("arn:") else arn_
