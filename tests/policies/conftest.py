"""A hub as the pack wants it, in plain properties: what the tests of the rules and of the pack break in turn."""

from collections.abc import Callable
from typing import Any

import pytest

Properties = dict[str, Any]

TAGS = {"Name": "use1", "hubspoke:wan": "meridian", "hubspoke:component": "AwsHub/use1", "owner": "network-team"}


@pytest.fixture
def tags() -> dict[str, str]:
    return dict(TAGS)


@pytest.fixture
def transit_gateway() -> Properties:
    return {
        "amazonSideAsn": 64512,
        "defaultRouteTableAssociation": "disable",
        "defaultRouteTablePropagation": "disable",
        "autoAcceptSharedAttachments": "disable",
        "tags": dict(TAGS),
    }


@pytest.fixture
def vpn_connection() -> Callable[..., Properties]:
    """A connection with its inside prefixes; more properties override."""

    def make(first: str = "169.254.240.0/30", second: str = "169.254.240.4/30", **more: Any) -> Properties:
        tunnels = [_tunnel(1, first), _tunnel(2, second)]
        return {**tunnels[0], **tunnels[1], "tags": dict(TAGS), **more}

    return make


@pytest.fixture
def cloudflare_tunnel() -> Properties:
    return {
        "interfaceAddress": "169.254.240.2/30",
        "replayProtection": True,
        "healthCheck": {"enabled": True, "direction": "bidirectional", "type": "request", "rate": "mid"},
    }


def _tunnel(number: int, inside: str) -> Properties:
    options = {
        "InsideCidr": inside,
        "IkeVersions": ["ikev2"],
        "Phase1EncryptionAlgorithms": ["AES256-GCM-16"],
        "Phase1IntegrityAlgorithms": ["SHA2-256"],
        "Phase1DhGroupNumbers": [20],
        "Phase1LifetimeSeconds": 28800,
        "Phase2EncryptionAlgorithms": ["AES256-GCM-16"],
        "Phase2IntegrityAlgorithms": ["SHA2-256"],
        "Phase2DhGroupNumbers": [20],
        "Phase2LifetimeSeconds": 3600,
        "StartupAction": "start",
        "DpdTimeoutAction": "restart",
    }
    return {f"tunnel{number}{option}": value for option, value in options.items()}
