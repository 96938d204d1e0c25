"""Judging one network by its Plan: what must hold, holds under every single failure, and how it differs from intent."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from hubspoke.network.compare import Difference, compare
from hubspoke.network.failures import fail, failing, prove_failures
from hubspoke.network.intended import intended, questions
from hubspoke.network.known import Known
from hubspoke.network.model import Endpoint, Finding, Network
from hubspoke.network.prove import ask
from hubspoke.network.questions import Answer, Verdict
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
    found: dict[str, tuple[str, ...]] = {hub.key: () for account in plan.accounts for hub in account.hubs}
    for account in plan.accounts:
        for spoke in account.spokes:
            found[spoke.hub] = (*found.get(spoke.hub, ()), spoke.key)
    return found


class Judgement:
    """A network with what must hold of it. Each part is worked out when it is first asked for.

    `failing` are things that are down already; `accepted` weaknesses are not asked about, and named in the verdicts.
    """

    def __init__(
        self, plan: Plan, network: Network | None = None, accepted: Iterable[Accepted] = (), failing: Sequence[str] = ()
    ) -> None:
        self.plan, self.accepted, self.failing = plan, tuple(accepted), tuple(failing)
        self.is_plan = network is None
        self.network = intended(plan) if network is None else network
        self.questions = questions(plan)
        self._asked = _with_risks(self.network, _risks(plan, self.accepted))

    @cached_property
    def _known(self) -> Known:
        return Known.of(self._asked)

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What holds of the network: as it is, or with all of `failing` down together."""
        if not self.failing:
            return tuple(ask(self._known, self.questions))
        *others, last = self.failing
        down = _with_risks(fail(self._asked, *others), _cut_off(self._asked, others, last))
        found = prove_failures(down, self.questions, [last])
        return tuple(replace(verdict, case=" and ".join(self.failing)) for verdict in found)

    @cached_property
    def failures(self) -> tuple[Verdict, ...]:
        """What holds when any one thing fails; nothing is asked where `failing` is given."""
        if self.failing:
            return ()
        ask(self._known, self.questions)  # what holds as it is need not be asked again where nothing moves
        return tuple(failing(self._known, self._asked, self.questions, self._asked.risks))

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """How it differs from what is meant."""
        return () if self.is_plan else compare(intended(self.plan), self.network)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is not understood."""
        return self.network.findings

    def all(self, *, failures: bool = True) -> tuple[Verdict, ...]:
        """Every verdict."""
        return self.verdicts + (self.failures if failures else ())


def overall(verdicts: Iterable[Verdict]) -> Answer:
    """One answer for many: one that is refuted outranks one that is unknown, and that one those that are proven."""
    answers = Counter(verdict.answer for verdict in verdicts)
    return "refuted" if answers["refuted"] else "unknown" if answers["unknown"] else "proven"


def _risks(plan: Plan, accepted: Iterable[Accepted]) -> dict[str, tuple[str, ...]]:
    """What may cut off an endpoint beside what the network says itself."""
    hubs, found = _hubs(plan), dict[str, tuple[str, ...]]()
    for each in accepted:
        for key in hubs.get(each.who, (each.who,)):
            found[key] = (*found.get(key, ()), each.risk)
    return found


def _cut_off(network: Network, risks: Sequence[str], last: str) -> dict[str, tuple[str, ...]]:
    """The endpoints that any of these risks cuts off, as if the last one did."""
    return {e.key: (last,) for e in network.endpoints if not set(risks).isdisjoint(e.risks)}


def _with_risks(network: Network, more: dict[str, tuple[str, ...]]) -> Network:
    def one(endpoint: Endpoint) -> Endpoint:
        risks = more.get(endpoint.key)
        return replace(endpoint, risks=(*endpoint.risks, *risks)) if risks else endpoint

    return replace(network, endpoints=tuple(map(one, network.endpoints))) if more else network
