"""hubspoke: one wide-area network over every cloud, as Pulumi components.

The components are imported when first used, so that reading intent or planning needs no cloud SDK.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hubspoke.aws.hub import AwsHub
    from hubspoke.aws.onramp import AwsOnRamp
    from hubspoke.aws.peering import AwsPeering
    from hubspoke.aws.spoke import AwsSpoke
    from hubspoke.azure.hub import AzureHub
    from hubspoke.azure.onramp import AzureOnRamp
    from hubspoke.azure.spoke import AzureSpoke
    from hubspoke.azure.wan import AzureWan
    from hubspoke.cloudflare import CloudflareOnRamp
    from hubspoke.firewall import CloudflareFirewall
    from hubspoke.gcp.hub import GcpHub
    from hubspoke.gcp.onramp import GcpOnRamp
    from hubspoke.gcp.spoke import GcpSpoke

_COMPONENTS = {
    "AwsHub": "hubspoke.aws.hub",
    "AwsOnRamp": "hubspoke.aws.onramp",
    "AwsPeering": "hubspoke.aws.peering",
    "AwsSpoke": "hubspoke.aws.spoke",
    "CloudflareFirewall": "hubspoke.firewall",
    "AzureHub": "hubspoke.azure.hub",
    "AzureOnRamp": "hubspoke.azure.onramp",
    "AzureSpoke": "hubspoke.azure.spoke",
    "AzureWan": "hubspoke.azure.wan",
    "CloudflareOnRamp": "hubspoke.cloudflare",
    "GcpHub": "hubspoke.gcp.hub",
    "GcpOnRamp": "hubspoke.gcp.onramp",
    "GcpSpoke": "hubspoke.gcp.spoke",
}

__all__ = [
    "AwsHub",
    "AwsOnRamp",
    "AwsPeering",
    "AwsSpoke",
    "AzureHub",
    "AzureOnRamp",
    "AzureSpoke",
    "AzureWan",
    "CloudflareFirewall",
    "CloudflareOnRamp",
    "GcpHub",
    "GcpOnRamp",
    "GcpSpoke",
]


def __getattr__(name: str) -> Any:
    if name not in _COMPONENTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_COMPONENTS[name]), name)
