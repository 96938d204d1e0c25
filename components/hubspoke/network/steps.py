"""Steps of packets from one table: by where they go on to, the classes of addresses that do."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from hubspoke.network.classes import Bits

LOST, UNSURE, OUT = "(lost)", "(unknown)", "(internet)"  # where a packet may end beside tables and endpoints
LOOP = "(loop)"  # where one never ends

Ends = tuple[str, ...]  # tables by key, endpoints by "=key", or one of the above
Step = tuple[Ends, bool]  # to any of these ends; not sure where only one is right
Steps = dict[Step, Bits]
Into = dict[str, dict[str, Bits]]  # by end, the tables with steps to it, and the classes that may take them


def forks(steps: Steps) -> bool:
    """Whether packets of one class may go to several ends."""
    return any(len(several) > 1 for several, _ in steps)


def doubtful(steps: Steps) -> bool:
    """Whether it is not known where some packets go."""
    return any(not sure or UNSURE in several for several, sure in steps)


def differing(before: Steps, after: Steps, within: Bits) -> Bits:
    """The classes of which the next steps are not the same."""
    other = 0
    for step in before.keys() | after.keys():
        other |= (before.get(step, 0) & within) ^ after.get(step, 0)
    return other


def replaced(before: Steps, new: Steps, within: Bits) -> Steps:
    """The steps with those of these classes as they are now."""
    kept = {step: left for step, bits in before.items() if (left := bits & ~within)}
    return kept | {step: bits | kept.get(step, 0) for step, bits in new.items()}


def joined(steps: Iterable[tuple[Step, Bits]]) -> Steps:
    """The same steps as one."""
    found: Steps = {}
    for step, bits in steps:
        found[step] = found.get(step, 0) | bits
    return found


def ends(steps: Steps) -> dict[str, Bits]:
    """The classes that may go on to each end."""
    found: dict[str, Bits] = {}
    for (several, _), bits in steps.items():
        for end in several:
            found[end] = found.get(end, 0) | bits
    return found


def into(steps: Mapping[str, Steps]) -> Into:
    """Which tables lead to each end."""
    found: Into = defaultdict(dict)
    for table, each in steps.items():
        for end, bits in ends(each).items():
            found[end][table] = bits
    return dict(found)


def into_after(last: Into, before: Mapping[str, Steps], made: Mapping[str, Steps]) -> Into:
    """The same with the steps of some tables made anew."""
    other: Into = defaultdict(dict)
    for table, steps in made.items():
        old, new = ends(before.get(table, {})), ends(steps)
        for end in old.keys() | new.keys():
            if old.get(end) != new.get(end):
                other[end][table] = new.get(end, 0)
    found = dict(last)
    for end, tables in other.items():
        left = {table: bits for table, bits in {**found.pop(end, {}), **tables}.items() if bits}
        found |= {end: left} if left else {}
    return found
