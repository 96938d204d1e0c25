"""The functions of pulumi-aws that look things up."""

import json
import zlib
from collections.abc import Mapping
from typing import Any

from ..package import Invoke
from ..protocol import CloudError, Properties
from ..records import Record
from ..view import View
from .places import PARTITION, zone_id, zones
from .sources import (
    CUSTOMER_GATEWAY,
    ROUTE_TABLE,
    SECURITY_GROUP,
    SUBNET,
    TGW_ROUTE_TABLE,
    TGW_VPC_ATTACHMENT,
    TRANSIT_GATEWAY,
    VPC,
    VPN_GATEWAY,
)


def _caller(view: View, _: Properties) -> Properties:
    account, actor = view.scope.account, view.scope.actor
    arn = actor if actor.startswith("arn:") else f"arn:{PARTITION}:iam::{account}:user/{actor}"
    return {"accountId": account, "arn": arn, "id": account, "userId": f"AIDA{account}"}


def _region(view: View, _: Properties) -> Properties:
    region = view.scope.region
    return {"region": region, "name": region, "id": region, "description": region,
            "endpoint": f"ec2.{region}.amazonaws.com"}  # fmt: skip


def _partition(_: View, __: Properties) -> Properties:
    return {"partition": PARTITION, "id": PARTITION, "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}


def _zones(view: View, args: Properties) -> Properties:
    hidden = set(args.get("excludeNames") or [])
    names = [zone for zone in zones(view.scope.region) if zone not in hidden]
    region = view.scope.region
    return {
        "id": region,
        "region": region,
        "names": names,
        "zoneIds": [zone_id(n) for n in names],
        "groupNames": [region],
    }


def _policy_document(_: View, args: Properties) -> Properties:
    statements = [_statement(s) for s in args.get("statements") or []]
    document = {"Version": args.get("version") or "2012-10-17", "Statement": statements}
    text = json.dumps(document, indent=2)
    return {
        "id": str(zlib.crc32(text.encode())),
        "json": text,
        "minifiedJson": json.dumps(document, separators=(",", ":")),
    }


_STATEMENT = {"sid": "Sid", "effect": "Effect", "actions": "Action", "resources": "Resource", "notActions": "NotAction",
              "notResources": "NotResource"}  # fmt: skip


def _statement(statement: Properties) -> Properties:
    plain = {theirs: _one(statement.get(ours)) for ours, theirs in _STATEMENT.items()}
    principals = {p["type"]: _one(p["identifiers"]) for p in statement.get("principals") or []}
    conditions: Properties = {}
    for condition in statement.get("conditions") or []:
        conditions.setdefault(condition["test"], {})[condition["variable"]] = _one(condition["values"])
    made = {"Effect": "Allow", "Principal": principals, "Condition": conditions}
    return {name: value for name, value in {**made, **_without_nothing(plain)}.items() if value not in (None, [], {})}


def _without_nothing(properties: Properties) -> Properties:
    return {name: value for name, value in properties.items() if value is not None}


def _one(values: Any) -> Any:
    return values[0] if isinstance(values, list) and len(values) == 1 else values


def _matches(record: Record, args: Properties, told: Properties) -> bool:
    tags = args.get("tags") or {}
    have = record.inputs.get("tags") or {}
    if any(have.get(name) != value for name, value in tags.items()):
        return False
    if any(not _passes(record, told, one) for one in args.get("filters") or []):
        return False
    plain = {n: v for n, v in args.items() if n not in ("tags", "filters", "region", "id", "default", "state")}
    return all(value is None or told.get(name) == value for name, value in plain.items())


def _passes(record: Record, told: Properties, condition: Properties) -> bool:
    name, values = str(condition["name"]), condition["values"]
    if name.startswith("tag:"):
        return (record.inputs.get("tags") or {}).get(name[4:]) in values
    if name == "state":
        return "available" in values
    first, *rest = name.split("-")
    camel = first + "".join(word.title() for word in rest)
    own = record.id if camel.endswith("Id") and told.get(camel) is None else told.get(camel)
    return own in values


def _lookup(type_: str, noun: str, id_argument: str = "id") -> Invoke:
    """A function that finds exactly one thing by id, tags or filters."""

    def find(view: View, args: Properties) -> Properties:
        wanted = args.get(id_argument) or args.get("id")
        rest = {n: v for n, v in args.items() if n != id_argument}
        found = [
            (r, told) for r in view.all(type_)
            if wanted in (None, r.id) and _matches(r, rest, told := _told(view, r))
        ]  # fmt: skip
        if len(found) != 1:
            how = "no matching" if not found else "multiple"
            raise CloudError("NotFound", f"{how} {noun} found")
        record, told = found[0]
        return {**told, "id": record.id, **({id_argument: record.id} if id_argument != "id" else {})}

    return find


def _told(view: View, record: Record) -> Properties:
    from ..lifecycle import outputs_of
    from ..packages import package

    aws = package("aws")
    return outputs_of(view, aws.table(record.type), aws.schema(record.type), record)


def _ids(type_: str, name: str = "ids") -> Invoke:
    """A function that finds the ids of all that match."""

    def find(view: View, args: Properties) -> Properties:
        found = [r.id for r in view.all(type_) if _matches(r, args, _told(view, r))]
        return {"id": view.scope.region, name: found}

    return find


INVOKES: Mapping[str, Invoke] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _caller,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy_document,
    "aws:ec2/getVpc:getVpc": _lookup(VPC, "EC2 VPC"),
    "aws:ec2/getVpcs:getVpcs": _ids(VPC),
    "aws:ec2/getSubnet:getSubnet": _lookup(SUBNET, "EC2 Subnet"),
    "aws:ec2/getSubnets:getSubnets": _ids(SUBNET),
    "aws:ec2/getRouteTable:getRouteTable": _lookup(ROUTE_TABLE, "EC2 Route Table", "routeTableId"),
    "aws:ec2/getRouteTables:getRouteTables": _ids(ROUTE_TABLE),
    "aws:ec2/getSecurityGroup:getSecurityGroup": _lookup(SECURITY_GROUP, "EC2 Security Group"),
    "aws:ec2/getCustomerGateway:getCustomerGateway": _lookup(CUSTOMER_GATEWAY, "EC2 Customer Gateway"),
    "aws:ec2/getVpnGateway:getVpnGateway": _lookup(VPN_GATEWAY, "EC2 VPN Gateway"),
    "aws:ec2transitgateway/getTransitGateway:getTransitGateway": _lookup(TRANSIT_GATEWAY, "EC2 Transit Gateway"),
    "aws:ec2transitgateway/getRouteTable:getRouteTable": _lookup(TGW_ROUTE_TABLE, "EC2 Transit Gateway Route Table"),
    "aws:ec2transitgateway/getVpcAttachment:getVpcAttachment": _lookup(
        TGW_VPC_ATTACHMENT, "EC2 Transit Gateway VPC Attachment"),
    "aws:ec2transitgateway/getVpcAttachments:getVpcAttachments": _ids(TGW_VPC_ATTACHMENT),
}  # fmt: skip
