"""One network, whoever it is made of: tables with routes, links between them, filters, and the endpoints they serve.

A packet leaves an endpoint in one of its tables. The winning routes there name links; a link hands the packet to the
tables at its far end, until a route delivers or drops it. Nothing here knows a cloud: how a table chooses is its
`kind`, whose rules are data (`selection`). Prefixes are canonical IPv4 strings, and every element carries the
`origin` it comes from: a resource's URN, or a place in the plan.

Routes, rules and endpoints hold tuples of prefixes, since what is announced together is judged together. Share one
tuple between those that mean the same prefixes: it is parsed once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import Literal, TypeVar

Prefixes = tuple[str, ...]
Ports = tuple[int, int]  # first and last, both included
Protocol = Literal["tcp", "udp", "icmp", "any"]
ALL_PORTS: Ports = (0, 65535)
Quota = tuple[int, int]  # different prefixes of what its own region learned, and of what others did; 0 is any number


class Source(StrEnum):
    """Where a route comes from: what most tables decide by."""

    LOCAL = "local"  # the table's own network
    STATIC = "static"
    PREFIX_LIST = "prefix list"
    ATTACHED = "attached"  # a network that is attached to the hub
    DIRECT = "direct line"
    CONNECT = "connect"
    BGP = "bgp"  # learned over a tunnel
    PEER = "peer"  # exchanged with a neighbouring network or hub of the same cloud
    SYSTEM = "system"  # made by the cloud unasked


@dataclass(frozen=True, slots=True)
class Via:
    """Over these links: those that are up share the traffic."""

    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deliver:
    """Handed to the endpoint."""

    endpoint: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Dropped on purpose, or because what it led to is gone."""

    why: str = "blackhole"


@dataclass(frozen=True, slots=True)
class Internet:
    """Out of the network."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not known before deployment, or not understood."""

    why: str


NextHop = Via | Deliver | Drop | Internet | Unknown


@dataclass(frozen=True, slots=True)
class Route:
    """One way to all of its prefixes. Priority and MED: lower wins, where the table's kind looks at them."""

    prefixes: Prefixes
    next_hop: NextHop
    source: Source
    origin: str
    priority: int = 0
    as_path: tuple[int, ...] = ()
    med: int | None = None
    communities: frozenset[str] = frozenset()
    remote: bool = False  # learned through another hub or region


@dataclass(frozen=True, slots=True)
class Table:
    """One place where packets are looked up. `router` is whose it is; links end at routers."""

    key: str
    router: str
    kind: str  # a key of selection.ORDERS
    routes: tuple[Route, ...]
    origin: str
    filters: tuple[str, ...] = ()  # what every packet that is looked up here passes
    multipath: bool = True  # whether equal routes share traffic, where the kind leaves it open
    quota: Quota | None = None  # of what it learns; who teaches it teaches no other table


@dataclass(frozen=True, slots=True)
class End:
    """One end of a link. What comes out here is looked up in any of `tables`; with none it is dropped."""

    router: str
    tables: tuple[str, ...]


Health = Literal["up", "degraded", "down"]


@dataclass(frozen=True, slots=True)
class Link:
    """An attachment, a peering or a tunnel. `mtu` in bytes, of the packets it carries whole."""

    key: str
    ends: tuple[End, End]
    origin: str
    mtu: int = 1500
    health: Health = "up"
    risks: tuple[str, ...] = ()  # what takes it down when it fails: "tunnel use1-e1-a", "hub use1"

    def far(self, router: str) -> End:
        """The end that is not this router's."""
        return self.ends[1] if self.ends[0].router == router else self.ends[0]


@dataclass(frozen=True, slots=True)
class PrefixFilter:
    """What a session lets pass: only what lies in the prefixes, or all but that."""

    action: Literal["allow", "deny"]
    prefixes: Prefixes


