"""Hooks that are asked whether to try again what failed."""

import pulumi
from pulumi import ErrorHook, ErrorHookArgs, ResourceHookBinding, ResourceOptions

from tests.conformance.resources import Thing
from tests.conformance.steps import up

REFUSED = "error hooks"


def give_up(args: ErrorHookArgs) -> bool:
    pulumi.log.info(f"said: {args.name} failed")
    return False


def program(_: int) -> None:
    hook = ErrorHook("give-up", give_up)
    Thing("thing", ResourceOptions(hooks=ResourceHookBinding(on_error=[hook])))


STEPS = [up(1, faults={"create thing": "quota exceeded"}), up(1)]
