"""What can be asked of a network, and the answers: proven, refuted with an example, or unknown. Unknown is no pass."""

from dataclasses import dataclass
from typing import Literal

from hubspoke.network.model import ALL_PORTS, Finding, Ports, Protocol
from hubspoke.network.trace import Trace

Answer = Literal["proven", "refuted", "unknown"]


def _by_key(question: "Question") -> int:
    """Questions are looked up often, and may name thousands of endpoints."""
    return hash(question.key)


@dataclass(frozen=True)
class Reaches:
    """Every source opens connections to every target: there, through all filters, and the answers back."""

    key: str
    sources: tuple[str, ...]  # endpoints by key
    targets: tuple[str, ...]
    protocol: Protocol = "any"
    ports: Ports = ALL_PORTS
    origin: str = ""

    __hash__ = _by_key


@dataclass(frozen=True)
class Isolated:
    """No source gets any packet of this traffic to any target."""

    key: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    protocol: Protocol = "any"
    ports: Ports = ALL_PORTS
    origin: str = ""

    __hash__ = _by_key


@dataclass(frozen=True)
class Routed:
    """Whatever filters say, every path from every source leads to every target: no black hole, no loop, no way out.

    With `mtu`, over links that carry packets of so many bytes whole.
    """

    key: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    mtu: int = 0
    origin: str = ""

    __hash__ = _by_key


@dataclass(frozen=True)
class LoopFree:
    """Nothing that an endpoint can send goes round in circles, whatever its destination."""

    key: str = "loop-free"
    origin: str = ""

    __hash__ = _by_key


@dataclass(frozen=True)
class SameWayBack:
    """Where traffic crosses a stateful filter on the way, its answers cross it too, and the other way round."""

    key: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    origin: str = ""

    __hash__ = _by_key


Between = Reaches | Isolated | Routed | SameWayBack  # sources and targets
Question = Between | LoopFree


@dataclass(frozen=True)
class Example:
    """A packet that shows it: its way there, and its answer's way back where that is what fails."""

    why: str
    there: Trace | None = None
    back: Trace | None = None

    def __str__(self) -> str:
        return "\n".join([self.why, *(str(way) for way in (self.there, self.back) if way)])


@dataclass(frozen=True)
class Verdict:
    """The answer to one question, in the case that something fails or that nothing does."""

    question: Question
    answer: Answer
    failing: int = 0  # classes of source and destination that are not as they should be
    examples: tuple[Example, ...] = ()  # some of them, unlike in where they fail
    case: str = ""  # what has failed: "hub use1"; empty for the network as it is
    cut_off: tuple[str, ...] = ()  # endpoints that went down with it, and were not asked about
    findings: tuple[Finding, ...] = ()  # what is not understood, where that keeps the answer from being known

    @property
    def passed(self) -> bool:
        """Whether it is proven."""
        return self.answer == "proven"
