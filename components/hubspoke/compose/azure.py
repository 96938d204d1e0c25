"""An Azure subscription: virtual hubs in one virtual WAN, the VNets on them, and VNets with a VPN gateway."""

from dataclasses import asdict
from functools import cached_property
from typing import Any

import pulumi
import pulumi_azure_native as azure

from hubspoke.compose.cloud import NetworkStack, Outputs, network_args
from hubspoke.compose.stack import HubOutputs
from hubspoke.plan.model import ONRAMP, AccountPlan, HubPeer, HubPlan, OnRampPlan, SpokePlan


class AzureStack(NetworkStack):
    """The resources of one Azure subscription."""

    def provider(self, account: AccountPlan) -> azure.Provider:
        # No location: every resource has its own. Credentials are those of the environment.
        return azure.Provider(account.key, subscription_id=account.id, tenant_id=account.tenant or None)

    def hub(self, hub: HubPlan) -> Outputs:
        from hubspoke.azure.hub import AzureHub

        args: Any = {**asdict(hub), "virtual_wan_id": self._virtual_wan_id, **self.common()}
        return AzureHub(hub.key, args, opts=self.own()).outputs()

    def spoke(self, spoke: SpokePlan, hub: HubOutputs) -> Outputs:
        from hubspoke.azure.spoke import AzureSpoke

        args: Any = {
            **network_args(spoke),
            "virtual_hub_id": hub["virtual_hub_id"],
            "route_tables": {key: hub["route_tables"][key] for key in {*spoke.propagates_to, ONRAMP}},
            "cross_account": spoke.hub_account != self.stack.account.key,
            **self.common(),
        }
        provider = self.provider_of(spoke.hub_account)
        return AzureSpoke(spoke.key, args, opts=self.own(), hub_provider=provider).outputs()

    def onramp(self, onramp: OnRampPlan) -> Outputs:
        from hubspoke.azure.onramp import AzureOnRamp

        args: Any = {**network_args(onramp), **self.common()}
        return AzureOnRamp(onramp.key, args, opts=self.own()).outputs()

    def join(self, hub: HubPlan, peer: HubPeer, here: HubOutputs, there: HubOutputs) -> None:
        del here, there
        raise pulumi.RunError(f"peering {peer.key!r} of hub {hub.key!r}: a virtual WAN joins its hubs by itself")

    @cached_property
    def _virtual_wan_id(self) -> pulumi.Output[str]:
        """The one virtual WAN of the account, made with its first hub."""
        from hubspoke.azure.wan import AzureWan

        account = self.stack.account
        protect = any(hub.protect for hub in account.hubs)
        args: Any = {"region": account.region, "protect": protect, "tags": self.stack.tags}
        return AzureWan(account.key, args, opts=self.own()).virtual_wan_id
