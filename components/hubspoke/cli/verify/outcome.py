"""What one `verify` came to, whichever way it is shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hubspoke.cli.exits import Exit
from hubspoke.intent.document import read_document
from hubspoke.intent.problem import Problem
from hubspoke.network.compare import Difference
from hubspoke.network.judge import Accepted, Judgement, overall
from hubspoke.network.model import Finding
from hubspoke.network.questions import Answer, Isolated, LoopFree, Question, Reaches, Routed, SameWayBack, Verdict
from hubspoke.operate.verify import Of

KINDS: dict[type[Question], str] = {
    Reaches: "flows carried",
    Isolated: "kept apart",
    Routed: "routes lead there",
    SameWayBack: "answers by the same way",
    LoopFree: "no loops",
}


@dataclass(frozen=True)
class Outcome:
    """Verdicts and differences of one network."""

    of: Of
    wan: Path
    judged: tuple[str, ...]  # stacks that were looked at; empty for the plan
    verdicts: tuple[Verdict, ...]
    differences: tuple[Difference, ...]
    findings: tuple[Finding, ...]
    accepted: tuple[Accepted, ...]

    @classmethod
    def of_judgement(
        cls, judgement: Judgement, of: Of, wan: Path, judged: Iterable[str], *, failures: bool
    ) -> "Outcome":
        """Works out all that is asked."""
        return cls(
            of, wan, tuple(judged), judgement.all(failures=failures), judgement.differences, judgement.findings,
            judgement.accepted,
        )  # fmt: skip

    @property
    def answer(self) -> Answer:
        """The worst of all answers."""
        return overall(self.verdicts)

    @property
    def failing(self) -> tuple[Verdict, ...]:
        """What is not proven. What does not hold in any case is named once."""
        anyway = {verdict.question.key for verdict in self.verdicts if not verdict.passed and not verdict.case}
        return tuple(v for v in self.verdicts if not v.passed and not (v.case and v.question.key in anyway))

    @property
    def exit(self) -> Exit:
        """Only what is proven passes."""
        return Exit.CLEAN if self.answer == "proven" else Exit.BLOCKED

    @property
    def cases(self) -> tuple[str, ...]:
        """What was asked about: "" for the network as it is, then each thing that fails."""
        return tuple(dict.fromkeys(verdict.case for verdict in self.verdicts))

    def places(self) -> dict[str, tuple[int, int]]:
        """Line and column in the intent, by what a question comes from ("flows.web-orders")."""
        origins = {verdict.question.origin for verdict in self.verdicts}
        asked = [Problem("", 0, 0, origin, "", "") for origin in origins if "." in origin]
        return {found.path: (found.line, found.column) for found in read_document(self.wan).locate(asked)}


def case_of(verdict: Verdict) -> str:
    """ "when endpoint e1 fails"; empty for the network as it is."""
    return f"when {verdict.case} fails" if verdict.case else ""


def kind_of(verdict: Verdict) -> str:
    """What sort of thing was asked."""
    return KINDS[type(verdict.question)]
