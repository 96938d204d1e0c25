"""Property values of every kind, in and out: numbers, nulls, assets, resources."""

from pulumi import Output, StringAsset

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import preview, refresh, up


def program(stage: int) -> None:
    other = Thing("other")
    with Group("group") as group:
        pass
    Thing(
        "values", none=None, inner={"none": None, "list": [None, 1]}, zero=0, big=2**53, float=0.1, whole=2.0,
        text="\u00e9\n",
        empty={"map": {}, "list": [], "text": ""}, asset=StringAsset(f"text{stage}"),
        resource=other, component=group, resources=[other, group],
        secret=Output.secret(StringAsset("hidden")), output=Output.from_input({"a": other.id}), bool=True,
    )  # fmt: skip


STEPS = [preview(1), up(1), up(1, expect_no_changes=True), refresh(), up(2)]
