"""All that holds of the network holds with any one thing failed."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pulumi_policy import EnforcementLevel, Severity

from rules.rule import About, Schema, Settings, stack_rule
from rules.values import Unknown
from rules.wan import WAN_SETTINGS, Said, about, judged

if TYPE_CHECKING:
    from hubspoke.network import Verdict
    from hubspoke.network.judge import Accepted, Judgement

_SETTINGS: Schema = {
    "accepted": {
        "type": "array",
        "items": {"type": "string"},
        "default": [],
        "description": (
            "Weaknesses that are known: endpoint/e1:euc1 lets the failure of that endpoint cut off the networks of hub "
            "euc1. All else must still hold then."
        ),
    },
    **WAN_SETTINGS,
}


def _find(judgement: "Judgement", settings: Settings) -> Iterator[Said]:
    from hubspoke.network.judge import NotInNetwork, accepted_of

    try:
        accepted = [accepted_of(judgement.plan, judgement.network, text) for text in settings["accepted"]]
    except NotInNetwork as error:
        yield "", Unknown("accepted", str(error))
        return
    anyway = {each.question.key for each in judgement.verdicts if not each.passed}
    failures = judgement.accepting(accepted).failures
    failing = [each for each in failures if not each.passed and each.question.key not in anyway]
    own = _of_the_plan(judgement, accepted) if failing else set()
    yield from _by_case(failing, own)


def _of_the_plan(judgement: "Judgement", accepted: "list[Accepted]") -> set[tuple[str, str]]:
    """What the plan alone does not hold, by question and case."""
    from hubspoke.network.judge import Judgement

    failures = Judgement(judgement.plan, None, accepted, kept=judgement.kept).failures
    return {(each.question.key, each.case) for each in failures if not each.passed}


def _by_case(failing: "list[Verdict]", own: set[tuple[str, str]]) -> Iterator[Said]:
    """One message for each thing whose failure does harm: its first example, and how much more there is.

    A weakness of the plan itself is told in the stack that has it, not in all.
    """
    from hubspoke.network.advice import culprits

    here = {each.case for each in failing if any(map(_is_urn, culprits(each)))}
    failing = [e for e in failing if (e.question.key, e.case) not in own or e.case in here]
    counts = Counter(each.case for each in failing)
    first = {each.case: each for each in reversed(failing)}
    for case, verdict in sorted(first.items()):
        urn, found = about(verdict)
        more = f"\n({counts[case] - 1} more do not hold when it fails)" if counts[case] > 1 else ""
        yield urn, found + more if isinstance(found, str) else found


def _is_urn(origin: str) -> bool:
    return origin.startswith("urn:")


POLICY = stack_rule(
    About(
        name="survives-single-failure",
        title="No single failure does harm",
        description=(
            "With any one tunnel, Cloudflare endpoint, gateway or hub failed, every flow between networks that are "
            "still up arrives and segments stay apart, because AWS and Cloudflare take tunnels down without asking. "
            "Advisory: a hub with static routing depends on its first endpoint, as a transit gateway has one "
            "target per prefix."
        ),
        severity=Severity.HIGH,
        remedy="Give the hub `routing: bgp`, or name the weakness in accepted.",
        url="https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-redundant-connection.html",
        tags=("proof", "availability"),
        level=EnforcementLevel.ADVISORY,
    ),
    judged(_find),
    _SETTINGS,
)
