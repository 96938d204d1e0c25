"""The arguments of spokes: what is the same on every cloud, and each cloud's own."""

from typing import NotRequired, TypedDict

import pulumi

from hubspoke.args.parts import AdoptedArgs, CloudflareArgs, CloudflareRouteArgs, RuleArgs, SubnetArgs


class SpokeArgs(TypedDict):
    region: str
    """Region of the spoke and of its hub."""
    segment: str
    """Segment the attachment is associated with."""
    cidr: str
    """Prefix of the network."""
    propagates_to: list[str]
    """Segments whose tables learn this network."""
    wan_prefixes: list[str]
    """Prefixes routed to the hub."""
    cross_account: bool
    """Whether the hub is in another account, so that the attachment must be accepted there."""
    cloudflare: CloudflareArgs
    """The Cloudflare account in the middle."""
    subnets: NotRequired[list[SubnetArgs]]
    """Subnets of a new network."""
    adopted: NotRequired[AdoptedArgs | None]
    """An existing network instead of a new one."""
    ingress: NotRequired[list[RuleArgs]]
    """What the spoke's filter lets in."""
    egress: NotRequired[list[RuleArgs]]
    """What the spoke's filter lets out."""
    cloudflare_routes: NotRequired[list[CloudflareRouteArgs]]
    """Static routes to this network at Cloudflare."""
    tags: NotRequired[dict[str, str]]
    """Tags on everything that takes tags."""


class AwsSpokeArgs(SpokeArgs):
    transit_gateway_id: pulumi.Input[str]
    """Id of the hub's transit gateway."""
    route_tables: pulumi.Input[dict[str, pulumi.Input[str]]]
    """Ids of the hub's route tables: one per segment, and "onramp"."""
    hub_role_arn: NotRequired[pulumi.Input[str]]
    """Role that is assumed in the hub's account to take the attachment in; for programs without `hub_provider`."""


class AzureSpokeArgs(SpokeArgs):
    virtual_hub_id: pulumi.Input[str]
    """Id of the virtual hub."""
    route_tables: pulumi.Input[dict[str, pulumi.Input[str]]]
    """Ids of the virtual hub's route tables: one per segment, and "onramp"."""
    hub_subscription_id: NotRequired[pulumi.Input[str]]
    """Subscription of the hub, if another, where the connection is made; for programs without `hub_provider`."""
    hub_tenant_id: NotRequired[pulumi.Input[str]]
    """Tenant of that subscription. Default: that of the environment's credentials."""


class GcpSpokeArgs(SpokeArgs):
    hub_id: pulumi.Input[str]
    """Id of the Network Connectivity Center hub."""
    groups: pulumi.Input[dict[str, pulumi.Input[str]]]
    """Ids of that hub's groups, by segment."""
    transit_network: NotRequired[pulumi.Input[str]]
    """Self link of the transit network of a hub with static routing, which this network is peered with instead."""
    hub_project: NotRequired[pulumi.Input[str]]
    """Project of a hub with static routing, if another, where its side of the peering is made; for programs without
    `hub_provider`."""
    hub_service_account: NotRequired[pulumi.Input[str]]
    """Service account that is impersonated there. Default: that of the environment's credentials."""
