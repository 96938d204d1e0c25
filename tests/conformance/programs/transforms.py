"""Transforms of resources and of the whole stack, of inputs and of options, in their order."""

from typing import Any

import pulumi
from pulumi import ResourceOptions, ResourceTransformArgs, ResourceTransformResult

from tests.conformance.resources import Group, Provider, Thing
from tests.conformance.steps import preview, up


def say(word: str, **changed: Any) -> Any:
    def transform(args: ResourceTransformArgs) -> ResourceTransformResult | None:
        if not args.type_.endswith("Thing"):
            return None
        before: Any = args.props.get("said", [])
        return ResourceTransformResult(
            {**args.props, "said": [*before, word]}, ResourceOptions.merge(args.opts, ResourceOptions(**changed))
        )

    return transform


def program(stage: int) -> None:
    pulumi.runtime.register_resource_transform(say("stack", protect=stage == 1))
    base = Thing("base")
    own = [say("own", ignore_changes=["label"]), say("again")]
    Thing("transformed", ResourceOptions(transforms=own), label=f"l{stage}")
    with Group("group", ResourceOptions(transforms=[say("parent", depends_on=[base])])) as group:
        Thing("child", group.options(transforms=[say("child")]), label=base.token)
        Thing("plain", group.options(), label=pulumi.Output.secret("s"))
    other = Provider("other", account="two")
    Thing("moved", ResourceOptions(transforms=[say("moved", provider=other)]))


STEPS = [preview(1), up(1), up(1, expect_no_changes=True), up(2)]
