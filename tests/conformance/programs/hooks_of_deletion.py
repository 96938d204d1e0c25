"""A stack whose resources have hooks for their deletion cannot be destroyed without its program."""

import pulumi
from pulumi import ResourceHook, ResourceHookArgs, ResourceHookBinding, ResourceOptions

from tests.conformance.resources import Thing
from tests.conformance.steps import destroy, up


def tell(args: ResourceHookArgs) -> None:
    pulumi.log.info(args.name)


def program(stage: int) -> None:
    hook = ResourceHook("tell", tell)
    if stage == 1:
        Thing("thing", ResourceOptions(hooks=ResourceHookBinding(before_delete=[hook])))


STEPS = [up(1), destroy(), up(2), destroy()]
