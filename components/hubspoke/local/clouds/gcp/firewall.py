"""Network firewall policies with their rules and associations, and the classic firewall's rules."""

import re
from typing import Any

from ..networks import any_cidr, between, one_of
from ..protocol import CloudError
from ..records import Record
from ..table import Children, Computed, Provisioning, Rule, Twin, TypeTable, Validation, always, defaults, immutables
from ..view import View
from .common import TAKEN, digest, invalid, named_like_gce, number, others, refers, short, target, used_by
from .places import id_of, link
from .sources import (
    ERRORS,
    FIREWALL,
    FIREWALL_POLICY,
    FIREWALL_POLICY_ASSOCIATION,
    FIREWALL_POLICY_RULE,
    IN_USE,
    NETWORK,
    api,
    compute,
)

_POLICY_FILE, _RULE_FILE = compute("network_firewall_policy"), compute("network_firewall_policy_rule")
_ASSOCIATION_FILE, _FIREWALL_FILE = compute("network_firewall_policy_association"), compute("firewall")
_DIRECTION = one_of("INGRESS", "EGRESS")


def _rules_of(view: View, policy: Record) -> list[Record]:
    return view.referring(policy, FIREWALL_POLICY_RULE, "firewallPolicy")


def _tuples(_: View, rule: Record) -> int:
    """What a rule counts: its ranges times its protocols and ports (Cloud NGFW documentation, Rule attributes)."""
    match = rule.inputs.get("match") or {}
    ranges = max(len(match.get("srcIpRanges") or []), 1) * max(len(match.get("destIpRanges") or []), 1)
    layer4 = sum(max(len(each.get("ports") or []), 1) for each in match.get("layer4Configs") or [])
    return int(ranges * max(layer4, 1))


def _drop_rules(view: View, policy: Record) -> None:
    for rule in _rules_of(view, policy):
        view.records.remove(rule)


POLICY_ROWS = TypeTable(
    FIREWALL_POLICY,
    new_id=id_of,
    twin=TAKEN,
    immutable=immutables(_POLICY_FILE, "name", "policyType", "project"),
    validations=(named_like_gce(api("networkFirewallPolicies")),),
    computed=(
        Computed("policyType", always("VPC_POLICY"), api("networkFirewallPolicies")),
        Computed("networkFirewallPolicyId", number(), api("networkFirewallPolicies"), assigned=True),
        Computed("selfLinkWithId", lambda _, r: link(r.id.replace(r.inputs["name"], r.outputs.get(
            "networkFirewallPolicyId", ""))), api("networkFirewallPolicies")),
        Computed("fingerprint", lambda v, r: digest(r.id, [x.inputs for x in _rules_of(v, r)]),
                 api("networkFirewallPolicies")),
        Computed("ruleTupleCount", lambda v, r: sum(_tuples(v, x) for x in _rules_of(v, r)),
                 api("networkFirewallPolicies")),
    ),
    in_use=used_by(IN_USE, (FIREWALL_POLICY_ASSOCIATION, "firewallPolicy"), noun="firewall_policy"),
    removed=_drop_rules,
    children=tuple(Children(t, "firewallPolicy") for t in (FIREWALL_POLICY_RULE, FIREWALL_POLICY_ASSOCIATION)),
    provisioning=Provisioning(5, _POLICY_FILE),
)  # fmt: skip

_SOURCES = ("srcIpRanges", "srcAddressGroups", "srcFqdns", "srcRegionCodes", "srcSecureTags", "srcThreatIntelligences",
            "srcNetworks", "srcNetworkContext", "srcNetworkScope")  # fmt: skip
_DESTINATIONS = ("destIpRanges", "destAddressGroups", "destFqdns", "destRegionCodes", "destThreatIntelligences",
                 "destNetworkContext", "destNetworkScope")  # fmt: skip


def _matches_an_end(_: View, draft: Record, __: Record | None) -> None:
    """Traffic that comes in is told by its source, traffic that goes out by its destination."""
    match, direction = draft.inputs.get("match") or {}, draft.inputs.get("direction")
    needed = _SOURCES if direction == "INGRESS" else _DESTINATIONS
    if not any(match.get(name) for name in needed):
        end = "source" if direction == "INGRESS" else "destination"
        raise invalid("match", match, f"A rule of direction {direction} must specify at least one {end}.")


def _no_log_of_nothing(_: View, draft: Record, __: Record | None) -> None:
    if draft.inputs.get("action") == "goto_next" and draft.inputs.get("enableLogging"):
        raise invalid("enableLogging", True, "Logging cannot be enabled for goto_next rules.")


_PORTS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?\Z")


