"""Hooks around each operation: what they are told, in order, where they run in previews, and when they fail."""

import pulumi
from pulumi import ResourceHook, ResourceHookArgs, ResourceHookBinding, ResourceHookOptions, ResourceOptions

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import preview, up


def tell(args: ResourceHookArgs) -> None:
    told = {"id": args.id, "new": args.new_inputs, "old": args.old_inputs, "out": args.new_outputs}
    pulumi.log.info(
        f"said: {args.name} {sorted((k, sorted(v) if isinstance(v, dict) else v) for k, v in told.items())}"
    )


def fail(_: ResourceHookArgs) -> None:
    raise ValueError("the hook failed")


def program(stage: int) -> None:
    hook = ResourceHook("tell", tell)
    eager = ResourceHook("eager", tell, ResourceHookOptions(on_dry_run=True))
    binding = ResourceHookBinding(
        before_create=[hook], after_create=[hook], before_update=[hook, eager], after_update=[hook],
        before_delete=[eager], after_delete=[hook],
    )  # fmt: skip
    first = Thing("a", ResourceOptions(hooks=binding), size=min(stage, 2), fixed=stage == 3)
    with Group("group", ResourceOptions(hooks=ResourceHookBinding(after_create=[hook]))) as group:
        Thing("inside", group.options())
    if stage < 4:
        Thing("b", ResourceOptions(hooks=binding))
    if stage > 4:
        broken = ResourceHook("broken", fail)
        before, after = ResourceHookBinding(before_create=[broken]), ResourceHookBinding(after_create=[broken])
        Thing(f"c{stage}", ResourceOptions(hooks=before if stage == 5 else after, depends_on=[first, group]))


STEPS = [preview(1), up(1), preview(2), up(2), up(3), up(4), up(5), up(6)]
