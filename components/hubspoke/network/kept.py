"""What is proven of a Plan's own network, kept as the start for the networks that its stacks make."""

from collections.abc import Collection
from functools import cached_property

from hubspoke.network.failures import case
from hubspoke.network.intended import intended, questions
from hubspoke.network.intended.context import Made
from hubspoke.network.known import Known
from hubspoke.network.prove import ask
from hubspoke.network.questions import Verdict
from hubspoke.plan.model import Plan

Case = tuple[Known, tuple[Verdict, ...]]  # what is known then, and the answers


class Kept:
    """The network of a Plan and its proofs, as it is and with each thing failed. Found when first asked for."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.network = intended(plan)
        self.questions = tuple(questions(plan))
        self._cases: dict[str, Case] = {}

    @cached_property
    def whole(self) -> Case:
        """As it is. Raises settle.Oscillation."""
        known = Known.of(self.network)
        return known, tuple(ask(known, self.questions))

    def failed(self, risk: str) -> Case:
        """With one thing failed; as it is where the plan has no such thing."""
        if risk not in self.network.at_risk:
            return self.whole
        if risk not in self._cases:
            known, verdicts = case(self.whole[0], self.network, self.questions, risk)
            self._cases[risk] = known, tuple(verdicts)
        return self._cases[risk]

    @cached_property
    def made(self) -> Made:
        """Whose stack makes what of it."""
        return Made(self.plan, self.network)

    def is_of(self, origin: str, stacks: Collection[str]) -> bool:
        """Whether something is a resource, or in the plan a part of one of these accounts' stacks."""
        return not origin.startswith("plan:") or self.made.of(origin) in stacks


_shared: list[Kept] = []


def share(plan: Plan) -> None:
    """Proves the plan and all its failures, for `shared` in this process and those forked from it."""
    kept = Kept(plan)
    _ = kept.made, plan.spoke
    for risk in kept.network.risks:
        kept.failed(risk)
    _shared[:] = [kept]


def shared(plan: Plan) -> Kept:
    """What is proven of this very plan so far, in this process or the one it was forked from."""
    if not any(kept.plan is plan for kept in _shared):
        _shared[:] = [Kept(plan)]
    return _shared[0]
