"""Filter rules of each spoke and on-ramp, from the flows that it is an end of."""

from collections import defaultdict
from collections.abc import Mapping
from ipaddress import IPv4Network

from hubspoke.intent.ends import Ends
from hubspoke.intent.model import Flow, Wan
from hubspoke.intent.problem import IntentError, Issue
from hubspoke.plan.model import FilterRule

Peer = tuple[str, str, str]  # its network or site, its key in rules, its prefix


class Rules:
    """Ingress and egress per spoke and on-ramp, sorted by key."""

    def __init__(self, wan: Wan, cidrs: Mapping[str, IPv4Network]) -> None:
        ends = Ends(wan)
        self._peers = _peers(wan, cidrs)
        self._ingress: dict[str, list[FilterRule]] = defaultdict(list)
        self._egress: dict[str, list[FilterRule]] = defaultdict(list)
        for key, flow in sorted(wan.flows.items()):
            if flow.access == "allowed":
                self._open(self._ingress, key, flow, ends.networks(flow.target), ends.members(flow.source))
                self._open(self._egress, key, flow, ends.networks(flow.source), ends.members(flow.target))

    def ingress(self, network: str) -> tuple[FilterRule, ...]:
        return _sorted(network, self._ingress[network])

    def egress(self, network: str) -> tuple[FilterRule, ...]:
        return _sorted(network, self._egress[network])

    def _open(
        self, rules: dict[str, list[FilterRule]], key: str, flow: Flow, networks: list[str], others: list[str]
    ) -> None:
        made = [
            (owner, FilterRule(f"{key}-{name}", key, prefix, flow.protocol, flow.port))
            for other in others
            for owner, name, prefix in self._peers[other]
        ]
        for network in networks:
            rules[network].extend(rule for owner, rule in made if owner != network)


def _peers(wan: Wan, cidrs: Mapping[str, IPv4Network]) -> dict[str, list[Peer]]:
    networks = {key: [(key, key, str(cidr))] for key, cidr in cidrs.items()}
    sites = {
        key: [(key, f"{key}-{_dashed(prefix)}", str(prefix)) for prefix in site.prefixes]
        for key, site in wan.sites.items()
    }
    return networks | sites


def _dashed(prefix: IPv4Network) -> str:
    return str(prefix).replace(".", "-").replace("/", "-")


def _sorted(network: str, rules: list[FilterRule]) -> tuple[FilterRule, ...]:
    """Raises IntentError where two flows' names and peers run together to one key, as a-b + c and a + b-c do."""
    by_key: dict[str, FilterRule] = {}
    for rule in rules:
        if (other := by_key.setdefault(rule.key, rule)) is not rule:
            what = f"its rules at {network!r} would have the same name as those of flow {other.flow!r}: {rule.key}"
            raise IntentError([Issue(("flows", rule.flow), what, "rename one of the two flows").unplaced()])
    return tuple(by_key[key] for key in sorted(by_key))
