"""A creation that fails: what was made before is recorded, what depends on it is not begun, the next run goes on."""

from pulumi import ResourceOptions

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import destroy, preview, up


def program(_: int) -> None:
    first = Thing("first")
    with Group("group", ResourceOptions(depends_on=[first])) as group:
        failing = Thing("failing", group.options(), label=first.token)
        group.outputs = {"token": failing.token}
    Thing("after", label=failing.token)


STEPS = [up(1, faults={"create failing": "quota exceeded"}), preview(1), up(1), destroy()]