def _ports(value: Any) -> str | None:
    found = _PORTS.match(str(value))
    if found and int(found[1]) <= int(found[2] or found[1]) <= 65535:
        return None
    return f"must be a port or a range of ports, such as 443 or 8000-8080, got {value}"


POLICY_RULE_ROWS = TypeTable(
    FIREWALL_POLICY_RULE,
    new_id=id_of,
    twin=Twin("invalid", "Cannot have rules with the same priorities: {priority} in {firewallPolicy}", ERRORS),
    immutable=immutables(_RULE_FILE, "firewallPolicy", "priority", "project"),
    references=(refers("firewallPolicy", FIREWALL_POLICY),),
    validations=(
        Validation("direction", _DIRECTION, _RULE_FILE, "INGRESS or EGRESS"),
        Validation("action", one_of("allow", "deny", "goto_next", "apply_security_profile_group"),
                   api("networkFirewallPolicies"), "allow, deny, goto_next or apply_security_profile_group"),
        Validation("priority", between(0, 2147483647), api("networkFirewallPolicies"), "0 to 2147483647"),
        Validation("match.srcIpRanges", any_cidr, api("networkFirewallPolicies"), "a canonical block"),
        Validation("match.destIpRanges", any_cidr, api("networkFirewallPolicies"), "a canonical block"),
        Validation("match.layer4Configs[*].ports", _ports, api("networkFirewallPolicies"), "ports and ranges of them"),
    ),
    rules=(
        Rule("it says where traffic comes from, or goes to", _matches_an_end, api("networkFirewallPolicies")),
        Rule("what goes to the next level is not logged", _no_log_of_nothing, api("networkFirewallPolicies")),
    ),
    computed=(
        Computed("kind", always("compute#firewallPolicyRule"), api("networkFirewallPolicies")),
        Computed("ruleTupleCount", _tuples, api("networkFirewallPolicies")),
        Computed("targetType", always("INSTANCES"), api("networkFirewallPolicies")),
    ),
    provisioning=Provisioning(3, _RULE_FILE),
)  # fmt: skip


def _one_policy(view: View, draft: Record, _: Record | None) -> None:
    where = target("attachmentTarget", draft, NETWORK)
    for other in others(draft, view.referring(where, FIREWALL_POLICY_ASSOCIATION, "attachmentTarget")):
        why = f"The network has the association '{other.inputs.get('name')}' already."
        raise invalid("attachmentTarget", where, why)


ASSOCIATION_ROWS = TypeTable(
    FIREWALL_POLICY_ASSOCIATION,
    new_id=id_of,
    twin=TAKEN,
    immutable=immutables(_ASSOCIATION_FILE, "name", "attachmentTarget", "firewallPolicy", "project"),
    references=(refers("firewallPolicy", FIREWALL_POLICY), refers("attachmentTarget", NETWORK)),
    rules=(Rule("a network has one policy", _one_policy, api("networkFirewallPolicies")),),
    computed=(Computed("shortName", short("firewallPolicy"), api("networkFirewallPolicies")),),
    provisioning=Provisioning(5, _ASSOCIATION_FILE),
)  # fmt: skip


def _one_verdict(_: View, draft: Record, __: Record | None) -> None:
    if bool(draft.inputs.get("allows")) == bool(draft.inputs.get("denies")):
        raise CloudError("required", "exactly one of `allow,deny` must be specified")


FIREWALL_ROWS = TypeTable(
    FIREWALL,
    new_id=id_of,
    twin=TAKEN,
    defaults=defaults(_FIREWALL_FILE, priority=1000),
    immutable=immutables(_FIREWALL_FILE, "name", "direction", "project"),
    references=(refers("network", NETWORK),),
    validations=(
        named_like_gce(_FIREWALL_FILE),
        Validation("direction", _DIRECTION, _FIREWALL_FILE, "INGRESS or EGRESS"),
        Validation("priority", between(0, 65535), _FIREWALL_FILE, "0 to 65535"),
        Validation("sourceRanges", any_cidr, _FIREWALL_FILE, "a canonical block"),
        Validation("destinationRanges", any_cidr, _FIREWALL_FILE, "a canonical block"),
    ),
    rules=(Rule("it allows or denies", _one_verdict, _FIREWALL_FILE),),
    computed=(
        Computed("direction", always("INGRESS"), api("firewalls")),
        Computed("enableLogging", always(False), api("firewalls")),
        Computed("destinationRanges", always([]), api("firewalls")),
    ),
    sets=("sourceRanges", "destinationRanges", "sourceTags", "targetTags"),
    provisioning=Provisioning(8, _FIREWALL_FILE),
)  # fmt: skip

TABLES = (POLICY_ROWS, POLICY_RULE_ROWS, ASSOCIATION_ROWS, FIREWALL_ROWS)
