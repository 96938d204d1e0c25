"""A hub as the pack wants it, in plain properties: what the tests of the rules and of the pack break in turn."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hubspoke.local.engine.analyzer import AnalyzedResource, Analyzer
from rules import types

from tests.policies.pack_bench import Properties, resource, start

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


@pytest.fixture(scope="module")
def pack() -> Iterator[Analyzer]:
    with start() as analyzer:
        yield analyzer


@pytest.fixture
def sound(
    transit_gateway: Properties,
    vpn_connection: Callable[..., Properties],
    cloudflare_tunnel: Properties,
    tags: dict[str, str],
) -> list[AnalyzedResource]:
    """One hub with two connections, and one spoke, as a first preview plans them."""
    hub = resource(types.TRANSIT_GATEWAY, "use1", transit_gateway)
    vpc = resource(types.VPC, "web", {"cidrBlock": "10.1.0.0/20", "tags": tags})
    log = resource(types.FLOW_LOG, "web", {"trafficType": "ALL", "tags": tags}, vpcId=vpc)
    rule = {"cidrIpv4": "10.2.0.0/20", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "tags": tags}
    resources = [hub, vpc, log, resource(types.INGRESS_RULE, "web/api", rule)]
    for number, endpoint in enumerate(("162.159.64.41", "162.159.66.41")):
        name = f"use1/e{number}"
        customer = resource(types.CUSTOMER_GATEWAY, name, {"ipAddress": endpoint, "tags": tags})
        inside = [f"169.254.240.{8 * number}/30", f"169.254.240.{8 * number + 4}/30"]
        vpn = resource(
            types.VPN_CONNECTION, name, vpn_connection(*inside), transitGatewayId=hub, customerGatewayId=customer
        )
        resources += [customer, vpn]
        for slot, offset in (("a", 2), ("b", 6)):
            end = {**cloudflare_tunnel, "interfaceAddress": f"169.254.240.{8 * number + offset}/30"}
            tunnel = resource(types.CLOUDFLARE_TUNNEL, f"use1-e{number}-{slot}", end, customerEndpoint=vpn)
            resources.append(tunnel)
    return resources


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
