"""What the intent denies gets nowhere, and segments that must not meet do not."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pulumi_policy import Severity

from rules.rule import About, Settings, stack_rule
from rules.wan import WAN_SETTINGS, Said, about, judged

if TYPE_CHECKING:
    from hubspoke.network.judge import Judgement


def _find(judgement: "Judgement", _: Settings) -> Iterator[Said]:
    from hubspoke.network import Isolated

    failing = (each for each in judgement.verdicts if not each.passed)
    yield from (about(each) for each in failing if isinstance(each.question, Isolated))


POLICY = stack_rule(
    About(
        name="segments-isolated",
        title="Segments stay apart",
        description=(
            "With this stack as planned, among the plan of all other stacks, no packet of a denied flow, or between "
            "segments that do not reach each other, is delivered anywhere, because one wide rule or one more route "
            "undoes a segment without being wrong by itself."
        ),
        severity=Severity.CRITICAL,
        remedy="Close the rules that the message names, or the route; or allow the flow in the intent.",
        url="https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-isolated-shared.html",
        tags=("proof", "segmentation"),
    ),
    judged(_find),
    WAN_SETTINGS,
)
