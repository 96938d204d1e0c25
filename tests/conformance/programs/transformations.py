"""The older, local kind of transforms, on resources and on the stack."""

import pulumi
from pulumi import ResourceOptions, ResourceTransformationArgs, ResourceTransformationResult

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import preview, up


def tag(args: ResourceTransformationArgs) -> ResourceTransformationResult | None:
    if not args.type_.endswith("Thing"):
        return None
    merged = ResourceOptions.merge(args.opts, ResourceOptions(additional_secret_outputs=["token"]))
    return ResourceTransformationResult({**args.props, "label": "tagged"}, merged)


def program(stage: int) -> None:
    if stage == 2:
        pulumi.runtime.register_stack_transformation(tag)
    Thing("plain")
    with Group("group", ResourceOptions(transformations=[tag])) as group:
        Thing("child", group.options())


STEPS = [up(1), preview(2), up(2)]
