"""What a preview and a policy are not told of on-ramps: the networks and gateways that they adopt.

A network is taken to have the prefix that the intent gives it, and a gateway to be on it with the intent's ASN. On
Google the prefix is a subnetwork's, which are all that a network has addresses of.
"""

import re
from collections.abc import Iterator
from typing import Any

from hubspoke.network.convert.aws_vgw import GATEWAY
from hubspoke.network.convert.aws_vpc import VPC
from hubspoke.network.convert.azure_vnet import VNET
from hubspoke.network.convert.gcp import NETWORK, SUBNET
from hubspoke.network.snapshot import Resource, Snapshot
from hubspoke.plan.model import OnRampPlan, Plan

_COMPONENT = re.compile(r"hubspoke:index:(?:Aws|Azure|Gcp)OnRamp::(?P<key>[^:]+)$")
_NETWORKS = {"aws": VPC, "azure": VNET, "gcp": NETWORK}


def with_onramps(snapshot: Snapshot, plan: Plan) -> Snapshot:
    """The snapshot with what its on-ramps adopt."""
    onramps = {each.key: each for account in plan.accounts for each in account.onramps if each.adopted}
    components = {m["key"]: r.parent for r in snapshot.resources if (m := _COMPONENT.search(r.parent))}
    there = {(each.type, each.id) for each in snapshot.resources}
    found = (
        each
        for key, parent in components.items()
        if key in onramps
        for each in _adopted(onramps[key], parent, snapshot)
    )
    return snapshot + Snapshot(tuple(each for each in found if (each.type, each.id) not in there))


def _adopted(onramp: OnRampPlan, parent: str, snapshot: Snapshot) -> Iterator[Resource]:
    assert onramp.adopted
    network = onramp.adopted.network

    def made(type_: str, id_: str, **outputs: Any) -> Resource:
        return Resource(f"{parent}#{type_}::{onramp.key}", type_, id_, outputs=outputs, parent=parent)

    prefixes = {"addressPrefixes": [onramp.cidr]}
    yield made(_NETWORKS[onramp.cloud], network, cidrBlock=onramp.cidr, addressSpace=prefixes, selfLink=network)
    if onramp.gateway:
        yield made(GATEWAY, onramp.gateway, vpcId=network, amazonSideAsn=str(onramp.asn))
    if onramp.cloud == "gcp" and not any(each.parent == parent for each in snapshot.of_type(SUBNET)):
        yield made(SUBNET, f"{network}#{onramp.cidr}", network=network, ipCidrRange=onramp.cidr)
