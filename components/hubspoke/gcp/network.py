"""A network of one's own: new with its subnetworks, or one that existed before."""

import pulumi_gcp as gcp

from hubspoke.gcp.parts import Maker
from hubspoke.plan.model import AdoptedNetwork, OnRampPlan, SpokePlan, Subnet


def network_of(make: Maker, part: SpokePlan | OnRampPlan) -> gcp.compute.Network:
    """The network of a spoke or an on-ramp."""
    return adopt(make, part.adopted) if part.adopted else create(make, part)


def adopt(make: Maker, adopted: AdoptedNetwork) -> gcp.compute.Network:
    """An existing network, read so that a wrong id is refused, and never changed or deleted."""
    return gcp.compute.Network.get(make.key, adopted.network, opts=make.options())


def create(make: Maker, part: SpokePlan | OnRampPlan) -> gcp.compute.Network:
    """A new network without a way to the internet. The WAN's firewall policy comes before rules of its owner's."""
    network = gcp.compute.Network(
        make.key,
        description=f"network {make.key}",
        auto_create_subnetworks=False,
        delete_default_routes_on_create=True,
        routing_mode="GLOBAL",
        network_firewall_policy_enforcement_order="BEFORE_CLASSIC_FIREWALL",
        opts=make.options(),
    )
    for subnet in part.subnets:
        _subnetwork(make, network, subnet)
    return network


def _subnetwork(make: Maker, network: gcp.compute.Network, subnet: Subnet) -> None:
    gcp.compute.Subnetwork(
        make.name(subnet.key),
        region=make.region,
        network=network.self_link,
        description=f"{subnet.key} of {make.key}",
        ip_cidr_range=subnet.cidr,
        private_ip_google_access=True,
        stack_type="IPV4_ONLY",
        log_config=gcp.compute.SubnetworkLogConfigArgs(
            aggregation_interval="INTERVAL_1_MIN", flow_sampling=0.5, metadata="INCLUDE_ALL_METADATA"
        ),
        opts=make.options(delete_before_replace=True),  # the new subnetwork may need the old one's prefix
    )