@dataclass(frozen=True, slots=True)
class Speaker:
    """One side of a session: what it announces, and which tables learn what it hears."""

    router: str
    asn: int
    announces: tuple[str, ...] = ()  # tables whose chosen routes are announced
    prefixes: Prefixes = ()  # announced besides
    learns: tuple[str, ...] = ()  # tables that take what is heard
    priority: int = 0  # of what is heard, where the tables look at it
    exports: PrefixFilter | None = None
    imports: PrefixFilter | None = None
    prepend: int = 0  # times its ASN is repeated
    med: int | None = None
    communities: frozenset[str] = frozenset()
    limit: int = 0  # prefixes that it takes from the other side before it resets the session; 0 is any number
    relays: bool = False  # it announces only what its tables learned
    remote: bool = False  # what it hears comes through another hub or region of its own cloud
    dropped: Prefixes = ()  # of what it hears, over the quota of its tables
    doubt: str = ""  # why it is not known where what it hears leads
    doubtful: Prefixes = ()  # what of it that is about; all of it where there is none


@dataclass(frozen=True, slots=True)
class Session:
    """BGP over a link. It is down when the link is."""

    key: str
    link: str
    speakers: tuple[Speaker, Speaker]
    origin: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Sources and destinations are prefixes; empty is any. "unknown" is a rule that is not understood."""

    action: Literal["allow", "deny", "unknown"]
    origin: str
    sources: Prefixes = ()
    destinations: Prefixes = ()
    protocol: Protocol = "any"
    ports: Ports = ALL_PORTS


@dataclass(frozen=True, slots=True)
class Filter:
    """Rules in order, the first match decides; a set of allows is the case where order does not matter.

    A stateful filter lets the answers of an admitted packet pass; a stateless one judges them by its rules.
    """

    key: str
    rules: tuple[Rule, ...]
    origin: str
    default: Literal["allow", "deny"] = "deny"
    stateful: bool = True


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A network or place that sends and receives: its prefixes, where its packets are looked up, its filters."""

    key: str
    segment: str
    prefixes: Prefixes
    tables: tuple[str, ...]
    origin: str
    ingress: tuple[str, ...] = ()
    egress: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()  # what cuts it off when it fails


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not understood or cannot be right. Proofs that touch it do not pass."""

    what: str
    origin: str
    remedy: str


_KEY = attrgetter("key")
Keyed = TypeVar("Keyed", Table, Link, Filter, Endpoint, Session)


def _by_key(elements: Sequence[Keyed]) -> dict[str, Keyed]:
    return dict(zip(map(_KEY, elements), elements, strict=True))  # there are thousands: not one by one in Python


@dataclass(frozen=True)
class Network:
    """One network, whole."""

    tables: tuple[Table, ...] = ()
    links: tuple[Link, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    filters: tuple[Filter, ...] = ()
    sessions: tuple[Session, ...] = ()
    findings: tuple[Finding, ...] = ()
    quota: Quota | None = None  # of a table that learns, where no resource says it

    @cached_property
    def table(self) -> dict[str, Table]:
        """Tables by key."""
        return _by_key(self.tables)

    @cached_property
    def link(self) -> dict[str, Link]:
        """Links by key."""
        return _by_key(self.links)

    @cached_property
    def health(self) -> dict[str, Health]:
        """Health of each link."""
        return {link.key: link.health for link in self.links}

    @cached_property
    def endpoint(self) -> dict[str, Endpoint]:
        """Endpoints by key."""
        return _by_key(self.endpoints)

    @cached_property
    def filter(self) -> dict[str, Filter]:
        """Filters by key."""
        return _by_key(self.filters)

    @cached_property
    def at_risk(self) -> dict[str, tuple[Link, ...]]:
        """The links that go down with each thing that may fail."""
        found: dict[str, list[Link]] = {}
        for link in self.links:
            for risk in link.risks:
                found.setdefault(risk, []).append(link)
        return {risk: tuple(found[risk]) for risk in sorted(found)}

    @cached_property
    def cut_off(self) -> dict[str, tuple[str, ...]]:
        """The keys of the endpoints that go down with each thing that may fail, sorted."""
        found: dict[str, list[str]] = {}
        for endpoint in self.endpoints:
            for risk in dict.fromkeys(endpoint.risks):
                found.setdefault(risk, []).append(endpoint.key)
        return {risk: tuple(sorted(keys)) for risk, keys in found.items()}

    @cached_property
    def session(self) -> dict[str, Session]:
        """Sessions by key."""
        return _by_key(self.sessions)

    @property
    def risks(self) -> tuple[str, ...]:
        """Everything that may fail, by name, sorted."""
        return tuple(self.at_risk)
