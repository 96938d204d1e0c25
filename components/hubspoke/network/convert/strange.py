"""Resources that may carry traffic or routes, and that no converter reads: each is a finding."""

import re

from hubspoke.network.convert import aws, azure, cloudflare, gcp
from hubspoke.network.convert.made import Made
from hubspoke.network.snapshot import Snapshot

READ = frozenset({*aws.READ, *azure.READ, *gcp.READ, *cloudflare.READ})
# What of the types of a network module has no part in where packets go.
_CARRIES = re.compile(
    r"route|peering|attachment|gateway|vpn|tunnel|firewall|securityGroup|networkAcl|securityRule|routing|prefixList|endpoint|connect|interface",
    re.IGNORECASE,
)
_MODULES = re.compile(
    r"^(aws:(ec2|vpc|ec2transitgateway|networkfirewall|dx|networkmanager|vpclattice)/"
    r"|azure-native:network:|gcp:(compute|networkconnectivity)/|cloudflare:index/magic)"
)
_HARMLESS = frozenset({
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/customerGateway:CustomerGateway",
})  # fmt: skip


def report_strange(made: Made, snapshot: Snapshot) -> None:
    """A finding for each."""
    for resource in snapshot.resources:
        kind = resource.type
        if kind not in READ and kind not in _HARMLESS and _MODULES.match(kind) and _CARRIES.search(kind.split("/")[-1]):
            made.finding(
                f"what {kind} does to traffic is not judged", resource.urn,
                "take it out of the WAN's networks, or accept that proofs end here",
            )  # fmt: skip
