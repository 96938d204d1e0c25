"""Resources made inside apply: their names, their parents and their number come from outputs."""

from pulumi import Output, ResourceOptions

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    base = Thing("base", size=stage)

    def make(token: str) -> str | Output[str]:
        with Group(f"group-{token}") as group:
            Thing(f"leaf-{token}", group.options())
        return Thing(f"made-{token}", ResourceOptions(parent=base)).token

    made: Output[str] = base.token.apply(make)
    base.size.apply(lambda size: [Thing(f"numbered-{i}", size=i) for i in range(int(size))])
    Thing("user", label=made)


STEPS = [preview(1), up(1), preview(2), up(2), up(1)]
