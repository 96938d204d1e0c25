"""What stands in the way of destroying stacks, found before anything is deleted."""

from collections.abc import Callable, Sequence

from hubspoke.operate.errors import OperateError
from hubspoke.operate.stack import Stack
from hubspoke.plan.model import Plan


class DestroyRefused(OperateError):
    """Destroying would fail half-way; nothing was deleted. The message says what to do first."""


def check_destroy(plan: Plan, chosen: Sequence[str], stack: Callable[[str], Stack]) -> None:
    """Raises DestroyRefused where a chosen stack holds protected resources, or networks of others are on its hubs."""
    problems = [text for name in chosen for text in (_protected(stack(name)), _used(plan, name, chosen, stack)) if text]
    if problems:
        raise DestroyRefused("\n".join(["nothing was destroyed:", *problems]))


def _protected(stack: Stack) -> str:
    """What is protected in a stack; "" if nothing is."""
    names = [str(resource["urn"]).rsplit("::", 1)[-1] for resource in _resources(stack) if resource.get("protect")]
    if not names:
        return ""
    return (
        f"  {stack.name}: {', '.join(sorted(set(names)))} {'is' if len(names) == 1 else 'are'} protected; set "
        f"`protect: false` on the hub in wan.yaml and run `hubspoke up --stack {stack.name}` first"
    )


def _used(plan: Plan, name: str, chosen: Sequence[str], stack: Callable[[str], Stack]) -> str:
    """Which stacks that are not to be destroyed have networks on this one's hubs; "" if none."""
    dependents = [account.key for account in plan.accounts if name in account.depends_on and account.key not in chosen]
    up = [key for key in dependents if any(r.get("custom") for r in _resources(stack(key)))]
    if not up:
        return ""
    return f"  {name}: networks of {', '.join(up)} are attached to its hubs; destroy those stacks first, or use --all"


def _resources(stack: Stack) -> list[dict[str, object]]:
    if not stack.exists():
        return []
    found: list[dict[str, object]] = stack.export_stack()["deployment"].get("resources") or []
    return found
