"""BGP with Azure: what it needs, and where hubs that should have routes would not have them."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hubspoke.intent.limits import AZURE_ASN, AZURE_BGP_ENDPOINTS, PRIVATE_NETWORKS
from hubspoke.intent.model import OnRamp, Wan
from hubspoke.intent.parts import azure_speakers, gateway_at, has_own_asn
from hubspoke.intent.problem import Issue, Location

_POOL = ("cloudflare", "tunnel_pool")
_ADDRESSES = 4  # of the two tunnels to an endpoint


def check_azure_bgp(wan: Wan) -> Iterator[Issue]:
    sound = bool(wan.cloudflare.endpoints)  # there are none where that part has faults of its own
    for key in azure_speakers(wan) if sound else ():
        yield from _needs(wan, (*gateway_at(wan, key), "routing"))
    if wan.cloudflare.tunnel_pool:
        yield from _pool(wan, wan.cloudflare.tunnel_pool)
    yield from _one_virtual_wan(wan)
    yield from _all_or_none(wan)
    for key, onramp in wan.onramps.items():
        yield from _idle_asn(wan, ("onramps", key, "asn"), onramp)


def _needs(wan: Wan, at: Location) -> Iterator[Issue]:
    """An endpoint for each instance of the gateway, and private addresses in its tunnels."""
    if len(wan.cloudflare.endpoints) < AZURE_BGP_ENDPOINTS:
        what = (
            "with one Cloudflare endpoint only one of the gateway's two instances can speak BGP (a connection has one "
            "peer address), and its failure would cut off all of it"
        )
        yield Issue(at, what, "add a second endpoint, which Cloudflare assigns on request, or write `routing: static`")
    if wan.cloudflare.tunnel_pool is None:
        what = "BGP with Azure needs private addresses inside its tunnels, and there is no pool for them"
        yield Issue(at, what, "add `tunnel_pool:` to cloudflare, as 172.31.255.0/24, outside the address space")


def _pool(wan: Wan, pool: IPv4Network) -> Iterator[Issue]:
    if not any(pool.subnet_of(private) for private in PRIVATE_NETWORKS):
        yield Issue(_POOL, f"{pool} is not private", f"give a prefix in {', '.join(map(str, PRIVATE_NETWORKS))}")
    for prefix in wan.address_space:
        if prefix.overlaps(pool):
            what = f"{pool} overlaps {prefix} of address_space, whose addresses networks have and the firewall judges"
            yield Issue(_POOL, what, "give another, as 172.31.255.0/24, or narrow address_space")
    needed = len(azure_speakers(wan)) * len(wan.cloudflare.endpoints) * _ADDRESSES
    if needed > pool.num_addresses:
        what = f"{pool} has {pool.num_addresses} addresses, and the tunnels that speak BGP on Azure need {needed}"
        yield Issue(_POOL, what, "give a larger one")


def _one_virtual_wan(wan: Wan) -> Iterator[Issue]:
    """Gateways of virtual WANs all have one ASN, and none takes a route that has it in its path (virtual-wan-faq)."""
    hubs = {key: wan.hubs[key] for key in azure_speakers(wan) if key in wan.hubs}
    for key, hub in hubs.items():
        first, other = next(iter(hubs.items()))
        if hub.account != other.account:
            what = (
                f"it and hub {first!r} are of two virtual WANs, whose gateways all have ASN {AZURE_ASN}: neither would "
                "take the other's routes from Cloudflare"
            )
            remedy = "keep hubs that speak BGP in one account, or write `routing: static` for one of the two"
            yield Issue(("hubs", key, "routing"), what, remedy)


def _all_or_none(wan: Wan) -> Iterator[Issue]:
    """A hub hears what the others of its virtual WAN learned, and prefers what is longer: docs/decisions/0019."""
    speaker = {wan.hubs[key].account: key for key in reversed(azure_speakers(wan)) if key in wan.hubs}
    for key, hub in wan.hubs.items():
        if hub.routing == "static" and hub.account in speaker:
            what = (
                f"it is static, and hub {speaker[hub.account]!r} of its virtual WAN speaks BGP: it would hear longer "
                "prefixes from that hub than its own, and Azure does not say where these lead"
            )
            remedy = "write `routing: bgp` for all Azure hubs of the account, or `routing: static` for all"
            yield Issue(("hubs", key, "routing"), what, remedy)


def _idle_asn(wan: Wan, at: Location, onramp: OnRamp) -> Iterator[Issue]:
    if onramp.asn is not None and not has_own_asn(wan, onramp):
        yield Issue(
            at, "a VPN gateway on Azure has an ASN of its own for BGP only", "write `routing: bgp`, or remove it"
        )
