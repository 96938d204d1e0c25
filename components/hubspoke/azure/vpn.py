"""What Azure must be told for its tunnels to Cloudflare, and what Cloudflare must know of Azure's ends.

Values: reference table of Cloudflare's "Azure VPN gateway" and "Azure Virtual WAN" pages (cloudflare-docs, 2026-08).
"""

from collections.abc import Callable

import pulumi
import pulumi_azure_native as azure
import pulumi_random as random

from hubspoke.args.cloudflare import CloudflareTunnelArgs, tunnel_end
from hubspoke.plan.model import Connection

DPD_SECONDS = 45
_LIFETIME = {"sa_life_time_seconds": 28800, "sa_data_size_kilobytes": 0}


def hub_policy() -> azure.network.IpsecPolicyArgs:
    """IKE and IPsec of a virtual hub's gateway."""
    return azure.network.IpsecPolicyArgs(
        ike_encryption="AES256", ike_integrity="SHA256", dh_group="ECP384",
        ipsec_encryption="AES256", ipsec_integrity="SHA256", pfs_group="ECP384", **_LIFETIME,
    )  # fmt: skip


def gateway_policy() -> azure.network.IpsecPolicyArgs:
    """IKE and IPsec of a VNet's own gateway."""
    return azure.network.IpsecPolicyArgs(
        ike_encryption="GCMAES256", ike_integrity="SHA384", dh_group="ECP384",
        ipsec_encryption="GCMAES256", ipsec_integrity="GCMAES256", pfs_group="ECP384", **_LIFETIME,
    )  # fmt: skip


def shared_key(gateway: str, connection: Connection, parent: pulumi.Resource) -> pulumi.Output[str]:
    """The one key of both tunnels of a connection, in the form that every cloud takes."""
    password = random.RandomPassword(
        f"{gateway}/{connection.key}",
        length=40,
        special=False,
        keepers={"epoch": str(connection.tunnels[0].psk_epoch)},
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return pulumi.Output.concat("k", password.result)


def far_ends(
    connection: Connection, key: pulumi.Output[str], outside: Callable[[int], pulumi.Output[str]]
) -> list[CloudflareTunnelArgs]:
    """Cloudflare's ends: one for each of the gateway's two instances, whose outside addresses `outside` gives.

    Azure does not answer for the inside addresses, so a health check asks for the outside one.
    """
    return [
        tunnel_end(tunnel, connection.endpoint, address, key, {"type": "reply", "target": address})
        for tunnel, address in ((tunnel, outside("ab".index(tunnel.slot))) for tunnel in connection.tunnels)
    ]
