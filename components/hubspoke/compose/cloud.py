"""What each cloud's module gives: an account's parts of the Plan as that cloud's components."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pulumi

from hubspoke.compose.stack import HubOutputs, Stack
from hubspoke.plan.model import AccountPlan, AdoptedNetwork, HubPeer, HubPlan, OnRampPlan, SpokePlan

Outputs = Mapping[str, pulumi.Output[Any]]


class CloudStack(ABC):
    """The resources of one account."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    @abstractmethod
    def declare(self) -> dict[str, Any]:
        """Makes everything. Returns what the stack exports, by name."""


class NetworkStack(CloudStack):
    """An account of a cloud with networks: hubs first, then the joins between hubs, spokes and on-ramps."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack)
        self._providers = {stack.account.key: self.provider(stack.account)}
        self._cloudflare = stack.cloudflare_provider() if _uses_cloudflare(stack.account) else None

    @abstractmethod
    def provider(self, account: AccountPlan) -> pulumi.ProviderResource:
        """The provider of an account: this stack's own, or that of one with hubs that are needed here."""

    @abstractmethod
    def hub(self, hub: HubPlan) -> Outputs:
        """Makes a hub. Returns what its spokes need of it."""

    @abstractmethod
    def spoke(self, spoke: SpokePlan, hub: HubOutputs) -> Outputs:
        """Makes a spoke on a hub with these outputs."""

    @abstractmethod
    def onramp(self, onramp: OnRampPlan) -> Outputs:
        """Makes a single on-ramp."""

    @abstractmethod
    def join(self, hub: HubPlan, peer: HubPeer, here: HubOutputs, there: HubOutputs) -> None:
        """Joins two hubs with these outputs, of which the one here initiates."""

    def declare(self) -> dict[str, Any]:
        account = self.stack.account
        hubs = {hub.key: self.hub(hub) for hub in account.hubs}
        self.stack.has_hubs(hubs)
        made: dict[str, Any] = {"hubs": hubs}
        self._join_hubs()
        made["spokes"] = {spoke.key: self.spoke(spoke, self._hub_of(spoke)) for spoke in account.spokes}
        if account.onramps:
            made["onramps"] = {onramp.key: self.onramp(onramp) for onramp in account.onramps}
        return made

    def own(self) -> pulumi.ResourceOptions:
        """The options of a component of this account: its provider, and Cloudflare's where it is used."""
        providers = [self._providers[self.stack.account.key], self._cloudflare]
        return pulumi.ResourceOptions(providers=[provider for provider in providers if provider])

    def provider_of(self, account: str) -> Any:
        """The provider of any account, made once. The plan knows those that this one depends on."""
        if account not in self._providers:
            self._providers[account] = self.provider(self.stack.plan.account(account))
        return self._providers[account]

    def common(self) -> dict[str, Any]:
        """The arguments that every component takes."""
        return {"cloudflare": asdict(self.stack.plan.cloudflare), "tags": self.stack.tags}

    def _hub_of(self, spoke: SpokePlan) -> HubOutputs:
        return self.stack.hub(spoke.hub, spoke.hub_account, f"spoke {spoke.key!r} attaches to")

    def _join_hubs(self) -> None:
        for hub in self.stack.account.hubs:
            for peer in hub.peers:
                if peer.initiates:
                    needed_by = f"hub {hub.key!r} is joined with"
                    here = self.stack.hub(hub.key, hub.account, needed_by)
                    self.join(hub, peer, here, self.stack.hub(peer.hub, peer.account, needed_by))


def network_args(part: SpokePlan | OnRampPlan) -> dict[str, Any]:
    """A spoke or on-ramp as arguments of its component."""
    return {**asdict(part), "adopted": part.adopted and _adopted_args(part.adopted)}


def _adopted_args(adopted: AdoptedNetwork) -> dict[str, Any]:
    return {
        "network": adopted.network,
        "subnets": dict(adopted.subnets),
        "route_tables": dict(adopted.route_tables),
    }


def _uses_cloudflare(account: AccountPlan) -> bool:
    return bool(account.hubs or account.onramps or any(spoke.cloudflare_routes for spoke in account.spokes))
