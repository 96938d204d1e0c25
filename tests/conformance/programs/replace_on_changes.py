"""Changes that are made replacements by the program: whole, nested, by wildcard; and replacement triggers."""

from pulumi import ResourceOptions

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    n = stage
    Thing("whole", ResourceOptions(replace_on_changes=["label"]), label=f"l{n}")
    Thing("nested", ResourceOptions(replace_on_changes=["tags.x"]), tags={"x": min(n, 2), "y": n})
    Thing("list", ResourceOptions(replace_on_changes=["rules[*].port"]), rules=[{"port": 1, "name": n}, {"port": n}])
    Thing("any", ResourceOptions(replace_on_changes=["*"]), size=n)
    Thing("untouched", ResourceOptions(replace_on_changes=["label"]), size=n)
    trigger = Thing("trigger", ResourceOptions(replacement_trigger=f"t{min(n, 2)}"))
    Thing("with", ResourceOptions(replace_with=[trigger]))


STEPS = [up(1), preview(2), up(2), up(2, expect_no_changes=True), up(3)]
