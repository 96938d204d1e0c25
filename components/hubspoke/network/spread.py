"""Fixed points over the steps of all tables: of which classes something holds, by the table that packets start in.

For "arrives": a set of classes for every table, those whose packets are delivered to an endpoint that has their
addresses. It grows from the endpoints backwards until nothing is added, so a loop never gets in. "Every" path must
deliver where traffic is shared, and "some" path delivers: a claim that traffic arrives needs the first, one that it
does not needs that there is none of the second. Both are worked out twice where something is not known, at worst and
at best.

Tables that are leaves have no part in it: what holds there follows from what holds where their packets come to.

Every class has a fixed point of its own. So where some tables forward some classes differently from before, only those
classes are worked out again, and only at the tables from which packets of theirs get to what has changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hubspoke.network.classes import Bits
from hubspoke.network.forward import Forwarding
from hubspoke.network.leaves import Core
from hubspoke.network.steps import LOOP, LOST, OUT, UNSURE, Steps

Values = dict[str, Bits]  # by table of the core or end: the classes of which something holds
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
            return dict.fromkeys([*forwarding.owned, UNSURE, LOST, OUT], forwarding.classes.inhabited) | {LOOP: 0}
        if self.crosses:
            return dict.fromkeys([*forwarding.owned, UNSURE, LOST, OUT, LOOP], 0)
        return {**forwarding.owned, UNSURE: forwarding.classes.all if self.best else 0, LOST: 0, OUT: 0, LOOP: 0}

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


@dataclass(frozen=True, slots=True)
class Spread:
    """A fixed point: of which classes something holds, by table."""

    forwarding: Forwarding
    aim: Aim
    values: Values

    def at(self, table: str) -> Bits:
        """The classes of which it holds at a table. Raises KeyError where there is none."""
        if table in self.values:
            return self.values[table]
        steps, full = self.forwarding.core.leaves[table], self.forwarding.classes.inhabited
        found = _value(steps, self.values, self.aim, full)
        return found | self.aim.held(table, steps, full) if self.aim.ends else found


def spread(forwarding: Forwarding, aim: Aim) -> Spread:
    """The least fixed point. Tables that the aim is about have filters."""
    values = dict.fromkeys(forwarding.core.steps, 0) | aim.at_ends(forwarding)
    _rise(forwarding.core, aim, values, dict.fromkeys(forwarding.core.steps, forwarding.classes.inhabited))
    return Spread(forwarding, aim, values)


def respread(forwarding: Forwarding, last: Mapping[Aim, Spread]) -> tuple[dict[Aim, Spread], dict[str, Bits]]:
    """The same from those of the forwarding that this one was made of, and what moved, by table of the core.

    What a packet goes on to from a change is as it was, unless a way leads back to the change. So what is on such a
    way is worked out from nothing first, and then only what is upstream of where that came out as something else.
    """
    turning, found, moved = ring(forwarding.core), dict[Aim, Spread](), dict[str, Bits]()
    grown = [table for table in forwarding.core.detoured if table in forwarding.core.steps]
    for aim, before in last.items():
        values = before.values | {table: before.at(table) for table in grown} if grown else before.values
        turned, news = _anew(forwarding.core, aim, values, turning)
        if news:
            turned, other = _followed(forwarding, aim, values, turned, news)
            _add(moved, other)
        found[aim] = Spread(forwarding, aim, turned)
    return found, moved


def _followed(forwarding: Forwarding, aim: Aim, last: Values, turned: Values, news: Moved) -> tuple[Values, Moved]:
    """The values with those above what is news, and what moved since the last."""
    strict = aim.every and not (aim.best and not forwarding.certain)
    if strict and not any(turned[table] & bits for table, bits in news.items()):
        return turned, _fall(forwarding.core, turned, news)
    return _anew(forwarding.core, aim, last, upstream(forwarding.core, news))


def _anew(core: Core, aim: Aim, values: Values, open_: Moved) -> tuple[Values, dict[str, Bits]]:
    """The values with those of the open classes worked out from nothing, and which came out as something else."""
    left = values | {table: values[table] ^ both for table, bits in open_.items() if (both := values[table] & bits)}
    _rise(core, aim, left, open_)
    moved = {table: left[table] ^ values[table] for table in open_ if left[table] is not values[table]}
    return left, {table: bits for table, bits in moved.items() if bits}


def _fall(core: Core, values: Values, news: Moved) -> dict[str, Bits]:
    """Takes away what does not hold any more above what does not, where every path has to hold. Returns all that."""
    fallen = dict(news)
    while news:
        grown: dict[str, Bits] = {}
        for end, bits in news.items():
            for table, led in core.into.get(end, {}).items():
                if (new := led & bits) and (new := new & values[table]):
                    values[table] ^= new
                    grown[table] = grown.get(table, 0) | new
        _add(fallen, grown)
        news = grown
    return fallen


def _add(found: dict[str, Bits], more: Moved) -> None:
    for table, bits in more.items():
        found[table] = found[table] | bits if table in found else bits


def ring(core: Core) -> dict[str, Bits]:
    """What forwards differently from before, and whatever packets come by on a way from there and back again."""
    return upstream(core, core.changed, downstream(core, core.changed))


def downstream(core: Core, start: Mapping[str, Bits]) -> dict[str, Bits]:
    """The classes of packets that may come by from a start, by table; the start included."""
    found, news = dict.fromkeys(core.steps, 0), dict(start)
    while news:
        grown: dict[str, Bits] = {}
        for table, bits in news.items():
            found[table] |= bits
        for table, bits in news.items():
            for (ends, _), led in core.steps[table].items():
                if onward := led & bits:
                    for end in ends:
                        if new := onward & ~found.get(end, -1):
                            grown[end] = grown.get(end, 0) | new
        news = grown
    return found


def upstream(core: Core, start: Mapping[str, Bits], within: Mapping[str, Bits] | None = None) -> dict[str, Bits]:
    """The classes of packets that may get to a start, by the table they begin in; the start included."""
    found, news = dict[str, Bits](), dict(start)
    while news:
        grown: dict[str, Bits] = {}
        _add(found, news)
        for table, bits in news.items():
            for other, led in core.into.get(table, {}).items():
                if (new := led & bits) and (new := new & ~found.get(other, 0)) and within is not None:
                    new &= within[other]
                if new:
                    grown[other] = grown.get(other, 0) | new
        news = grown
    return found


def _rise(core: Core, aim: Aim, values: Values, open_: Moved) -> None:
    """Grows the values of the open tables' open classes, which begin with nothing; what is not open stays.

    Each table looks at what it leads to once, and then is told what grew there.
    """
    steps, news = core.steps, dict[str, Bits]()
    open_ = {**open_, **{table: open_[table] & passing for table, passing in aim.passes if table in open_}}
    for table, limit in open_.items():
        found = _value(steps[table], values, aim, limit)
        if aim.ends or aim.crosses:
            found |= aim.held(table, steps[table], limit)
        if new := found & ~values[table]:
            news[table] = new
            values[table] |= new
    while news:
        news = _told(core, aim, values, news, open_)


def _told(
    core: Core,
    aim: Aim,
    values: Values,
    news: Moved,
    open_: Moved,
) -> dict[str, Bits]:
    """What grows where packets go on to what has grown."""
    grown: dict[str, Bits] = {}
    for end, bits in news.items():
        for table, led in core.into.get(end, {}).items():
            # Most have nothing in common: the first of these is most of the work.
            if (new := led & bits) and (new := new & open_.get(table, 0) & ~values[table]):
                if table in core.forked:
                    new = _value(core.steps[table], values, aim, new)
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
