"""Network ACLs, their rules and the subnets that they are on."""

from typing import Any

from ..networks import any_cidr
from ..protocol import CloudError, Properties
from ..records import Record
from ..table import Children, Computed, InUse, Rule, Twin, TypeTable, Validation, immutables
from ..view import View, new_id
from .sources import (
    ACL_ASSOCIATION,
    ACL_RULE,
    DEFAULT_ACL,
    ERRORS,
    NETWORK_ACL,
    SUBNET,
    VPC,
    api,
    guide,
    provider,
    refers,
)

_ACL_FILE = provider("ec2/vpc_network_acl.go")
_DEFAULT_FILE = provider("ec2/vpc_default_network_acl.go")
_RULE_FILE = provider("ec2/vpc_network_acl_rule.go")
_BASICS = guide("Network ACL basics")
_LAST = 32766  # "*", which denies, is 32767


def _numbered(value: Any) -> str | None:
    return None if 1 <= int(value) <= _LAST else f"expected ruleNumber to be in the range (1 - {_LAST}), got {value}"


def _action(value: Any) -> str | None:
    return (
        None if str(value).lower() in ("allow", "deny") else f'expected ruleAction to be allow or deny, got "{value}"'
    )


def _inline(rule: Properties) -> Properties:
    said = {"ruleNo": rule["ruleNumber"], "action": rule["ruleAction"], "protocol": str(rule["protocol"])}
    kept = ("cidrBlock", "ipv6CidrBlock", "fromPort", "toPort", "icmpType", "icmpCode")
    return {**said, **{name: rule[name] for name in kept if rule.get(name) is not None}}


def _rules_of(way: str) -> Any:
    """The rules of one direction: those written in the ACL and those that are resources of their own."""

    def value(view: View, record: Record) -> list[Properties]:
        found = view.referring(record, ACL_RULE, "networkAclId")
        separate = [_inline(r.inputs) for r in found if bool(r.inputs.get("egress")) == (way == "egress")]
        return [*(record.inputs.get(way) or []), *separate]

    return value


def _subnets(view: View, record: Record) -> list[str]:
    """Those that it was put on; of a network's own ACL, those that no other was put on."""
    acl = record if record.type == NETWORK_ACL else _acl(view, record)
    if acl.owner is None:
        return sorted(_put_on(view, record))
    network = str(acl.inputs["vpcId"])
    others = [other for other in view.referring(network, NETWORK_ACL, "vpcId") if other.owner is None]
    taken = {subnet for other in others for subnet in _put_on(view, other)}
    return sorted({subnet.id for subnet in view.referring(network, SUBNET, "vpcId")} - taken)


def _put_on(view: View, acl: Record) -> set[str]:
    apart = [str(r.inputs["subnetId"]) for r in view.referring(acl, ACL_ASSOCIATION, "networkAclId")]
    return {*(acl.inputs.get("subnetIds") or []), *apart}


def _once_each(_: View, draft: Record, __: Record | None) -> None:
    for way in ("ingress", "egress"):
        numbers = [rule["ruleNo"] for rule in draft.inputs.get(way) or []]
        for number in numbers:
            if numbers.count(number) > 1:
                raise _taken(number)


def _free_number(view: View, draft: Record, before: Record | None) -> None:
    # The network's own ACL is two records with one id: what came with the network, and what took it over.
    found = view.anywhere((NETWORK_ACL, DEFAULT_ACL), str(draft.inputs["networkAclId"]))
    way = "egress" if draft.inputs.get("egress") else "ingress"
    inline = [rule for acl in found if view.owns(acl) for rule in acl.inputs.get(way) or []]
    if before is None and any(rule["ruleNo"] == draft.inputs["ruleNumber"] for rule in inline):
        raise _taken(draft.inputs["ruleNumber"])


def _taken(number: Any) -> CloudError:
    return CloudError("NetworkAclEntryAlreadyExists", f"The network acl entry identified by {number} already exists.")


def _one_network(view: View, draft: Record, _: Record | None) -> None:
    acl = view.get(NETWORK_ACL, str(draft.inputs["networkAclId"]))
    subnet = view.get(SUBNET, str(draft.inputs["subnetId"]))
    if acl and subnet and acl.inputs.get("vpcId") != subnet.inputs.get("vpcId"):
        raise CloudError("InvalidParameterValue", f"{acl.id} and {subnet.id} belong to different networks")


