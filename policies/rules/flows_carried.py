"""Every flow of the intent arrives, there and back, over routes that lead there."""

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
    yield from (about(each) for each in failing if not isinstance(each.question, Isolated))


POLICY = stack_rule(
    About(
        name="flows-carried",
        title="The network carries every flow",
        description=(
            "With this stack as planned, among the plan of all other stacks, every allowed flow of the intent is "
            "proven to arrive and its answers to come back, without loops, black holes or links too narrow, because "
            "each resource may be right by itself and the network still wrong. Ids of other stacks' hubs are taken "
            "as the plan's; `hubspoke verify --of planned` judges all stacks together."
        ),
        severity=Severity.CRITICAL,
        remedy="Follow the packet in the message to where it ends, and put right the route or rule that is named.",
        url="https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html",
        tags=("proof", "routing", "reachability"),
    ),
    judged(_find),
    WAN_SETTINGS,
)
