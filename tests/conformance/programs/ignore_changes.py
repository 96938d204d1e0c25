"""Properties whose changes are ignored: whole, nested, in lists, by wildcard, missing on either side."""

from pulumi import ResourceOptions

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, refresh, up


def program(stage: int) -> None:
    n = stage
    Thing("whole", ResourceOptions(ignore_changes=["label"]), label=f"l{n}", other=f"o{min(n, 2)}")
    Thing("nested", ResourceOptions(ignore_changes=["tags.x", 'tags["a.b"]']), tags={"x": n, "a.b": n, "y": n})
    Thing("list", ResourceOptions(ignore_changes=["rules[0].port", "rules[1]"]),
          rules=[{"port": n, "name": f"r{n}"}, {"port": n}])  # fmt: skip
    Thing("wildcard", ResourceOptions(ignore_changes=["rules[*].port", "tags.*"]),
          rules=[{"port": n, "name": "a"}, {"port": n, "name": f"b{n}"}], tags={"x": n})  # fmt: skip
    Thing("fixed", ResourceOptions(ignore_changes=["fixed"]), fixed=n)
    added = {"label": "added"} if n > 1 else {}
    Thing("added", ResourceOptions(ignore_changes=["label"]), **added)
    removed = {"label": "removed"} if n == 1 else {}
    Thing("removed", ResourceOptions(ignore_changes=["label"]), **removed)
    Thing("everything", ResourceOptions(ignore_changes=["*"]), label=f"l{n}", size=n)


STEPS = [
    up(1), preview(2), up(2), up(2, expect_no_changes=True),
    refresh(edit={"whole-1": {"label": "drifted", "other": "drifted"}, "nested-1": {"tags": {"x": 9, "y": 9}}}), up(3),
]  # fmt: skip
