"""A VPN connection's arguments: every tunnel option set to what Cloudflare accepts, none left to a default.

AWS's defaults admit IKEv1, SHA1 and DH group 2, and an option that is not set drifts unseen.
Values: reference table of Cloudflare's "IPsec with AWS" pages (cloudflare-docs, 2026-08) and
ModifyVpnTunnelOptions of the EC2 API (2026-08).
"""

from typing import Any

import pulumi

from hubspoke.plan.model import Tunnel

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


def tunnel_arguments(tunnel: Tunnel, psk: pulumi.Output[str]) -> dict[str, Any]:
    """The arguments of one tunnel: its addresses, its key and the options, prefixed tunnel1_ or tunnel2_."""
    number = {"a": 1, "b": 2}[tunnel.slot]
    own = {"inside_cidr": tunnel.inside_cidr, "preshared_key": psk}
    return {f"tunnel{number}_{option}": value for option, value in {**TUNNEL_OPTIONS, **own}.items()}
