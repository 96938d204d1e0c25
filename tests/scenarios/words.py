"""Networks, questions and answers of scenarios in words, as `networks/*.yaml` have them.

endpoints:  web: 10.1.0.0/16 at web/main [in FILTER...] [out FILTER...] [risks HUB...]
links:      t1: use1/onramp - cloudflare/0 [mtu 1446] [degraded | down] [risks e1]     "use1/-" is no table there
tables:     use1/prod is aws tgw [passes FILTER...] [alone] [quota N [M]]
            "alone": equal routes do not share traffic; "quota": of its own region's prefixes, and of others'
            - 10.1.0.0/16 attached over at-web [priority 100] [path 13335 64513] [med 10] [community X] [remote]
              hops: over LINK..., to ENDPOINT, drop, internet, unknown
sessions:   t1: two lines, ROUTER as ASN [says TABLE|PREFIX...] [hears TABLE...] [exports|withholds PREFIX...]
            [priority N] [prepend N] [med N] [community X] [limit N] [relays] [remote] [doubt WHY...]
filters:    sg [is stateless] [is default-allow]
            - allow [tcp 443-445] [from PREFIX...] [to PREFIX...]
"""

from collections.abc import Iterable, Mapping
from typing import Any

from hubspoke.network.model import (
    ALL_PORTS,
    Deliver,
    Drop,
    End,
    Endpoint,
    Filter,
    Finding,
    Internet,
    Link,
    Network,
    NextHop,
    Ports,
    PrefixFilter,
    Route,
    Rule,
    Session,
    Source,
    Speaker,
    Table,
    Unknown,
    Via,
)

Words = dict[str, list[str]]


def words(text: str, *keys: str) -> Words:
    """What follows each of the keys, up to the next one; under "" what comes first."""
    found, key = dict[str, list[str]]({"": []}), ""
    for word in text.split():
        if word in keys:
            key = word
            found[key] = []
        else:
            found[key].append(word)
    return found


def network(said: Mapping[str, Any]) -> Network:
    """The network of a scenario. Raises KeyError or ValueError for what it does not understand."""
    return Network(
        tuple(_table(key, routes) for key, routes in said["tables"].items()),
        tuple(_link(key, text) for key, text in said.get("links", {}).items()),
        tuple(_endpoint(key, text) for key, text in said.get("endpoints", {}).items()),
        tuple(_filter(key, rules) for key, rules in said.get("filters", {}).items()),
        tuple(_session(key, sides) for key, sides in said.get("sessions", {}).items()),
        tuple(Finding(what, what, "") for what in said.get("findings", ())),
    )


def _router(table: str) -> str:
    return table.split("/")[0]


def _endpoint(key: str, text: str) -> Endpoint:
    said = words(text, "at", "in", "out", "risks")
    into, out, risks = (tuple(said.get(word, ())) for word in ("in", "out", "risks"))
    return Endpoint(key, key, tuple(said[""]), tuple(said["at"]), f"endpoint {key}", into, out, risks)


def _link(key: str, text: str) -> Link:
    said = words(text, "-", "mtu", "degraded", "down", "risks")
    mtu = int(said.get("mtu", ["1500"])[0])
    risks = (key, *said.get("risks", ()))
    health = "down" if "down" in said else "degraded" if "degraded" in said else "up"
    return Link(key, (_end(said[""]), _end(said["-"])), f"link {key}", mtu, health, risks)  # type: ignore[arg-type]


def _end(tables: list[str]) -> End:
    return End(_router(tables[0]), tuple(table for table in tables if not table.endswith("/-")))


def _table(title: str, routes: Iterable[str] | None) -> Table:
    said = words(title, "is", "passes", "alone", "quota")
    (key,), kind = said[""], " ".join(said["is"])
    made = tuple(map(_route, routes or ()))
    passes = tuple(said.get("passes", ()))
    own, others, *_ = (*map(int, said.get("quota", ())), 0, 0)
    quota = (own, others) if "quota" in said else None
    return Table(key, _router(key), kind, made, f"table {key}", passes, multipath="alone" not in said, quota=quota)


_HOPS = ("over", "to", "drop", "internet", "unknown")


def _route(text: str) -> Route:
    said = words(text, *_HOPS, "priority", "path", "med", "community", "remote")
    prefixes = tuple(word for word in said[""] if "/" in word)
    source = Source(" ".join(word for word in said[""] if "/" not in word))
    return Route(
        prefixes, _hop(said), source, text, int(said.get("priority", ["0"])[0]), tuple(map(int, said.get("path", ()))),
        int(said["med"][0]) if "med" in said else None, frozenset(said.get("community", ())), "remote" in said,
    )  # fmt: skip


def _hop(said: Words) -> NextHop:
    if "over" in said:
        return Via(tuple(said["over"]))
    if "to" in said:
        return Deliver(said["to"][0])
    return Drop() if "drop" in said else Internet() if "internet" in said else Unknown(" ".join(said["unknown"]))


def _session(link: str, sides: list[str]) -> Session:
    one, other = map(_speaker, sides)
    return Session(f"bgp {link}", link, (one, other), f"bgp {link}")


def _speaker(text: str) -> Speaker:
    said = words(
        text,
        "as",
        "says",
        "hears",
        "exports",
        "withholds",
        "imports",
        "refuses",
        "priority",
        "prepend",
        "med",
        "community",
        "limit",
        "relays",
        "remote",
        "doubt",
    )
    spoken = said.get("says", [])
    return Speaker(
        said[""][0], int(said["as"][0]),
        announces=tuple(word for word in spoken if not word[0].isdigit()),
        prefixes=tuple(word for word in spoken if word[0].isdigit()),
        learns=tuple(said.get("hears", ())),
        priority=int(said.get("priority", ["0"])[0]),
        exports=_passing(said, "exports", "withholds"), imports=_passing(said, "imports", "refuses"),
        prepend=int(said.get("prepend", ["0"])[0]),
        med=int(said["med"][0]) if "med" in said else None,
        communities=frozenset(said.get("community", ())),
        limit=int(said.get("limit", ["0"])[0]),
        relays="relays" in said, remote="remote" in said, doubt=" ".join(said.get("doubt", ())),
    )  # fmt: skip


def _passing(said: Words, allow: str, deny: str) -> PrefixFilter | None:
    if allow in said:
        return PrefixFilter("allow", tuple(said[allow]))
    return PrefixFilter("deny", tuple(said[deny])) if deny in said else None


def _filter(title: str, rules: Iterable[str] | None) -> Filter:
    said = words(title, "is")
    key, traits = said[""][0], said.get("is", [])
    made = tuple(map(_rule, rules or ()))
    return Filter(
        key, made, "no rule", "allow" if "default-allow" in traits else "deny", stateful="stateless" not in traits
    )


def _rule(text: str) -> Rule:
    said = words(text, "from", "to")
    action, *traffic = said[""]
    protocol, ports = traffic_of(traffic)
    return Rule(action, text, tuple(said.get("from", ())), tuple(said.get("to", ())), protocol, ports)  # type: ignore[arg-type]


def traffic_of(said: list[str]) -> tuple[Any, Ports]:
    """The protocol and ports of ["tcp", "443-445"]; any of both where nothing is said."""
    protocol, ports = (*said, "any", "any")[:2] if said else ("any", "any")
    if ports == "any":
        return protocol, ALL_PORTS
    first, _, last = ports.partition("-")
    return protocol, (int(first), int(last or first))
