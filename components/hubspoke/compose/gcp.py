"""A Google Cloud project: hubs, the networks on them, and networks with a VPN of their own."""

from dataclasses import asdict
from typing import Any

import pulumi
import pulumi_gcp as gcp

from hubspoke.compose.cloud import NetworkStack, Outputs, network_args
from hubspoke.compose.stack import HubOutputs
from hubspoke.plan.model import AccountPlan, HubPeer, HubPlan, OnRampPlan, SpokePlan


class GcpStack(NetworkStack):
    """The resources of one Google Cloud project."""

    def provider(self, account: AccountPlan) -> gcp.Provider:
        return gcp.Provider(
            account.key,
            project=account.id,
            region=account.region,
            impersonate_service_account=account.role or None,
            # Every resource has its own region: a new hub that comes first by key must not move the provider's.
            opts=pulumi.ResourceOptions(ignore_changes=["region"]),
        )

    def hub(self, hub: HubPlan) -> Outputs:
        from hubspoke.gcp.hub import GcpHub

        args: Any = {**asdict(hub), **self.common()}
        return GcpHub(hub.key, args, opts=self.own()).outputs()

    def spoke(self, spoke: SpokePlan, hub: HubOutputs) -> Outputs:
        """A hub has static routing where its spokes have static routes at Cloudflare."""
        from hubspoke.gcp.spoke import GcpSpoke

        away, static = spoke.hub_account != self.stack.account.key, bool(spoke.cloudflare_routes)
        args: Any = {
            **network_args(spoke),
            "hub_id": hub["hub_id"],
            "groups": {} if static else {spoke.segment: hub["groups"][spoke.segment]},
            "transit_network": hub["network"] if static else None,
            "cross_account": away,
            **self.common(),
        }
        provider = self.provider_of(spoke.hub_account) if away and static else None
        return GcpSpoke(spoke.key, args, opts=self.own(), hub_provider=provider).outputs()

    def onramp(self, onramp: OnRampPlan) -> Outputs:
        from hubspoke.gcp.onramp import GcpOnRamp

        args: Any = {**network_args(onramp), **self.common()}
        return GcpOnRamp(onramp.key, args, opts=self.own()).outputs()

    def join(self, hub: HubPlan, peer: HubPeer, here: HubOutputs, there: HubOutputs) -> None:
        del here, there
        raise pulumi.RunError(
            f"peering {peer.key!r} of hub {hub.key!r}: hubs on Google Cloud are joined over Cloudflare, as a network "
            "is a spoke of one Network Connectivity Center hub; remove the peering from the intent"
        )
