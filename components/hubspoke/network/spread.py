"""Fixed points over the steps of all tables: of which classes something holds, by the table that packets start in.

For "arrives": a set of classes for every table, those whose packets are delivered to an endpoint that has their
addresses. It grows from the endpoints backwards until nothing is added, so a loop never gets in. "Every" path must
deliver where traffic is shared, and "some" path delivers: a claim that traffic arrives needs the first, one that it
does not needs that there is none of the second. Both are worked out twice where something is not known, at worst and
at best.

Every class has a fixed point of its own. So where some tables forward some classes differently from before, only those
classes are worked out again, and only at the tables from which packets of theirs get to what has changed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hubspoke.network.classes import Bits
from hubspoke.network.forward import LOST, OUT, UNSURE, Forwarding, Steps

Values = dict[str, Bits]  # by table or end: the classes of which something holds
Moved = Mapping[str, Bits]  # by table: the classes of which it is not what it was
Passes = tuple[tuple[str, Bits], ...]  # the classes that tables let pass, where these are not all
FEW = 4  # parts; of more, each would be spread for too little


@dataclass(frozen=True, slots=True)
class Aim:
    """What is asked of every class at every table. `best` takes what is not known for the better.

    Whether it arrives on every path or on some; with `crosses`, whether some path crosses that table, wherever it
    ends; with `ends`, whether every path comes to an end at all.
    """

    every: bool
    best: bool
    passes: Passes = ()
    crosses: str = ""
    ends: bool = False

    def at_ends(self, forwarding: Forwarding) -> Values:
        """What holds where packets end up."""
        if self.ends:
            return dict.fromkeys([*forwarding.owned, UNSURE, LOST, OUT], forwarding.classes.inhabited)
        if self.crosses:
            return dict.fromkeys([*forwarding.owned, UNSURE, LOST, OUT], 0)
        return {**forwarding.owned, UNSURE: forwarding.classes.all if self.best else 0, LOST: 0, OUT: 0}

    def held(self, table: str, steps: Steps, full: Bits) -> Bits:
        """What holds at a table whatever its steps lead to. Where there is no route, there is an end."""
        if self.ends:
            for bits in steps.values():
                full &= ~bits
            return full
        return full if table == self.crosses else 0


def in_parts(passes: Mapping[str, Bits], among: Bits) -> list[tuple[Bits, Passes]]:
    """The classes `among` in few parts, to each of which tables are open or closed as they are to all classes of it.

    What tables let pass is other for each source; which of them are open or closed comes again and again.
    """
    parts: dict[tuple[str, ...], Bits] = {(): among}
    for table, passing in passes.items():
        cut = [(closed, bits & passing, bits & ~passing) for closed, bits in parts.items()]
        parts = {closed: inside for closed, inside, _ in cut if inside}
        parts |= {(*closed, table): outside for closed, _, outside in cut if outside}
        if len(parts) > FEW:
            return [(among, tuple(passes.items()))]
    return [(bits, tuple((table, 0) for table in closed)) for closed, bits in parts.items()]


def spread(forwarding: Forwarding, aim: Aim) -> Values:
    """The least fixed point."""
    values = dict.fromkeys(forwarding.steps, 0) | aim.at_ends(forwarding)
    return _rise(forwarding, aim, values, dict.fromkeys(forwarding.steps, forwarding.classes.inhabited))


def respread(forwarding: Forwarding, last: Mapping[Aim, Values]) -> tuple[dict[Aim, Values], dict[str, Bits]]:
    """The same from those of the forwarding that this one was made of, and the classes that moved, by table.

    What a packet goes on to from a change is as it was, unless a way leads back to the change. So what is on such a
    way is worked out from nothing first, and then only what is upstream of where that came out as something else.
    """
    turning = ring(forwarding)
    turned = {aim: _rise(forwarding, aim, _without(values, turning), turning) for aim, values in last.items()}
    moved = _moved(last, turned, turning)
    if not moved:
        return dict(last), moved
    above = upstream(forwarding, moved)
    found = {aim: _above(forwarding, aim, values, moved, above) for aim, values in turned.items()}
    return found, _moved(last, found, above)


def _above(forwarding: Forwarding, aim: Aim, turned: Values, moved: Moved, above: Moved) -> Values:
    """The values with those above what moved. Where every path has to hold, nothing holds above what does not."""
    left = _without(turned, above)
    strict = aim.every and not (aim.best and not forwarding.certain)
    if strict and not any(turned[table] & bits for table, bits in moved.items()):
        return left
    return _rise(forwarding, aim, left, above)


def _without(values: Values, open_: Moved) -> Values:
    return values | {table: values[table] ^ both for table, bits in open_.items() if (both := values[table] & bits)}


def _moved(before: Mapping[Aim, Values], after: Mapping[Aim, Values], tables: Iterable[str]) -> dict[str, Bits]:
    """The classes whose values are other for any aim, by table."""
    found: dict[str, Bits] = {}
    for aim, values in after.items():
        last = before[aim]
        for table in tables:
            if values[table] is not last[table] and (other := values[table] ^ last[table]):
                found[table] = found.get(table, 0) | other
    return found


def ring(forwarding: Forwarding) -> dict[str, Bits]:
    """What forwards differently from before, and whatever packets come by on a way from there and back again."""
    changed = forwarding.changed or {}
    return upstream(forwarding, changed, downstream(forwarding, changed))


def downstream(forwarding: Forwarding, start: Mapping[str, Bits]) -> dict[str, Bits]:
    """The classes of packets that may come by from a start, by table; the start included."""
    found, news = dict.fromkeys(forwarding.steps, 0), dict(start)
    while news:
        grown: dict[str, Bits] = {}
        for table, bits in news.items():
            found[table] |= bits
        for table, bits in news.items():
            for (ends, _), led in forwarding.steps[table].items():
                if onward := led & bits:
                    for end in ends:
                        if new := onward & ~found.get(end, -1):
                            grown[end] = grown.get(end, 0) | new
        news = grown
    return found


def upstream(
    forwarding: Forwarding, start: Mapping[str, Bits], within: Mapping[str, Bits] | None = None
) -> dict[str, Bits]:
    """The classes of packets that may get to a start, by the table they begin in; the start included."""
    found, news = dict[str, Bits](), dict(start)
    while news:
        grown: dict[str, Bits] = {}
        for table, bits in news.items():
            found[table] = found.get(table, 0) | bits
        for table, bits in news.items():
            for other, led in forwarding.into.get(table, {}).items():
                if (new := led & bits) and (new := new & ~found.get(other, 0)) and within is not None:
                    new &= within[other]
                if new:
                    grown[other] = grown.get(other, 0) | new
        news = grown
    return found


def _rise(forwarding: Forwarding, aim: Aim, values: Values, open_: Mapping[str, Bits]) -> Values:
    """Grows the values of the open tables' open classes, which begin with nothing; what is not open stays.

    Each table looks at what it leads to once, and then is told what grew there.
    """
    steps, full, news = forwarding.steps, forwarding.classes.inhabited, dict[str, Bits]()
    open_ = {**open_, **{table: open_[table] & passing for table, passing in aim.passes if table in open_}}
    for table, limit in open_.items():
        found = _value(steps[table], values, aim, limit)
        if aim.ends or aim.crosses:
            found |= aim.held(table, steps[table], full) & limit
        if new := found & ~values[table]:
            news[table] = new
            values[table] |= new
    while news:
        news = _told(forwarding, aim, values, news, open_)
    return values


def _told(
    forwarding: Forwarding,
    aim: Aim,
    values: Values,
    news: Mapping[str, Bits],
    open_: Mapping[str, Bits],
) -> dict[str, Bits]:
    """What grows where packets go on to what has grown."""
    grown: dict[str, Bits] = {}
    for end, bits in news.items():
        for table, led in forwarding.into.get(end, {}).items():
            # Most have nothing in common: the first of these is most of the work.
            if (new := led & bits) and (new := new & open_.get(table, 0) & ~values[table]):
                if table in forwarding.forked:
                    new = _value(forwarding.steps[table], values, aim, new)
                if new:
                    values[table] |= new
                    grown[table] = grown.get(table, 0) | new
    return grown


def _value(steps: Steps, values: Values, aim: Aim, limit: Bits) -> Bits:
    """The classes of which it holds where they go on to."""
    found = 0
    for (ends, sure), bits in steps.items():
        if bits := bits & limit:
            if len(ends) == 1:
                bits &= values[ends[0]]
            elif aim.every if sure else not aim.best:
                for end in ends:
                    bits &= values[end]
            else:
                any_ = 0
                for end in ends:
                    any_ |= values[end]
                bits &= any_
            found |= bits
    return found
