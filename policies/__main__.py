"""The policy pack: `pulumi preview --policy-pack policies`. PolicyPack serves until it is ended."""

from pulumi_policy import PolicyPack
from rules.pack import POLICIES

PolicyPack(
    name="hubspoke",
    display_name="Hub and spoke WAN",
    policies=POLICIES,
    provider="aws",
    tags=["network", "vpn", "transit-gateway", "cloudflare"],
)
