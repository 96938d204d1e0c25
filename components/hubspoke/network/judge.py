"""Judging one network by its Plan: what must hold, holds under every single failure, and how it differs from intent."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property

from hubspoke.network.advice import culprits
from hubspoke.network.alike import in_words_of
from hubspoke.network.changed import Changed
from hubspoke.network.compare import Difference, compare
from hubspoke.network.failures import case, fail
from hubspoke.network.intended import intended, questions
from hubspoke.network.kept import Kept
from hubspoke.network.known import Known
from hubspoke.network.model import Finding, Network
from hubspoke.network.prove import ask
from hubspoke.network.questions import Answer, Question, Verdict
from hubspoke.plan.model import Plan


class NotInNetwork(Exception):
    """A name that stands for nothing in the network. The message lists what there is."""


@dataclass(frozen=True)
class Accepted:
    """A weakness that is known and named: the failure of `risk` may cut off a network, or all networks of a hub."""

    risk: str  # "endpoint e1"
    who: str  # "euc1"

    def __str__(self) -> str:
        return f"{written(self.risk)}:{self.who}"


def written(risk: str) -> str:
    """A risk as people write it: "tunnel use1-e1-a" is "tunnel/use1-e1-a"."""
    return risk.replace(" ", "/", 1)


def risk_of(network: Network, text: str) -> str:
    """The risk that is meant by "tunnel/use1-e1-a". Raises NotInNetwork."""
    risk = text.strip().replace("/", " ", 1) if " " not in text.strip() else text.strip()
    if risk in network.risks:
        return risk
    raise NotInNetwork(f"nothing that can fail is called {text!r}; there are: {', '.join(map(written, network.risks))}")


def accepted_of(plan: Plan, network: Network, text: str) -> Accepted:
    """What is accepted by "endpoint/e1:euc1". Raises NotInNetwork."""
    risk, colon, who = text.rpartition(":")
    if not colon:
        raise NotInNetwork(f"{text!r} names no hub or network: write it as endpoint/e1:euc1")
    known = sorted({*network.endpoint, *_hubs(plan)})
    if who not in known:
        raise NotInNetwork(f"{who!r} in {text!r} is no hub or network; there are: {', '.join(known)}")
    return Accepted(risk_of(network, risk), who)


def _hubs(plan: Plan) -> dict[str, tuple[str, ...]]:
    """The networks on each hub."""
    found: dict[str, list[str]] = {hub.key: [] for account in plan.accounts for hub in account.hubs}
    for account in plan.accounts:
        for spoke in account.spokes:
            found.setdefault(spoke.hub, []).append(spoke.key)
    return {hub: tuple(keys) for hub, keys in found.items()}


class Judgement:
    """A network with what must hold of it. Each part is worked out when it is first asked for.

    `failing` are things that are down already; `accepted` weaknesses are not asked about, and named in the verdicts.
    Proofs start from what is kept of the plan, where it is given. What these `stacks` are not at fault for is then told
    in the plan's words.
    """

    def __init__(
        self, plan: Plan, network: Network | Changed | None = None, accepted: Iterable[Accepted] = (),
        failing: Sequence[str] = (), kept: Kept | None = None, stacks: Collection[str] = (),
    ) -> None:  # fmt: skip
        self.plan, self.accepted, self.failing = plan, tuple(accepted), tuple(failing)
        self.is_plan = network is None
        self._given = network or (kept.network if kept else intended(plan))
        self.questions = kept.questions if kept else tuple(questions(plan))
        self.kept, self.stacks = kept, stacks

    @cached_property
    def network(self) -> Network:
        """What is judged, whole."""
        return self._given.network if isinstance(self._given, Changed) else self._given

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What holds of the network: as it is, or with all of `failing` down together."""
        if self.failing:
            return self._all_down()
        found = self.kept.whole[1] if self.kept and self._as_planned else ask(self._known, self.questions)
        return self._retold(found, lambda asked: ask(self._own, asked))

    @cached_property
    def failures(self) -> tuple[Verdict, ...]:
        """What holds when any one thing fails; nothing is asked where `failing` is given."""
        risks = () if self.failing else self._seen.risks
        _ = self.verdicts  # what holds as it is need not be asked again where nothing moves
        return tuple(verdict for risk in risks for verdict in self._case(risk))

    def _case(self, risk: str) -> tuple[Verdict, ...]:
        more = self._accepted.get(risk, ())
        start, kept = self.kept.failed(risk) if self.kept else (self._known, ())
        plain = self.kept and self._as_planned and not more
        found = kept if plain else case(start, self._seen, self.questions, risk, more)[1]
        return self._retold(found, lambda asked: case(self._own, self.network, asked, risk, more)[1])

    def _retold(
        self, found: Sequence[Verdict], again: Callable[[Sequence[Question]], Sequence[Verdict]]
    ) -> tuple[Verdict, ...]:
        """Examples in the network's own words. What passed has none."""
        failing = {each.question.key for each in found if not each.passed and self._at_fault(each)}
        if not failing:
            return tuple(found)
        own = {each.question.key: each for each in again([q for q in self.questions if q.key in failing])}
        return tuple(own.get(each.question.key, each) for each in found)

    def _at_fault(self, verdict: Verdict) -> bool:
        return self.kept is not None and any(self.kept.is_of(origin, self.stacks) for origin in culprits(verdict))

    def _all_down(self) -> tuple[Verdict, ...]:
        *others, last = self.failing
        down = fail(self.network, *others)
        gone = {key for risk in self.failing for key in (*down.cut_off.get(risk, ()), *self._accepted.get(risk, ()))}
        found = case(Known.of(down), down, self.questions, last, gone)[1]
        return tuple(replace(verdict, case=" and ".join(self.failing)) for verdict in found)

    @cached_property
    def _accepted(self) -> dict[str, tuple[str, ...]]:
        """The endpoints that each failure may cut off, beside those that the network says itself."""
        found: dict[str, tuple[str, ...]] = {}
        hubs = _hubs(self.plan) if self.accepted else {}
        for each in self.accepted:
            there = (key for key in hubs.get(each.who, (each.who,)) if key in self.network.endpoint)
            found[each.risk] = (*found.get(each.risk, ()), *there)
        return found

    @cached_property
    def _seen(self) -> Network:
        """The network, in the words of the one that is kept."""
        return in_words_of(self.kept.network, self._given) if self.kept else self.network

    @cached_property
    def _as_planned(self) -> bool:
        """Whether it says what the plan says, of which all is proven."""
        return self.kept is not None and self._seen is self.kept.network

    @cached_property
    def _known(self) -> Known:
        return self.kept.whole[0].after(self._seen) if self.kept else self._own

    @cached_property
    def _own(self) -> Known:
        return Known.of(self.network)

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """How it differs from what is meant."""
        if self.is_plan or self._as_planned:
            return ()
        return compare(self.kept.network if self.kept else intended(self.plan), self._seen)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is not understood."""
        return self._given.findings

    def accepting(self, accepted: Iterable[Accepted]) -> "Judgement":
        """The same network with these weaknesses accepted; what is known of it by now need not be found again."""
        told = tuple(accepted)
        if told == self.accepted:
            return self
        other = copy(self)
        other.accepted = told
        for name in ("failures", "_accepted"):
            vars(other).pop(name, None)
        return other

    def all(self, *, failures: bool = True) -> tuple[Verdict, ...]:
        """Every verdict."""
        return self.verdicts + (self.failures if failures else ())


def overall(verdicts: Iterable[Verdict]) -> Answer:
    """One answer for many: one that is refuted outranks one that is unknown, and that one those that are proven."""
    answers = Counter(verdict.answer for verdict in verdicts)
    return "refuted" if answers["refuted"] else "unknown" if answers["unknown"] else "proven"
