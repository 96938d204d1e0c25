"""Security groups and their rules."""

from typing import Any

from ..networks import any_cidr
from ..protocol import CloudError, Properties
from ..records import Record
from ..table import AutoName, Children, Computed, InUse, Rule, TypeTable, Validation, defaults, immutables
from ..view import View, new_id
from .sources import (
    EGRESS_RULE,
    ERRORS,
    INGRESS_RULE,
    INSTANCE,
    SECURITY_GROUP,
    VPC,
    api,
    guide,
    provider,
    refers,
)

_GROUP_FILE = provider("ec2/vpc_security_group.go")
_RULE_FILE = provider("ec2/vpc_security_group_ingress_rule.go")
_PEERS = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
_MEANING = ("ipProtocol", "fromPort", "toPort", *_PEERS)


def _group_mark(record: Record) -> list[str]:
    return [f"group {record.inputs.get('vpcId')} {record.inputs.get('name')}"]


def _same_name(view: View, draft: Record, before: Record | None) -> None:
    vpc, name = draft.inputs.get("vpcId"), draft.inputs.get("name")
    if before is None and view.marked(_group_mark(draft)[0], SECURITY_GROUP):
        raise CloudError("InvalidGroup.Duplicate", f"The security group '{name}' already exists for VPC '{vpc}'")


def _no_reserved_name(value: Any) -> str | None:
    name = str(value)
    if name.lower().startswith("sg-"):
        return "invalid value for name (cannot begin with sg-)"
    return None if 0 < len(name) <= 255 else f"expected length to be in the range (1 - 255), got {len(name)}"


def _rules_of(type_: str, inline: str) -> Any:
    """The group's rules of one direction: those written in it and those that are resources of their own."""

    def value(view: View, record: Record) -> list[Properties]:
        separate = [_as_inline(r.inputs) for r in view.referring(record, type_, "securityGroupId")]
        return [*(record.inputs.get(inline) or []), *separate]

    return value


def _as_inline(rule: Properties) -> Properties:
    protocol = str(rule.get("ipProtocol"))
    everything = protocol == "-1"
    return {
        "protocol": protocol,
        "fromPort": 0 if everything else rule.get("fromPort", 0), "toPort": 0 if everything else rule.get("toPort", 0),
        "cidrBlocks": _listed(rule, "cidrIpv4"), "ipv6CidrBlocks": _listed(rule, "cidrIpv6"),
        "prefixListIds": _listed(rule, "prefixListId"), "securityGroups": _listed(rule, "referencedSecurityGroupId"),
        "self": False, "description": rule.get("description") or "",
    }  # fmt: skip


def _listed(rule: Properties, name: str) -> list[Any]:
    return [rule[name]] if rule.get(name) else []


def _drop_rules(view: View, record: Record) -> None:
    for rule in view.referring(record, (INGRESS_RULE, EGRESS_RULE), "securityGroupId"):
        view.records.remove(rule)


GROUP_ROWS = TypeTable(
    SECURITY_GROUP,
    new_id=lambda _, __: new_id("sg"),
    auto_name=AutoName(max_length=255),
    defaults=defaults(provider("ec2/vpc_security_group.go; pulumi-aws resources.go"),
                      description="Managed by Pulumi", revokeRulesOnDelete=False),
    immutable=immutables(_GROUP_FILE, "name", "namePrefix", "description", "vpcId"),
    references=(refers("vpcId", VPC),),
    validations=(Validation("name", _no_reserved_name, _GROUP_FILE, "1 to 255 characters, not starting with sg-"),),
    rules=(Rule("names are unique in a network", _same_name, ERRORS),),
    computed=(
        Computed("ingress", _rules_of(INGRESS_RULE, "ingress"), _GROUP_FILE, overrides=True),
        Computed("egress", _rules_of(EGRESS_RULE, "egress"), _GROUP_FILE, overrides=True),
        Computed("namePrefix", lambda _, __: "", _GROUP_FILE),
    ),
    in_use=tuple(
        InUse(type_, prop, "DependencyViolation", "resource {id} has a dependent object", api("DeleteSecurityGroup"))
        for type_, prop in ((INSTANCE, "vpcSecurityGroupIds"), (INGRESS_RULE, "referencedSecurityGroupId"),
                            (EGRESS_RULE, "referencedSecurityGroupId"))
    ),
    removed=_drop_rules,
    sets=("ingress", "egress"),
    marks=_group_mark,
    children=(Children(INGRESS_RULE, "securityGroupId"), Children(EGRESS_RULE, "securityGroupId")),
)  # fmt: skip


def _one_peer(_: View, draft: Record, __: Record | None) -> None:
    given = [name for name in _PEERS if draft.inputs.get(name)]
    if len(given) != 1:
        raise CloudError("InvalidParameterCombination", f"exactly one of {', '.join(_PEERS)} must be specified")


def _ports_fit(_: View, draft: Record, __: Record | None) -> None:
    protocol, first, last = (draft.inputs.get(n) for n in ("ipProtocol", "fromPort", "toPort"))
    if str(protocol) in ("tcp", "udp", "6", "17"):
        if first is None or last is None or not 0 <= first <= last <= 65535:
            raise CloudError(
                "InvalidParameterValue",
                f"Invalid value for portRange. Must specify both from and to ports with {protocol}.",
            )
    elif str(protocol) == "-1" and (first, last) not in ((None, None), (-1, -1), (0, 0)):
        raise CloudError("InvalidParameterValue", "You may not specify ports with all protocols.")


def _rule_mark(record: Record) -> list[str]:
    meaning = " ".join(str(record.inputs.get(name)) for name in _MEANING)
    return [f"rule {record.inputs['securityGroupId']} {meaning}"]


def _new(view: View, draft: Record, _: Record | None) -> None:
    for other in view.marked(_rule_mark(draft)[0], draft.type):
        if other.key != draft.key:
            peer = next((draft.inputs[n] for n in _PEERS if draft.inputs.get(n)), "")
            raise CloudError(
                "InvalidPermission.Duplicate",
                f'the specified rule "peer: {peer}, {draft.inputs.get("ipProtocol")}, from port: '
                f'{draft.inputs.get("fromPort")}, to port: {draft.inputs.get("toPort")}, ALLOW" already exists',
            )


def _rule_rows(type_: str, operation: str) -> TypeTable:
    return TypeTable(
        type_,
        new_id=lambda _, __: new_id("sgr"),
        immutable=immutables(_RULE_FILE, "securityGroupId"),
        references=(refers("securityGroupId", SECURITY_GROUP), refers("referencedSecurityGroupId", SECURITY_GROUP)),
        validations=(Validation("cidrIpv4", any_cidr, _RULE_FILE, "a canonical block"),
                     Validation("cidrIpv6", any_cidr, _RULE_FILE, "a canonical block")),
        rules=(
            Rule("exactly one peer", _one_peer, _RULE_FILE),
            Rule("ports as the protocol wants them", _ports_fit, api(operation)),
            Rule("no two equal rules in a group", _new, ERRORS),
        ),
        marks=_rule_mark,
        computed=(Computed("securityGroupRuleId", lambda _, r: r.id, guide("Security group rules")),),
    )  # fmt: skip


TABLES = (
    GROUP_ROWS,
    _rule_rows(INGRESS_RULE, "AuthorizeSecurityGroupIngress"),
    _rule_rows(EGRESS_RULE, "AuthorizeSecurityGroupEgress"),
)
