"""The flow log of a new network, and the storage account that holds it."""

import hashlib
import re

import pulumi_azure_native as azure

from hubspoke.azure.parts import Place, replacing
from hubspoke.plan.model import FLOW_LOG_DAYS

# A subscription has one network watcher in a region, which Azure makes with the first VNet there, named like this
# (Azure documentation, Network Watcher, Enable or disable Network Watcher, 2026-11).
_WATCHERS = "NetworkWatcherRG"


def flow_log(place: Place, network: azure.network.VirtualNetwork, after: list[azure.network.Subnet]) -> None:
    """Writes down all flows of a network, once its subnets are there: a VNet takes one change at a time."""
    azure.network.FlowLog(
        place.named(),
        flow_log_name=f"hubspoke-{place.kind}-{place.key}",
        network_watcher_name=f"NetworkWatcher_{place.region}",
        resource_group_name=_WATCHERS,
        location=place.region,
        target_resource_id=network.id,
        storage_id=_storage(place).id,
        enabled=True,
        format=azure.network.FlowLogFormatParametersArgs(type="JSON", version=2),
        retention_policy=azure.network.RetentionPolicyParametersArgs(days=FLOW_LOG_DAYS, enabled=True),
        tags=dict(place.tags),
        # A new network in the place of an old one has its id, and would have no log.
        opts=place.options(depends_on=after, **replacing("targetResourceId")),
    )


def _storage(place: Place) -> azure.storage.StorageAccount:
    """Where the log is kept. It is written to with the account's key, unless an identity is made for that (Azure
    documentation, Virtual network flow logs and Managed identity for virtual network flow logs, 2026-11).
    """
    return azure.storage.StorageAccount(
        place.named("flows"),
        account_name=place.group.id.apply(lambda group: account_name(place.key, group)),
        kind="StorageV2",
        sku=azure.storage.SkuArgs(name="Standard_LRS"),
        allow_blob_public_access=False,
        allow_cross_tenant_replication=False,
        allow_shared_key_access=True,
        enable_https_traffic_only=True,
        minimum_tls_version="TLS1_2",
        **place.here(),
        opts=place.options(),
    )


def account_name(key: str, group_id: str) -> str:
    """A name that nobody has, of 3 to 24 lower-case letters and digits: from the key, and from the group's id as
    Bicep's `uniqueString` would make it, so that it is the same whenever it is asked for.
    """
    digest = hashlib.sha256(group_id.lower().encode()).hexdigest()
    return re.sub(r"[^a-z0-9]", "", key.lower())[:11] + digest[:13]
