"""What proofs say of a mutation: what is no longer proven, in which case, or why nothing changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from hubspoke.network.failures import failing
from hubspoke.network.known import Known
from hubspoke.network.model import Network
from hubspoke.network.prove import ask
from hubspoke.network.questions import Question, Verdict
from hubspoke.network.settle import Oscillation
from hubspoke.network.spread import Values

from tests.scenarios.mutations import Mutation


def case(verdict: Verdict) -> str:
    """A question, in the case that something fails or nothing does."""
    return f"{verdict.question.key}{', without ' if verdict.case else ''}{verdict.case}"


@dataclass(frozen=True)
class Judge:
    """Judges what becomes of a network by what is known of it as it is."""

    network: Network
    questions: tuple[Question, ...]

    @cached_property
    def known(self) -> Known:
        return Known.of(self.network)

    @cached_property
    def failed(self) -> frozenset[str]:
        """What does not hold of the network as it is: in no case but those of failures."""
        return frozenset(self._failing(self.known, self.network))

    def _failing(self, known: Known, network: Network) -> Iterator[str]:
        yield from (case(v) for v in failing(known, network, self.questions, network.risks) if not v.passed)

    def caught(self, mutation: Mutation) -> list[str]:
        """What is not proven any more, as it is; and if that is nothing, when one thing fails."""
        try:
            after = self.known.after(mutation.network)
            now = [case(v) for v in ask(after, self.questions) if not v.passed]
            if now or not mutation.is_spare:
                return now
            return [each for each in self._failing(after, mutation.network) if each not in self.failed]
        except Oscillation as error:
            return [str(error)]

    def reason(self, mutation: Mutation) -> str:
        """Why nothing changed, as far as the proofs go."""
        before, after = self._arrivals(self.known), self._arrivals(self.known.after(mutation.network))
        if mutation.place in self.network.filter:
            return "filters: the other end's filter, or the routes, keep out what this one lets pass"
        if before == after:
            return "routes: as much arrives as did"
        if all(before[table] & ~after.get(table, 0) == 0 for table in before):
            return "routes: more arrives than did, and filters stop it"
        return "routes: less arrives than did, and none of it has to"

    def _arrivals(self, known: Known) -> Values:
        """What arrives, by the tables that networks send from."""
        found = known.routes(every=True, best=False)
        return {key: found.at(key) for e in self.network.endpoints for key in e.tables if key in known.network.table}
