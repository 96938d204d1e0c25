"""The table of what may change while in use: every cloud's lines, by type."""

from fnmatch import fnmatchcase

from hubspoke.plan.changes import aws, azure, cloudflare, gcp
from hubspoke.plan.changes.model import Change, ChangeRule

RULES: tuple[ChangeRule, ...] = (*aws.RULES, *azure.RULES, *gcp.RULES, *cloudflare.RULES)

_BY_TYPE: dict[str, list[ChangeRule]] = {}
for _rule in RULES:
    _BY_TYPE.setdefault(_rule.type, []).append(_rule)

# Types that a change can refuse, interrupt or replace.
TYPES = frozenset(_BY_TYPE)


def rule_for(change: Change) -> ChangeRule | None:
    """The line that a change falls under, None where the table has none: then it is what the provider says it is."""
    fitting = (each for each in _BY_TYPE.get(change.resource.type, ()) if fnmatchcase(change.path, each.path))
    return next((each for each in fitting if each.when(change)), None)
