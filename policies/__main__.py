"""The policy pack: `pulumi preview --policy-pack policies`. PolicyPack serves until it is ended."""

from pulumi_policy import PolicyPack
from rules.pack import POLICIES

PolicyPack(
    name="hubspoke",
    display_name="Hub and spoke WAN",
    policies=POLICIES,
    tags=["network", "vpn", "transit-gateway", "virtual-wan", "network-connectivity-center", "cloudflare"],
)
