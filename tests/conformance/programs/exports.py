"""Stack outputs of every kind, and their change and removal."""

from typing import Any

import pulumi
from pulumi import Output, StringAsset

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import destroy, preview, up


def program(stage: int) -> None:
    thing = Thing("thing", size=stage)
    with Group("group") as group:
        group.outputs = {"a": 1}
    values: dict[str, Any] = {
        "none": None, "true": True, "false": False, "zero": 0, "int": 7, "big": 2**53, "float": 1.5, "negative": -1e-9,
        "empty": "", "text": 'quote " and \u00fc <&>', "list": [1, None, ["x"], {}], "map": {"b": 1, "a": {"n": None}},
        "emptyList": [], "emptyMap": {}, "secret": Output.secret({"a": [1]}),
        "half": {"open": 1, "shut": Output.secret(2)},
        "output": thing.token, "id": thing.id, "urn": thing.urn, "nested": {"deep": [thing.token]},
        "resource": thing, "component": group, "resources": [thing, {"g": group}],
        "asset": StringAsset("text"),
        "future": Output.from_input({"x": Output.from_input([1, thing.size])}),
    }  # fmt: skip
    for name, value in values.items():
        if stage == 1 or name not in ("none", "int"):
            pulumi.export(name, value)
    pulumi.export("stage", stage)


STEPS = [preview(1), up(1), up(1, expect_no_changes=True), up(2), destroy()]