def _empty(view: View, record: Record) -> None:
    """Its rules go with it, and so does what took it over."""
    for inner in view.referring(record, (ACL_RULE, DEFAULT_ACL)):
        view.records.remove(inner)


_SHOWN = (
    Computed("ingress", _rules_of("ingress"), api("DescribeNetworkAcls"), overrides=True),
    Computed("egress", _rules_of("egress"), api("DescribeNetworkAcls"), overrides=True),
    Computed("subnetIds", _subnets, api("DescribeNetworkAcls"), overrides=True),
)
_UNIQUE = Rule("a number is given once in each direction", _once_each, ERRORS)

ACL_ROWS = TypeTable(
    NETWORK_ACL,
    new_id=lambda _, __: new_id("acl"),
    immutable=immutables(_ACL_FILE, "vpcId"),
    references=(refers("vpcId", VPC), refers("subnetIds", SUBNET)),
    rules=(_UNIQUE,),
    computed=_SHOWN,
    in_use=(
        InUse(ACL_ASSOCIATION, "networkAclId", "DependencyViolation",
              "The networkAcl '{id}' has dependencies and cannot be deleted.", api("DeleteNetworkAcl")),
    ),
    removed=_empty,
    sets=("ingress", "egress", "subnetIds"),
    children=(Children(ACL_RULE, "networkAclId"), Children(ACL_ASSOCIATION, "networkAclId")),
)  # fmt: skip

# The provider takes over the ACL that the network came with; what is not written in it is taken out of it.
DEFAULT_ROWS = TypeTable(
    DEFAULT_ACL,
    new_id=lambda _, draft: str(draft.inputs["defaultNetworkAclId"]),
    immutable=immutables(_DEFAULT_FILE, "defaultNetworkAclId"),
    references=(refers("defaultNetworkAclId", NETWORK_ACL), refers("subnetIds", SUBNET)),
    rules=(_UNIQUE,),
    computed=(
        *_SHOWN,
        Computed("vpcId", lambda v, r: _acl(v, r).inputs.get("vpcId"), _DEFAULT_FILE),
    ),
    sets=("ingress", "egress", "subnetIds"),
)  # fmt: skip


def _acl(view: View, record: Record) -> Record:
    found = view.get(NETWORK_ACL, record.id)
    assert found
    return found


RULE_ROWS = TypeTable(
    ACL_RULE,
    new_id=lambda _, draft: "nacl-" + "-".join(map(str, _identity(draft.inputs))),
    immutable=immutables(
        _RULE_FILE, "networkAclId", "ruleNumber", "egress", "protocol", "ruleAction", "cidrBlock", "ipv6CidrBlock",
        "fromPort", "toPort", "icmpType", "icmpCode"),
    references=(refers("networkAclId", NETWORK_ACL),),
    validations=(
        Validation("ruleNumber", _numbered, _BASICS, "1 to 32766"),
        Validation("ruleAction", _action, _RULE_FILE, "allow or deny"),
        Validation("cidrBlock", any_cidr, _RULE_FILE, "a canonical block"),
    ),
    rules=(Rule("no second rule of one number", _free_number, ERRORS),),
    twin=Twin("NetworkAclEntryAlreadyExists", "The network acl entry identified by {ruleNumber} already exists.",
              ERRORS),
    delete_first=True,
)  # fmt: skip


def _identity(rule: Properties) -> tuple[Any, ...]:
    return rule["networkAclId"], rule["ruleNumber"], "out" if rule.get("egress") else "in"


ASSOCIATION_ROWS = TypeTable(
    ACL_ASSOCIATION,
    new_id=lambda _, __: new_id("aclassoc"),
    immutable=immutables(provider("ec2/vpc_network_acl_association.go"), "networkAclId", "subnetId"),
    references=(refers("networkAclId", NETWORK_ACL), refers("subnetId", SUBNET)),
    rules=(Rule("ACL and subnet are in one network", _one_network, _BASICS),),
)

TABLES = (ACL_ROWS, DEFAULT_ROWS, RULE_ROWS, ASSOCIATION_ROWS)
