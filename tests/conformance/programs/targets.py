"""Runs limited to some resources, with and without what depends on them."""

from tests.conformance.resources import Group, Thing, urn
from tests.conformance.steps import destroy, preview, up


def program(stage: int) -> None:
    base = Thing("base", size=stage)
    user = Thing("user", label=base.revision)
    Thing("behind", label=user.revision)
    with Group("group") as group:
        Thing("inside", group.options(), size=stage)
    if stage < 4:
        Thing("other", size=stage)
    if stage == 3:
        Thing("new", size=stage)


STEPS = [
    up(1), preview(2, targets=(urn("base"),)), up(2, targets=(urn("base"),)),
    up(3, targets=(urn("base"),), target_dependents=True), preview(3, targets=(urn("inside", parents="Group"),)),
    up(3, targets=(urn("inside", parents="Group"), urn("new"))), up(4, targets=(urn("base"),)),
    up(4, targets=(urn("other"),)), up(4, targets=(urn("nothing"),)), up(4),
    destroy(targets=(urn("base"),)), destroy(targets=(urn("user"),), target_dependents=True), destroy(),
]  # fmt: skip
