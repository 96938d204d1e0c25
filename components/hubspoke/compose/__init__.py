"""One account's stack: its part of the Plan as components, with explicit providers.

The same code runs under `pulumi up` and `hubspoke up`. What is one cloud's own is in the module of that name, which is
imported when an account of that cloud is composed.
"""

from importlib import import_module
from pathlib import Path

import pulumi

from hubspoke.compose.cloud import CloudStack
from hubspoke.compose.stack import HubNotDeployed, Stack
from hubspoke.intent import IntentError
from hubspoke.plan.handed import plan_of
from hubspoke.plan.model import AccountPlan, Plan

__all__ = ["AccountStack", "CloudStack", "HubNotDeployed", "compose"]

# Where each cloud's stack is made: a module and the class in it.
_CLOUDS = {
    "aws": ("hubspoke.compose.aws", "AwsStack"),
    "azure": ("hubspoke.compose.azure", "AzureStack"),
    "gcp": ("hubspoke.compose.gcp", "GcpStack"),
    "cloudflare": ("hubspoke.compose.cloudflare", "CloudflareStack"),
}


def compose(wan_file: Path) -> None:
    """Declare the resources of the current stack: the account of the same name in `wan_file`.

    Raises pulumi.RunError, which engines show without a traceback, for a bad file and for a stack that is no account.
    """
    try:
        plan = plan_of(wan_file, wan_file.with_suffix(".lock"), pulumi.get_stack())
        account = plan.account(pulumi.get_stack())
    except IntentError as error:
        raise pulumi.RunError(str(error)) from error
    except KeyError as error:
        raise pulumi.RunError(error.args[0]) from error
    AccountStack(plan, account).declare()


class AccountStack:
    """The resources of one account, made as its cloud makes them."""

    def __init__(self, plan: Plan, account: AccountPlan) -> None:
        self._stack = Stack(plan, account)

    def declare(self) -> None:
        """Makes everything, and exports what other stacks and people need of it."""
        made = _stack_class(self._stack.account)(self._stack).declare()
        for name, value in made.items():
            pulumi.export(name, value)


def _stack_class(account: AccountPlan) -> type[CloudStack]:
    module, name = _CLOUDS[account.cloud]
    try:
        found: type[CloudStack] = getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        what = f"account {account.key!r} is in {account.cloud}, which needs the module {error.name!r}"
        raise pulumi.RunError(f"{what}: install hubspoke with all that it uses of this cloud") from error
    return found
