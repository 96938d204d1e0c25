"""The policy pack: `pulumi preview --policy-pack policies`. PolicyPack serves until it is ended."""

from hubspoke.local.pack_thrift import lower
from pulumi_policy import PolicyPack
from rules.pack import POLICIES

lower()  # the policy SDK's own costs, whoever runs the pack
PolicyPack(
    name="hubspoke",
    display_name="Hub and spoke WAN",
    policies=POLICIES,
    tags=["network", "vpn", "transit-gateway", "virtual-wan", "network-connectivity-center", "cloudflare"],
)
