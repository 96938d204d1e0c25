"""What every stack has, whatever its cloud: its part of the Plan, its tags, and the way to other stacks' outputs."""

from collections.abc import Mapping
from typing import Any, Protocol

import pulumi

from hubspoke.pending import PENDING, pending_stacks
from hubspoke.plan.model import AccountPlan, Plan


class HubOutputs(Protocol):
    """What a hub gives to others, by name."""

    def __getitem__(self, name: str) -> pulumi.Output[Any]: ...


class HubNotDeployed(pulumi.RunError):
    """A hub that is needed has no outputs yet; the message says which stack to bring up first."""


class Stack:
    """One account's stack. A stack is referred to only where one of its hubs is needed here."""

    def __init__(self, plan: Plan, account: AccountPlan) -> None:
        self.plan, self.account = plan, account
        self.tags = {**dict(plan.tags), "hubspoke:wan": plan.wan, "hubspoke:stack": account.key}
        self._own: Mapping[str, HubOutputs] = {}
        self._hubs: dict[str, pulumi.Output[Any]] = {}

    def has_hubs(self, hubs: Mapping[str, HubOutputs]) -> None:
        """What this stack's own hubs give. Each output stays one of its own, with what it alone depends on."""
        self._own = hubs

    def hub(self, hub: str, account: str, needed_by: str) -> HubOutputs:
        """The outputs of one hub. Raises HubNotDeployed, when they are looked at, where its stack is not up yet."""
        if account == self.account.key:
            return self._own[hub]
        return self._hub_outputs(account).apply(lambda hubs: _deployed(hubs, hub, account, needed_by))

    def cloudflare_provider(self) -> pulumi.ProviderResource:
        # Imported here: it takes over a second, and a stack without tunnels and static routes has no use for it.
        import pulumi_cloudflare as cf

        # Without the secret, the provider takes CLOUDFLARE_API_TOKEN from the environment.
        return cf.Provider("cloudflare", api_token=pulumi.Config().get_secret("cloudflareApiToken"))

    def _hub_outputs(self, account: str) -> pulumi.Output[Any]:
        """The "hubs" output of an account's stack; unknown in a preview that takes that stack as pending."""
        if account not in self._hubs:
            self._hubs[account] = _unknown() if account in pending_stacks() else _reference(account)
        return self._hubs[account]


def _reference(account: str) -> pulumi.Output[Any]:
    name = f"{pulumi.get_organization()}/{pulumi.get_project()}/{account}"
    return pulumi.StackReference(name).get_output("hubs").apply(lambda hubs: hubs or {})


def _deployed(hubs: dict[str, Any], hub: str, account: str, needed_by: str) -> Any:
    if hub in hubs:
        return hubs[hub]
    raise HubNotDeployed(
        f"{needed_by} hub {hub!r}, which stack {account!r} has not "
        f"deployed yet: run `hubspoke up --stack {account}` first"
    )


def _unknown() -> pulumi.Output[Any]:
    """An output that is not known until the stack it comes from is up."""
    if not pulumi.runtime.is_dry_run():
        raise HubNotDeployed(f"{PENDING} is for previews only")
    return pulumi.Output.from_input(pulumi.output.UNKNOWN)
