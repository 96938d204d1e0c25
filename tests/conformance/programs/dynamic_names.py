"""Resources named by data: added, removed and moved without touching the others."""

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import preview, up

KEYS = {1: ["b", "a", "c"], 2: ["c", "d", "a"], 3: ["weird name", "slash/es", "co:lon", "a"]}


def program(stage: int) -> None:
    for key in KEYS[stage]:
        with Group(f"site-{key}") as group:
            leaf = Thing(f"leaf-{key}", group.options(), label=key)
            Thing(f"other-{key}", group.options(), label=leaf.token)


STEPS = [up(1), preview(2), up(2), up(3)]
