"""What the intent needs of Azure's limits."""

from collections import Counter
from collections.abc import Iterator

from hubspoke.intent.checks.counts.shared import Count, filter_rules, hubs_on, learned_prefixes, networks_on, onramps_on
from hubspoke.intent.model import Hub, Wan
from hubspoke.intent.parts import region_of

_OWN_RULES = 2  # the denials of the rest of the WAN, one each way


def counts(wan: Wan) -> Iterator[Count]:
    learned = learned_prefixes(wan)
    yield from _per_hub(wan, hubs_on(wan, "azure"), learned)
    for key in onramps_on(wan, "azure"):
        yield ("onramps", key), "vpn-gateway-prefixes", learned.get(key, 0)
    networks = list(networks_on(wan, "azure"))
    if networks:
        yield ("cloudflare", "endpoints"), "vpn-site-links", len(wan.cloudflare.endpoints)
        yield ("address_space",), "route-table-routes", len(wan.address_space)
    for key in onramps_on(wan, "azure"):
        yield ("onramps", key), "gateway-connections", len(wan.cloudflare.endpoints)
    yield from _flow_logs(wan)
    ingress, egress = filter_rules(wan)
    for at, _ in networks:
        key = str(at[1])
        yield at, "network-security-group-rules", ingress[key] + egress[key] + _OWN_RULES


def _flow_logs(wan: Wan) -> Iterator[Count]:
    """Every new network has a storage account, which holds its flow log."""
    new = ((network.account, region_of(wan, network)) for _, network in networks_on(wan, "azure") if not network.adopt)
    for (account, _), count in Counter(new).items():
        yield ("accounts", account), "storage-accounts", count


def _per_hub(wan: Wan, hubs: dict[str, Hub], learned: dict[str, int]) -> Iterator[Count]:
    """Hubs of one account are one virtual WAN, and each hub has the routes of all its networks."""
    attached = Counter(spoke.hub for spoke in wan.spokes.values())
    siblings = Counter(hub.account for hub in hubs.values())
    in_wan = Counter[str]()
    for key, hub in hubs.items():
        in_wan[hub.account] += attached[key]
    for key, hub in hubs.items():
        at = ("hubs", key)
        yield at, "virtual-hub-networks", attached[key] + siblings[hub.account]
        yield at, "virtual-hub-routes", in_wan[hub.account] + learned.get(key, len(wan.address_space))
        yield at, "virtual-hub-branches", 1
        yield (*at, "scale_units"), "vpn-scale-units", hub.scale_units
