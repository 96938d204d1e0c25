"""Network security groups and their rules."""

from collections.abc import Iterable
from dataclasses import replace

from ..protocol import CloudError, Properties
from ..records import Record
from ..table import Children, Computed, InUse, Rule, always
from ..view import View
from . import inline
from .places import default_rules
from .routing import users
from .sources import (
    REFUSED,
    SECURITY_GROUP,
    SECURITY_RULE,
    SUBNET,
    api,
    docs,
    in_group,
    inside,
    issue,
    new_id,
    of_group,
)

_RULES = docs("Network security groups, Security rules")
_CONFLICT = issue("hashicorp/terraform-provider-azurerm #11137; jenkins-infra/azure #439", "2026-11")
_WORDS = {
    "access": ("Allow", "Deny"), "direction": ("Inbound", "Outbound"),
    "protocol": ("Tcp", "Udp", "Icmp", "Esp", "Ah", "*"),
}  # fmt: skip
_SIDES = ("source", "destination")
_FIELDS = (
    "access", "direction", "priority", "protocol", "description",
    *(f"{side}{part}" for side in _SIDES for part in ("AddressPrefix", "AddressPrefixes", "PortRange", "PortRanges")),
)  # fmt: skip


def _check_rule(rule: Properties) -> None:
    for name, words in _WORDS.items():
        if rule.get(name) not in words:
            raise CloudError(REFUSED, f"{name} of a rule is one of {', '.join(words)}, not {rule.get(name)}")
    if not 100 <= int(rule.get("priority") or 0) <= 4096:
        raise CloudError("SecurityRuleInvalidPriority", f"Priority {rule.get('priority')} is not from 100 to 4096.")
    for side in _SIDES:
        _check_side(rule, side)


def _check_side(rule: Properties, side: str) -> None:
    """Addresses and ports are said, each in one of two ways."""
    for part, both in (("Address", ("Prefix", "Prefixes")), ("Port", ("Range", "Ranges"))):
        given = [name for end in both if rule.get(name := f"{side}{part}{end}")]
        if len(given) != 1 and not rule.get(f"{side}ApplicationSecurityGroups"):
            wanted = " or ".join(f"{side}{part}{end}" for end in both)
            raise CloudError("SecurityRuleParameterMissing", f"A rule needs {wanted}.")


def _no_conflict(rules: Iterable[Properties]) -> None:
    seen: dict[tuple[str, int], str] = {}
    for rule in rules:
        place = str(rule.get("direction")), int(rule.get("priority") or 0)
        if place in seen:
            raise CloudError(
                "SecurityRuleConflict",
                f"Security rule {rule.get('name')} conflicts with rule {seen[place]}. Rules cannot have the same "
                "Priority and Direction. To learn more, see aka.ms/nsgrules.",
            )
        seen[place] = str(rule.get("name"))


def _inline_rules(_: View, draft: Record, __: Record | None) -> None:
    for rule in draft.inputs.get("securityRules") or []:
        _check_rule(rule)


def _inline_priorities(_: View, draft: Record, __: Record | None) -> None:
    _no_conflict(draft.inputs.get("securityRules") or [])


def _one_rule(_: View, draft: Record, __: Record | None) -> None:
    _check_rule(draft.inputs)


def _own_priority(view: View, draft: Record, _: Record | None) -> None:
    me = new_id(view, draft)
    group = me.rpartition("/securityRules/")[0]
    others = [r for r in view.referring(group, SECURITY_RULE, "networkSecurityGroupName") if r.id != me]
    written = [
        rule for found in view.anywhere(SECURITY_GROUP, group) for rule in found.inputs.get("securityRules") or []
    ]
    named_ = [{"name": r.inputs["securityRuleName"], **r.inputs} for r in (*others, draft)]
    _no_conflict([*(rule for rule in written if rule.get("name") != draft.inputs["securityRuleName"]), *named_])


GROUP_ROWS = replace(
    of_group(SECURITY_GROUP),
    references=(in_group(),),
    rules=(
        Rule("its rules make sense", _inline_rules, _RULES),
        Rule("a priority once in a direction", _inline_priorities, _CONFLICT),
    ),
    computed=(
        Computed("defaultSecurityRules", lambda _, __: default_rules(), _RULES),
        Computed("securityRules", inline.told(SECURITY_RULE, *_FIELDS), api("NetworkSecurityGroups_Get")),
        Computed("subnets", users("networkSecurityGroup.id"), api("NetworkSecurityGroups_Get")),
        Computed("flushConnection", always(False), api("NetworkSecurityGroups_Get")),
    ),
    in_use=(
        InUse(SUBNET, "networkSecurityGroup.id", "InUseNetworkSecurityGroupCannotBeDeleted",
              "Network security group {id} cannot be deleted because it is in use by the following resources: {user}. "
              "In order to delete the Network security group, remove the association with the resource(s).",
              issue("pulumi/pulumi-azure-native #3051; DataBiosphere/terra-workspace-manager #502", "2026-11")),
    ),
    effects=inline.wins("securityRules", SECURITY_RULE),
    removed=inline.drop(SECURITY_RULE),
    children=(Children(SECURITY_RULE, "networkSecurityGroupName"),),
)  # fmt: skip

RULE_ROWS = replace(
    of_group(SECURITY_RULE),
    references=(in_group(), inside(SECURITY_RULE)),
    rules=(
        Rule("it makes sense", _one_rule, _RULES),
        Rule("its priority is its own in its direction", _own_priority, _CONFLICT),
    ),
)

TABLES = (GROUP_ROWS, RULE_ROWS)
