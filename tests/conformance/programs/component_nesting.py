"""Components in components: parents, outputs, and the deletion of a whole branch."""

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import destroy, preview, up


def program(stage: int) -> None:
    with Group("outer", label="plain") as outer:
        with Group("inner", outer.options()) as inner:
            leaf = Thing("leaf", inner.options(), label="l")
            inner.outputs = {"leaf": leaf.token, "both": {"list": [leaf.id, 1]}}
        if stage == 1:
            with Group("second", outer.options()) as second:
                Thing("other", second.options(), label=leaf.token)
        outer.outputs = {"stage": stage}
    with Group("empty"):
        pass


STEPS = [preview(1), up(1), up(1, expect_no_changes=True), up(2), destroy()]
