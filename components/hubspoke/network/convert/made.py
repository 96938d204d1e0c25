"""A network while it is made from resources: parts come from several places, and are put together by key."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from ipaddress import IPv4Interface, IPv4Network

from hubspoke.network.changed import SHELL, Changed, unchanged
from hubspoke.network.intended import names
from hubspoke.network.model import (
    End,
    Filter,
    Finding,
    Link,
    Network,
    Prefixes,
    Route,
    Rule,
    Session,
    Speaker,
    Table,
)
from hubspoke.network.snapshot import Resource, Snapshot
from hubspoke.plan.prefixes_taken import learned_taken


@dataclass(frozen=True)
class Half:
    """One side of a tunnel, as its own cloud has it: known by the prefix of its inside addresses."""

    inside: str  # "169.254.240.16/30"
    router: str
    tables: tuple[str, ...]
    own: str  # its outside address; "" where that is not known yet
    peer: str  # the outside address that it speaks to
    origin: str
    speaker: Speaker | None = None  # where it speaks BGP
    peer_asn: int = 0
    mtu: int = 1500
    risks: tuple[str, ...] = ()


class Made:
    """Parts by key, and the halves of tunnels that are yet to be joined."""

    def __init__(self, context: Changed | None = None) -> None:
        context = context or unchanged(Network())
        self.base = context.base
        self.tables, self.links = context.tables.copy(), context.links.copy()
        self.endpoints, self.filters = context.endpoints.copy(), context.filters.copy()
        self.sessions = context.sessions.copy()
        self.findings = list(context.findings)
        self.quota = context.quota or learned_taken()  # of a Google network that learns
        self.halves: dict[str, Half] = {}
        self.tunnels: dict[str, str] = {}  # links to Cloudflare by the prefix of their inside addresses
        self._tuples: dict[Prefixes, Prefixes] = {}

    def shared(self, *prefixes: str) -> Prefixes:
        """The one tuple that means these prefixes, in canonical form."""
        made = tuple(str(IPv4Network(prefix, strict=False)) for prefix in prefixes)
        return self._tuples.setdefault(made, made)

    def table(self, key: str, router: str, kind: str, origin: str, *, multipath: bool = True) -> None:
        """A table, which may have got routes before it was found itself."""
        routes = self.tables[key].routes if key in self.tables else ()
        self.tables[key] = Table(key, router, kind, routes, origin, multipath=multipath)

    def routes(self, key: str, routes: Iterable[Route]) -> None:
        """Routes of a table that is there already. Raises KeyError where it is not."""
        table = self.tables[key]
        self.tables[key] = replace(table, routes=table.routes + tuple(routes))

    def finding(self, what: str, origin: str, remedy: str) -> None:
        """Something that is not understood."""
        self.findings.append(Finding(what, origin, remedy))

    def rules(self, key: str, rules: Iterable[Rule], origin: str) -> None:
        """Allows of a stateful filter, made or added to."""
        found = self.filters.get(key) or Filter(key, (), origin)
        self.filters[key] = replace(found, rules=found.rules + tuple(rules))

    def changed(self) -> Changed:
        """What was made. Shells that nobody filled are gone."""
        for key, table in tuple(self.tables.other.items()):
            if table and table.origin == SHELL:
                del self.tables[key]
        return Changed(
            self.base, self.tables, self.links, self.endpoints, self.filters, self.sessions, tuple(self.findings)
        )


def router_of(snapshot: Snapshot, resource: Resource) -> str:
    """The router that a resource is part of, from the component that made it."""
    component = resource.parent.split("::")[-2:][0]
    named = names.hub if "Hub" in component else names.onramp if "OnRamp" in component else names.spoke
    return named(snapshot.owner(resource))


def owner_of(router: str) -> str:
    """The key of a router's hub, spoke or on-ramp."""
    return router.split(" ", 1)[1]


def inside(interface: str) -> str:
    """The prefix that an interface's address is in: "169.254.240.18/30" is in "169.254.240.16/30"."""
    return str(IPv4Interface(interface).network)


def join(made: Made, key: str, cloud: Half, middle: Half) -> None:
    """A tunnel from its two halves; down where they do not speak to each other."""
    apart = [
        f"{one.router} speaks to {one.peer}, and the other end is {other.own}"
        for one, other in ((cloud, middle), (middle, cloud))
        if one.peer and other.own and one.peer != other.own
    ]
    for what in apart:
        made.finding(f"the ends of {key} do not match: {what}", middle.origin, "put both ends back to the plan")
    link = names.tunnel(key)
    ends = End(cloud.router, cloud.tables), End(middle.router, middle.tables)
    made.links[link] = Link(
        link, ends, middle.origin, cloud.mtu, "down" if apart else "up", (link, *cloud.risks, *middle.risks)
    )
    if cloud.speaker and middle.speaker:
        _speak(made, link, cloud, middle)


def _speak(made: Made, link: str, cloud: Half, middle: Half) -> None:
    assert cloud.speaker
    assert middle.speaker
    if (cloud.peer_asn, middle.peer_asn) == (middle.speaker.asn, cloud.speaker.asn):
        made.sessions[f"bgp {link}"] = Session(f"bgp {link}", link, (cloud.speaker, middle.speaker), middle.origin)
    else:
        what = f"ASNs of {link} do not match: {cloud.speaker.asn} speaks to {cloud.peer_asn}, "
        what += f"{middle.speaker.asn} to {middle.peer_asn}"
        made.finding(what, middle.origin, "put both ends back to the plan")
