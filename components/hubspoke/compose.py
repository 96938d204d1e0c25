"""One account's stack: its part of the Plan as components, with explicit providers.

The same code runs under `pulumi up` and `hubspoke up`. Stacks of accounts with spokes read their hubs' outputs by
StackReference; the reference is made only where the hub is in another account.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws

from hubspoke.intent import IntentError
from hubspoke.pending import PENDING, pending_stacks
from hubspoke.plan.handed import plan_of
from hubspoke.plan.model import ONRAMP, AccountPlan, HubPlan, Plan, SpokePlan


class HubNotDeployed(pulumi.RunError):
    """A spoke's hub has no outputs yet; the message says which stack to bring up first."""


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
    """The resources of one account."""

    def __init__(self, plan: Plan, account: AccountPlan) -> None:
        self._plan, self._account = plan, account
        self._tags = {**dict(plan.tags), "hubspoke:wan": plan.wan, "hubspoke:stack": account.key}
        self._providers = {account.key: self._aws_provider(account)}
        self._cloudflare = self._cloudflare_provider()
        self._hubs: dict[str, pulumi.Output[Any]] = {}
        self._accepters: dict[str, aws.ram.ResourceShareAccepter] = {}  # by hub

    def declare(self) -> None:
        """Hubs first, then spokes; exports what other stacks and people need of them."""
        hubs = {hub.key: self._hub(hub) for hub in self._account.hubs}
        self._hubs[self._account.key] = pulumi.Output.from_input(hubs)
        spokes = {spoke.key: self._spoke(spoke) for spoke in self._account.spokes}
        pulumi.export("hubs", hubs)
        pulumi.export("spokes", spokes)

    def _aws_provider(self, account: AccountPlan) -> aws.Provider:
        role = f"arn:aws:iam::{account.id}:role/{account.role}"
        assumed = aws.ProviderAssumeRoleArgs(role_arn=role, session_name="hubspoke")
        return aws.Provider(
            account.key,
            region=account.region,
            allowed_account_ids=[account.id],
            assume_roles=[assumed],
            # Every resource has its own region: a new hub that comes first by key must not move the provider's.
            opts=pulumi.ResourceOptions(ignore_changes=["region"]),
        )

    def _cloudflare_provider(self) -> pulumi.ProviderResource | None:
        if not self._account.hubs and not any(s.cloudflare_routes for s in self._account.spokes):
            return None
        # Imported here: it takes over a second, and a stack without static routes has no use for it.
        import pulumi_cloudflare as cf

        # Without the secret, the provider takes CLOUDFLARE_API_TOKEN from the environment.
        return cf.Provider("cloudflare", api_token=pulumi.Config().get_secret("cloudflareApiToken"))

    def _own(self) -> pulumi.ResourceOptions:
        providers = [self._providers[self._account.key], self._cloudflare]
        return pulumi.ResourceOptions(providers=[p for p in providers if p])

    def _hub(self, hub: HubPlan) -> dict[str, pulumi.Output[Any]]:
        from hubspoke.aws.hub import AwsHub

        args: Any = {
            **asdict(hub),
            "organization_sharing": self._plan.organization_sharing,
            "cloudflare": asdict(self._plan.cloudflare),
            "tags": self._tags,
        }
        return AwsHub(hub.key, args, opts=self._own()).outputs()

    def _spoke(self, spoke: SpokePlan) -> dict[str, pulumi.Output[Any]]:
        from hubspoke.aws.spoke import AwsSpoke

        hub = self._hub_outputs(spoke.hub_account).apply(lambda hubs: self._deployed(hubs, spoke))
        adopted = spoke.adopted and asdict(spoke.adopted)
        args: Any = {
            **asdict(spoke),
            "adopted": adopted and {**adopted, **{k: dict(adopted[k]) for k in ("subnets", "route_tables")}},
            "transit_gateway_id": self._gateway(spoke, hub),
            "route_tables": {key: hub["route_tables"][key] for key in {*spoke.propagates_to, ONRAMP}},
            "cross_account": spoke.hub_account != self._account.key,
            "cloudflare": asdict(self._plan.cloudflare),
            "tags": self._tags,
        }
        provider = self._hub_provider(spoke.hub_account)
        return AwsSpoke(spoke.key, args, opts=self._own(), hub_provider=provider).outputs()

    def _hub_provider(self, account: str) -> aws.Provider:
        if account not in self._providers:
            self._providers[account] = self._aws_provider(self._plan.account(account))
        return self._providers[account]

    def _hub_outputs(self, account: str) -> pulumi.Output[Any]:
        """The "hubs" output of an account's stack; unknown in a preview that takes that stack as pending."""
        if account not in self._hubs:
            self._hubs[account] = _unknown() if account in pending_stacks() else self._reference(account)
        return self._hubs[account]

    def _reference(self, account: str) -> pulumi.Output[Any]:
        name = f"{pulumi.get_organization()}/{pulumi.get_project()}/{account}"
        return pulumi.StackReference(name).get_output("hubs").apply(lambda hubs: hubs or {})

    def _deployed(self, hubs: dict[str, Any], spoke: SpokePlan) -> Any:
        if spoke.hub in hubs:
            return hubs[spoke.hub]
        raise HubNotDeployed(
            f"spoke {spoke.key!r} attaches to hub {spoke.hub!r}, which stack {spoke.hub_account!r} has not "
            f"deployed yet: run `hubspoke up --stack {spoke.hub_account}` first"
        )

    def _gateway(self, spoke: SpokePlan, hub: pulumi.Output[Any]) -> pulumi.Output[str]:
        """The hub's gateway, once this account may attach to it: outside an organisation with RAM sharing, the
        account has to accept the hub's share first, once for all its spokes."""
        if self._plan.organization_sharing or spoke.hub_account == self._account.key:
            return hub["transit_gateway_id"]
        if spoke.hub not in self._accepters:
            self._accepters[spoke.hub] = self._accepter(spoke, hub)
        both = pulumi.Output.all(hub["transit_gateway_id"], self._accepters[spoke.hub].id)
        return both.apply(lambda both: both[0])

    def _accepter(self, spoke: SpokePlan, hub: pulumi.Output[Any]) -> aws.ram.ResourceShareAccepter:
        return aws.ram.ResourceShareAccepter(
            spoke.hub,
            region=spoke.region,
            share_arn=hub["share_arn"],
            opts=pulumi.ResourceOptions(provider=self._providers[self._account.key]),
        )


def _unknown() -> pulumi.Output[Any]:
    """An output that is not known until the stack it comes from is up."""
    if not pulumi.runtime.is_dry_run():
        raise HubNotDeployed(f"{PENDING} is for previews only")
    return pulumi.Output.from_input(pulumi.output.UNKNOWN)
