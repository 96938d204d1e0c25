"""Fixed points over the steps of all tables: of which classes something holds, by the table that packets start in.

Every class has a fixed point of its own. So where some tables forward some classes differently from before, only those
classes are worked out again, and only at the tables from which packets of theirs get to what has changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hubspoke.network.classes import Bits
from hubspoke.network.forward import LOST, OUT, UNSURE, Forwarding, Step

Values = dict[str, Bits]  # by table: the classes of which something holds
Passes = Mapping[str, Bits]  # by table: the classes that its filters let pass; all where it is not named


@dataclass(frozen=True, slots=True)
class Aim:
    """What is asked of every class at every table. `best` takes what is not known for the better.

    Whether it arrives on every path or on some; with `crosses`, whether some path crosses that table, wherever it
    ends; with `ends`, whether every path comes to an end at all.
    """

    every: bool
    best: bool
    passes: tuple[tuple[str, Bits], ...] = ()
    crosses: str = ""
    ends: bool = False

    def at_ends(self, forwarding: Forwarding) -> Values:
        """What holds where packets end up."""
        if self.ends:
            return dict.fromkeys([*forwarding.owned, UNSURE, LOST, OUT], forwarding.classes.inhabited)
        if self.crosses:
            return dict.fromkeys([*forwarding.owned, UNSURE, LOST, OUT], 0)
        return {**forwarding.owned, UNSURE: forwarding.classes.all if self.best else 0, LOST: 0, OUT: 0}

    def held(self, table: str, steps: tuple[Step, ...], full: Bits) -> Bits:
        """What holds at a table whatever its steps lead to. Where there is no route, there is an end."""
        if self.ends:
            for step in steps:
                full &= ~step.bits
            return full
        return full if table == self.crosses else 0


def spread(forwarding: Forwarding, aim: Aim) -> Values:
    """The least fixed point."""
    every = dict.fromkeys(forwarding.steps, forwarding.classes.inhabited)
    return _rise(forwarding, aim, dict.fromkeys(forwarding.steps, 0), every)


def respread(forwarding: Forwarding, aim: Aim, last: Values, stirred: Mapping[str, Bits]) -> Values:
    """The same from that of the forwarding which this one was made of; `stirred` is what is upstream of the change."""
    return (
        _rise(forwarding, aim, last | {t: last[t] & ~bits for t, bits in stirred.items()}, stirred) if stirred else last
    )


def upstream(forwarding: Forwarding, changed: Mapping[str, Bits]) -> dict[str, Bits]:
    """The classes of packets that may get to a change, by the table they start in; the changes themselves included."""
    found: dict[str, Bits] = {}
    queue = {table: bits & forwarding.classes.inhabited for table, bits in changed.items()}
    while queue:
        table, bits = queue.popitem()
        new = bits & ~found.get(table, 0)
        if new:
            found[table] = found.get(table, 0) | new
            for other in forwarding.before.get(table, ()):
                if led := _leading(forwarding.steps[other], table) & new:
                    queue[other] = queue.get(other, 0) | led
    return found


def _leading(steps: tuple[Step, ...], end: str) -> Bits:
    bits = 0
    for step in steps:
        if end in step.nexts:
            bits |= step.bits
    return bits


def _rise(forwarding: Forwarding, aim: Aim, tables: Values, open_: Mapping[str, Bits]) -> Values:
    """Grows the values of the open tables' open classes, which begin with nothing; what is not open stays."""
    steps, passes, full = forwarding.steps, dict(aim.passes), forwarding.classes.inhabited
    held = {table: aim.held(table, steps[table], full) for table in open_} if aim.ends or aim.crosses else {}
    values, queue = tables | aim.at_ends(forwarding), dict.fromkeys(open_)
    while queue:
        again: dict[str, None] = {}
        for table in queue:
            limit = open_[table]
            value = _value(steps[table], values, aim, limit) | held.get(table, 0) & limit
            value = value & passes.get(table, -1) | values[table] & ~limit
            if value != values[table]:
                values[table] = value
                again.update((other, None) for other in forwarding.before.get(table, ()) if other in open_)
        queue = again
    return {table: values[table] for table in steps}


def _value(steps: tuple[Step, ...], values: Values, aim: Aim, limit: Bits) -> Bits:
    found = 0
    for step in steps:
        if bits := step.bits & limit:
            nexts = step.nexts
            if len(nexts) == 1:
                bits &= values[nexts[0]]
            elif aim.every if step.sure else not aim.best:
                for end in nexts:
                    bits &= values[end]
            else:
                any_ = 0
                for end in nexts:
                    any_ |= values[end]
                bits &= any_
            found |= bits
    return found
