"""The tables, links, filters and sessions of this stack are those that the plan means."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pulumi_policy import EnforcementLevel, Severity

from rules.rule import About, Settings, stack_rule
from rules.values import Unknown
from rules.wan import WAN_SETTINGS, Said, judged

if TYPE_CHECKING:
    from hubspoke.network.judge import Judgement


def _find(judgement: "Judgement", _: Settings) -> Iterator[Said]:
    for each in judgement.differences:
        change = f"{each.intended or 'nothing'} is meant, the stack has {each.actual or 'nothing'}"
        yield each.origin, f"{each.kind} in {each.place}: {each.what}: {change}"
    for finding in judgement.findings:
        yield finding.origin, Unknown("the network", f"is not all understood: {finding.what}; {finding.remedy}")


POLICY = stack_rule(
    About(
        name="network-as-intended",
        title="The network is the one that is meant",
        description=(
            "Every route, link, filter rule and BGP session of this stack is in the plan, and none of the plan's is "
            "missing, because what is harmless beside today's flows is a hole, or a gap, beside tomorrow's."
        ),
        severity=Severity.MEDIUM,
        remedy="Write what is wanted into the intent and run `hubspoke plan --write`; take out what is not.",
        url="https://www.pulumi.com/docs/insights/policy/policy-packs/authoring/",
        tags=("proof", "intent"),
        level=EnforcementLevel.ADVISORY,
    ),
    judged(_find),
    WAN_SETTINGS,
)
