"""What a change to something in use comes to, as plain values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hubspoke.plan.changes.recorded import Recorded, RecordedState

Values = Mapping[str, Any]


class Effect(StrEnum):
    """What a step does to what is in use, the mildest first."""

    CREATES = "creates"
    IN_PLACE = "in place"
    REMOVES = "removes"
    INTERRUPTS = "interrupts"
    REPLACES = "replaces"
    REFUSED = "refused"  # by the cloud, or before it by the rules of this network


class Touch(StrEnum):
    """Which of the tunnels that a resource carries a change to it interrupts."""

    NONE = "none"
    FIRST = "first"  # AWS: tunnel1 of a VPN connection
    SECOND = "second"
    MEMBER = "member"  # the one that the path's index names: Azure's link connections
    ALL = "all"


@dataclass(frozen=True)
class Change:
    """One property of one resource, as recorded and as wanted. Dots separate the parts of `path`."""

    state: RecordedState
    resource: Recorded
    path: str
    old: Any
    new: Any


Condition = Callable[[Change], bool]


def always(_: Change) -> bool:
    return True


@dataclass(frozen=True)
class ChangeRule:
    """One line of the table: what a change of one property is.

    `path` may hold `*` for anything. The first line that fits a change counts, if `when` holds of it.
    """

    type: str
    path: str
    effect: Effect
    why: str
    remedy: str
    source: str
    date: str
    touches: Touch = Touch.NONE
    when: Condition = always


@dataclass(frozen=True)
class Step:
    """What an engine is about to do to one resource. `op` is Pulumi's word: create, update, replace, delete.

    `changed` are the paths of the inputs that differ; `old` and `new` the inputs themselves, as far as known.
    """

    urn: str
    type: str
    op: str
    changed: frozenset[str] = frozenset()
    old: Values = field(default_factory=dict)
    new: Values = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.rsplit("::", 1)[-1]


@dataclass(frozen=True)
class Tunnel:
    """One tunnel in use.

    `unit` is what the cloud changes together: an AWS or Google tunnel by itself, both tunnels of an Azure link
    connection, which have one key.
    """

    name: str
    hub: str  # name of the gateway at the cloud's end, or its id where another stack made it
    unit: str


@dataclass(frozen=True)
class Reason:
    """One change of a step, judged."""

    path: str
    effect: Effect
    why: str
    remedy: str = ""
    source: str = ""


@dataclass(frozen=True)
class JudgedStep:
    """A step, the worst that its changes come to, and the tunnels it interrupts."""

    step: Step
    effect: Effect
    reasons: tuple[Reason, ...] = ()
    tunnels: tuple[Tunnel, ...] = ()


@dataclass(frozen=True)
class HubCount:
    """What a run does to the tunnels of one hub. `problem` says why that is too much, empty where it is not."""

    hub: str
    tunnels: int  # in use before
    interrupted: tuple[Tunnel, ...]
    removed: tuple[Tunnel, ...]
    problem: str = ""


@dataclass(frozen=True)
class Assessment:
    """A whole run, in the order in which it touches tunnels."""

    steps: tuple[JudgedStep, ...]
    hubs: tuple[HubCount, ...]

    @property
    def refused(self) -> tuple[JudgedStep, ...]:
        return tuple(each for each in self.steps if each.effect is Effect.REFUSED)

    @property
    def blocked(self) -> bool:
        """Whether it must not be begun as it is."""
        return bool(self.refused) or any(hub.problem for hub in self.hubs)
