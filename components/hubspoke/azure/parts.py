"""What every Azure component has: a resource group, names, tags and options for its parts.

Everything is named as it is called in the intent. A random suffix would let a replacement come before the deletion, but
there is one VPN gateway to a hub or network, and no network may overlap another on a hub: the old must go first anyway.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_azure_native as azure

# What Azure fills into a gateway's BGP settings. Taking it out again would set up all sessions anew, with every
# deployment (Azure-Landing-Zones #335).
BGP_FILLED_IN = ["bgpSettings.bgpPeeringAddress", "bgpSettings.bgpPeeringAddresses"]


@dataclass(frozen=True)
class Place:
    """Where a component makes its parts: under its key, in a region and in a resource group of its own."""

    kind: str  # of the component, such as "hub"
    key: str
    region: str
    tags: Mapping[str, str]
    parent: pulumi.Resource
    group: azure.resources.ResourceGroup

    def named(self, part: str = "") -> str:
        """The resource name of one part: the key, and the part's behind a slash, which keys cannot hold."""
        return f"{self.key}/{part}" if part else self.key

    def options(self, **more: Any) -> pulumi.ResourceOptions:
        """Options of one part."""
        return pulumi.ResourceOptions(parent=self.parent, **more)

    def inside(self) -> dict[str, Any]:
        """What a part says that is inside another one."""
        return {"resource_group_name": self.group.name}

    def here(self) -> dict[str, Any]:
        """What a part says that stands alone."""
        return {**self.inside(), "location": self.region, "tags": dict(self.tags)}


def settle(kind: str, key: str, args: Mapping[str, Any], parent: pulumi.Resource, **options: Any) -> Place:
    """Makes a component's resource group. Deleting that deletes all in it, so it is protected as they are."""
    tags = {**args.get("tags", {}), "hubspoke:component": f"{type(parent).__name__}/{key}"}
    group = azure.resources.ResourceGroup(
        key,
        resource_group_name=f"hubspoke-{kind}-{key}",
        location=args["region"],
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent, **options),
    )
    return Place(kind, key, args["region"], tags, parent, group)


def replacing(*properties: str) -> dict[str, Any]:
    """Options of a part whose properties Azure does not change in place, though its provider would try to.

    A protected part refuses to be replaced, in a preview already (pulumi-azure-native #577; azurerm docs, 2026-08).
    """
    return {"replace_on_changes": list(properties), "delete_before_replace": True}


def group_of(resource_id: str) -> str:
    """The resource group that a thing's id is inside."""
    return resource_id.split("/")[4]


def name_of(resource_id: str) -> str:
    """The name at the end of a thing's id."""
    return resource_id.rpartition("/")[2]


def label(segment: str) -> str:
    """The label of a segment's route tables on every hub of a WAN. Azure has labels of its own: default and none."""
    return f"segment-{segment}"
