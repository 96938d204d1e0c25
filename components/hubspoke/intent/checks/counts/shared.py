"""What is counted alike on every cloud: members of a cloud, filter rules, and prefixes learned by BGP."""

from collections import Counter
from collections.abc import Iterator

from hubspoke.intent.ends import Ends
from hubspoke.intent.model import Cloud, Gateway, Hub, OnRamp, Spoke, Wan
from hubspoke.intent.parts import cloud_of, gateway_at, gateways, networks
from hubspoke.intent.problem import Location

Count = tuple[Location, str, int]  # where, which limit, how many


def counts(wan: Wan) -> Iterator[Count]:
    for key, learned in learned_prefixes(wan).items():
        yield gateway_at(wan, key), "session-prefixes", learned


def hubs_on(wan: Wan, cloud: Cloud) -> dict[str, Hub]:
    return {key: hub for key, hub in wan.hubs.items() if cloud_of(wan, hub) == cloud}


def onramps_on(wan: Wan, cloud: Cloud) -> dict[str, OnRamp]:
    return {key: onramp for key, onramp in wan.onramps.items() if cloud_of(wan, onramp) == cloud}


def networks_on(wan: Wan, cloud: Cloud) -> Iterator[tuple[Location, Spoke | OnRamp]]:
    return ((at, network) for at, network in networks(wan) if cloud_of(wan, network) == cloud)


def learned_prefixes(wan: Wan) -> dict[str, int]:
    """Per gateway that speaks BGP, how many prefixes Cloudflare tells it: those of all others."""
    attached = Counter(spoke.hub for spoke in wan.spokes.values())
    sites = sum(len(site.prefixes) for site in wan.sites.values())
    everywhere = sites + len(wan.spokes) + len(wan.onramps)

    def own(key: str, gateway: Gateway) -> int:
        return 1 if isinstance(gateway, OnRamp) else attached[key]

    speakers = {key: gateway for key, gateway in gateways(wan).items() if gateway.routing == "bgp"}
    return {key: everywhere - own(key, gateway) for key, gateway in speakers.items()}


def filter_rules(wan: Wan) -> tuple[Counter[str], Counter[str]]:
    """Per network, rules in and out: one per flow and prefix of the other end."""
    ends = Ends(wan)
    ingress, egress = Counter[str](), Counter[str]()
    for flow in wan.flows.values():
        if flow.access == "allowed" and flow.source in ends and flow.target in ends:
            for key in ends.networks(flow.target):
                ingress[key] += ends.size(flow.source) - ends.includes(flow.source, key)
            for key in ends.networks(flow.source):
                egress[key] += ends.size(flow.target) - ends.includes(flow.target, key)
    return ingress, egress
