"""The arguments of a join between two hubs."""

from typing import NotRequired, TypedDict

import pulumi

from hubspoke.args.parts import PeerRouteArgs


class PeeredHubArgs(TypedDict):
    hub: str
    """Key of the hub."""
    region: str
    """Its region."""
    transit_gateway_id: pulumi.Input[str]
    """Id of its transit gateway."""
    route_tables: pulumi.Input[dict[str, pulumi.Input[str]]]
    """Ids of its route tables: of every segment with routes, and "onramp"."""
    routes: list[PeerRouteArgs]
    """Routes of its segment tables, towards spokes of the hub at the other end."""


class AwsPeeringArgs(TypedDict):
    here: PeeredHubArgs
    """The hub whose side asks for the join."""
    there: PeeredHubArgs
    """The hub whose side accepts it."""
    account_id: str
    """Id of the account of the hub that accepts."""
    peer_role_arn: NotRequired[pulumi.Input[str]]
    """Role that is assumed in that account to accept the join; for programs without `peer_provider`."""
    tags: NotRequired[dict[str, str]]
    """Tags on everything that takes tags."""
