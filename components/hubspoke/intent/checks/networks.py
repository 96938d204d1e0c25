"""New networks must be large enough for their layout, or have a pool to get a prefix from."""

from collections.abc import Iterator

from hubspoke.intent.clouds import CLOUDS
from hubspoke.intent.limits import (
    GATEWAY_NETWORK_LONGEST_PREFIX,
    GATEWAY_SUBNET_PREFIX,
    NETWORK_SIZES,
    SUBNET_LONGEST_PREFIX,
    VPC_BLOCK_BITS,
)
from hubspoke.intent.model import Cloud, OnRamp, Spoke, Wan
from hubspoke.intent.names import SINGULAR
from hubspoke.intent.parts import cloud_of, networks, pool_owner, wanted
from hubspoke.intent.problem import Issue, Location


def check_networks(wan: Wan) -> Iterator[Issue]:
    for at, network in networks(wan):
        yield from _zones(at, network)
        if not network.adopt and (cloud := cloud_of(wan, network)):
            yield from _new(at, network, cloud)
    yield from _without_pool(wan)


def attachment_slots(length: int) -> int:
    """How many zones' /28 attachment subnets the last block of a VPC of this prefix length holds."""
    return 1 << max(0, SUBNET_LONGEST_PREFIX - length - VPC_BLOCK_BITS)


def longest_new(cloud: Cloud, network: Spoke | OnRamp) -> int:
    """The longest prefix that a new network can be laid out in."""
    gateway = cloud == "azure" and isinstance(network, OnRamp)
    return GATEWAY_NETWORK_LONGEST_PREFIX if gateway else NETWORK_SIZES[cloud].longest_new


def _zones(at: Location, network: Spoke | OnRamp) -> Iterator[Issue]:
    repeated = sorted({zone for zone in network.zones if network.zones.count(zone) > 1})
    if repeated:
        yield Issue((*at, "zones"), f"zone {', '.join(repeated)} is listed twice", "list each zone once")


def _new(at: Location, network: Spoke | OnRamp, cloud: Cloud) -> Iterator[Issue]:
    length = network.cidr.prefixlen if network.cidr else network.size
    shortest, longest = NETWORK_SIZES[cloud].shortest, longest_new(cloud, network)
    if not shortest <= length <= longest:
        why = f" with a GatewaySubnet, a /{GATEWAY_SUBNET_PREFIX}," if longest == GATEWAY_NETWORK_LONGEST_PREFIX else ""
        what = f"a new {CLOUDS[cloud].network}{why} cannot be a /{length}"
        yield Issue((*at, "cidr" if network.cidr else "size"), what, f"give a prefix from /{shortest} to /{longest}")
    elif cloud == "aws":
        yield from _room_for_zones(at, network, length)


def _room_for_zones(at: Location, network: Spoke | OnRamp, length: int) -> Iterator[Issue]:
    fitting = "abcdef"[: attachment_slots(length)]
    if isinstance(network, Spoke) and (beyond := sorted(set(network.zones) - set(fitting))):
        what = f"a /{length} has room for zones {', '.join(fitting)} only, not {', '.join(beyond)}"
        yield Issue((*at, "zones"), what, "choose among those, or a shorter prefix")


def _without_pool(wan: Wan) -> Iterator[Issue]:
    for want in wanted(wan):
        if want.pool in wan.pools or not (want.pool in wan.hubs or want.pool == want.key):
            continue  # there is one, or what it should be is reported as unknown
        owner = "it" if want.pool == want.key else pool_owner(wan, want.pool)
        what = f"it has no cidr, and {owner} has no pool to allocate one from"
        yield Issue(want.at, what, f"give the {SINGULAR[want.section]} a cidr, or add pools.{want.pool}")
