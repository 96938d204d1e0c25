"""AzureWan: the virtual WAN that all hubs of an account are part of."""

from typing import Any

import pulumi
import pulumi_azure_native as azure

from hubspoke.args import AzureWanArgs
from hubspoke.azure.parts import settle


class AzureWan(pulumi.ComponentResource):
    """One virtual WAN. It joins its hubs by itself: a segment's tables of all of them learn what one of them learns."""

    virtual_wan_id: pulumi.Output[str]
    """Id of the virtual WAN."""

    def __init__(self, name: str, args: AzureWanArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hubspoke:index:AzureWan", name, {}, opts)
        # Its region says only where it is kept, and follows the account's first hub: it must not move with that.
        options: dict[str, Any] = {"ignore_changes": ["location"], "protect": args.get("protect", True)}
        place = settle("wan", name, args, self, **options)
        wan = azure.network.VirtualWan(
            place.named(),
            virtual_wan_name=name,
            type="Standard",
            allow_branch_to_branch_traffic=True,
            disable_vpn_encryption=False,
            **place.here(),
            opts=place.options(**options),
        )
        self.virtual_wan_id = wan.id
        self.register_outputs(self.outputs())

    def outputs(self) -> dict[str, pulumi.Output[Any]]:
        """What hubs need of this WAN."""
        return {"virtual_wan_id": self.virtual_wan_id}
