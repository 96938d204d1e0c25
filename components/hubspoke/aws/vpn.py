"""Connections to Cloudflare: both ends of their tunnels, with every tunnel option set and none left to a default.

AWS's defaults admit IKEv1, SHA1 and DH group 2, and an option that is not set drifts unseen.
Values: reference table of Cloudflare's "IPsec with AWS" pages (cloudflare-docs, 2026-08) and
ModifyVpnTunnelOptions of the EC2 API (2026-08).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from hubspoke.args.cloudflare import CloudflareTunnelArgs, tunnel_end, tunnel_ends
from hubspoke.cloudflare import CloudflareOnRamp
from hubspoke.plan.model import CloudflarePlan, Connection, HubPlan, OnRampPlan, Tunnel

TUNNEL_OPTIONS: dict[str, Any] = {
    "ike_versions": ["ikev2"],
    "phase1_encryption_algorithms": ["AES256-GCM-16"],
    "phase1_integrity_algorithms": ["SHA2-256"],
    "phase1_dh_group_numbers": [20],
    "phase1_lifetime_seconds": 28800,
    "phase2_encryption_algorithms": ["AES256-GCM-16"],
    "phase2_integrity_algorithms": ["SHA2-256"],
    "phase2_dh_group_numbers": [20],
    "phase2_lifetime_seconds": 3600,
    "startup_action": "start",  # Cloudflare only responds
    "dpd_timeout_action": "restart",
    "dpd_timeout_seconds": 30,
    "rekey_margin_time_seconds": 540,
    "rekey_fuzz_percentage": 100,
    "replay_window_size": 1024,
    # AWS then announces a replacement of a tunnel's endpoint instead of doing it unasked.
    "enable_tunnel_lifecycle_control": True,
}


@dataclass(frozen=True)
class Vpn:
    """A hub's or on-ramp's connections to Cloudflare, and how their parts are made."""

    part: HubPlan | OnRampPlan
    gateway: Mapping[str, pulumi.Input[str]]  # where they end: {"transit_gateway_id": ...} or {"vpn_gateway_id": ...}
    cloudflare: CloudflarePlan
    named: Callable[[str], dict[str, str]]  # the tags of a part, by its key
    parent: pulumi.Resource
    store_psks: bool = False  # whether the keys are kept in Secrets Manager instead of the VPN service

    def connect(self) -> tuple[dict[str, aws.ec2.VpnConnection], CloudflareOnRamp]:
        """Makes both ends of all connections. Returns AWS's, by connection key, and Cloudflare's."""
        made: dict[str, aws.ec2.VpnConnection] = {}
        ends: list[CloudflareTunnelArgs] = []
        for connection in self.part.connections:
            keys = {tunnel.key: self._psk(tunnel) for tunnel in connection.tunnels}
            made[connection.key] = vpn = self._connection(connection, keys)
            ends += [
                tunnel_end(tunnel, connection.endpoint, _outside_address(vpn, tunnel), keys[tunnel.key])
                for tunnel in connection.tunnels
            ]
        args = tunnel_ends(self.cloudflare, self.part, ends)
        return made, CloudflareOnRamp(self.part.key, args, self._options())

    def _options(self, *, protect: bool = False) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self.parent, protect=protect and self.part.protect)

    def _psk(self, tunnel: Tunnel) -> pulumi.Output[str]:
        password = random.RandomPassword(
            tunnel.key,
            length=40,
            special=False,
            keepers={"epoch": str(tunnel.psk_epoch)},
            opts=self._options(),
        )
        # AWS refuses a key that starts with 0 (EC2 API, VpnTunnelOptionsSpecification, 2026-08).
        return pulumi.Output.concat("k", password.result)

    def _connection(self, connection: Connection, keys: dict[str, pulumi.Output[str]]) -> aws.ec2.VpnConnection:
        options: dict[str, Any] = dict(self.gateway)
        for tunnel in connection.tunnels:
            options |= tunnel_arguments(tunnel, keys[tunnel.key])
        return aws.ec2.VpnConnection(
            f"{self.part.key}/{connection.key}",
            region=self.part.region,
            customer_gateway_id=self._customer_gateway(connection).id,
            type="ipsec.1",
            static_routes_only=self.part.routing == "static",
            tunnel_inside_ip_version="ipv4",
            preshared_key_storage="SecretsManager" if self.store_psks else "Standard",
            tags=self.named(connection.key),
            opts=self._options(protect=True),
            **options,
        )

    def _customer_gateway(self, connection: Connection) -> aws.ec2.CustomerGateway:
        return aws.ec2.CustomerGateway(
            f"{self.part.key}/{connection.key}",
            region=self.part.region,
            bgp_asn=str(self.cloudflare.asn),
            ip_address=connection.endpoint,
            type="ipsec.1",
            tags=self.named(connection.key),
            opts=self._options(),
        )


def tunnel_arguments(tunnel: Tunnel, psk: pulumi.Output[str]) -> dict[str, Any]:
    """The arguments of one tunnel: its addresses, its key and the options, prefixed tunnel1_ or tunnel2_."""
    number = {"a": 1, "b": 2}[tunnel.slot]
    own = {"inside_cidr": tunnel.inside_cidr, "preshared_key": psk}
    return {f"tunnel{number}_{option}": value for option, value in {**TUNNEL_OPTIONS, **own}.items()}


def _outside_address(vpn: aws.ec2.VpnConnection, tunnel: Tunnel) -> pulumi.Output[str]:
    return vpn.tunnel1_address if tunnel.slot == "a" else vpn.tunnel2_address
