"""An AWS account: transit gateways, the VPCs on them, and VPCs with a VPN of their own."""

from dataclasses import asdict
from typing import Any

import pulumi
import pulumi_aws as aws

from hubspoke.compose.cloud import NetworkStack, Outputs, network_args
from hubspoke.compose.stack import HubOutputs, Stack
from hubspoke.plan.model import ONRAMP, AccountPlan, HubPeer, HubPlan, OnRampPlan, PeerRoute, SpokePlan


class AwsStack(NetworkStack):
    """The resources of one AWS account."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack)
        self._accepters: dict[str, aws.ram.ResourceShareAccepter] = {}  # by hub

    def provider(self, account: AccountPlan) -> aws.Provider:
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

    def hub(self, hub: HubPlan) -> Outputs:
        from hubspoke.aws.hub import AwsHub

        sharing = {"organization_sharing": self.stack.plan.organization_sharing}
        args: Any = {**asdict(hub), **sharing, **self.common()}
        return AwsHub(hub.key, args, opts=self.own()).outputs()

    def spoke(self, spoke: SpokePlan, hub: HubOutputs) -> Outputs:
        from hubspoke.aws.spoke import AwsSpoke

        args: Any = {
            **network_args(spoke),
            "transit_gateway_id": self._gateway(spoke, hub),
            "route_tables": {key: hub["route_tables"][key] for key in {*spoke.propagates_to, ONRAMP}},
            "cross_account": spoke.hub_account != self.stack.account.key,
            **self.common(),
        }
        provider = self.provider_of(spoke.hub_account)
        return AwsSpoke(spoke.key, args, opts=self.own(), hub_provider=provider).outputs()

    def onramp(self, onramp: OnRampPlan) -> Outputs:
        from hubspoke.aws.onramp import AwsOnRamp

        args: Any = {**network_args(onramp), **self.common()}
        return AwsOnRamp(onramp.key, args, opts=self.own()).outputs()

    def join(self, hub: HubPlan, peer: HubPeer, here: HubOutputs, there: HubOutputs) -> None:
        from hubspoke.aws.peering import AwsPeering

        args: Any = {
            "here": _side(hub.key, hub.region, peer.routes, here),
            "there": _side(peer.hub, peer.region, peer.returns, there),
            "account_id": peer.account_id,
            "tags": self.stack.tags,
        }
        AwsPeering(peer.key, args, opts=self.own(), peer_provider=self.provider_of(peer.account))

    def _gateway(self, spoke: SpokePlan, hub: HubOutputs) -> pulumi.Output[str]:
        """The hub's gateway, once this account may attach to it: outside an organisation with RAM sharing, the
        account has to accept the hub's share first, once for all its spokes."""
        if self.stack.plan.organization_sharing or spoke.hub_account == self.stack.account.key:
            return hub["transit_gateway_id"]
        if spoke.hub not in self._accepters:
            self._accepters[spoke.hub] = self._accepter(spoke, hub)
        both = pulumi.Output.all(hub["transit_gateway_id"], self._accepters[spoke.hub].id)
        return both.apply(lambda both: both[0])

    def _accepter(self, spoke: SpokePlan, hub: HubOutputs) -> aws.ram.ResourceShareAccepter:
        return aws.ram.ResourceShareAccepter(
            spoke.hub,
            region=spoke.region,
            share_arn=hub["share_arn"],
            opts=pulumi.ResourceOptions(provider=self.provider_of(self.stack.account.key)),
        )


def _side(hub: str, region: str, routes: tuple[PeerRoute, ...], outputs: HubOutputs) -> dict[str, Any]:
    tables = {ONRAMP, *(route.segment for route in routes)}
    return {
        "hub": hub,
        "region": region,
        "transit_gateway_id": outputs["transit_gateway_id"],
        "route_tables": {key: outputs["route_tables"][key] for key in sorted(tables)},
        "routes": [asdict(route) for route in routes],
    }
