"""From the Plan to the network that it means."""

from collections.abc import Iterator

from hubspoke.network.intended import names
from hubspoke.network.intended.hubs import Hubs
from hubspoke.network.intended.networks import add_onramp, add_spoke
from hubspoke.network.intended.parts import Parts, add_firewall, cloudflare_routes
from hubspoke.network.model import Deliver, Endpoint, Network, Prefixes, Route, Source, Table
from hubspoke.plan.model import HubPlan, OnRampPlan, Plan, SpokePlan
from hubspoke.plan.prefixes_taken import learned_taken


def intended(plan: Plan) -> Network:
    """The network as it is once the Plan is deployed and every session has come up. Needs the whole Plan."""
    parts = Parts(quota=learned_taken(plan))
    hubs = Hubs(parts, plan)
    hubs.add()
    by_key = {hub.key: hub for hub in hubs.hubs}
    for spoke in _spokes(plan):
        add_spoke(parts, spoke, by_key[spoke.hub], hubs.spokes[spoke.hub])
    for onramp in _onramps(plan):
        add_onramp(parts, plan, onramp)
    _add_middle(parts, plan)
    return parts.network()


def _spokes(plan: Plan) -> Iterator[SpokePlan]:
    return (spoke for account in plan.accounts for spoke in account.spokes)


def _onramps(plan: Plan) -> Iterator[OnRampPlan]:
    return (onramp for account in plan.accounts for onramp in account.onramps)


def _add_middle(parts: Parts, plan: Plan) -> None:
    """Cloudflare: one table for all, the sites behind it, and the firewall."""
    routes: list[Route] = []
    networks: list[SpokePlan | OnRampPlan] = [*_spokes(plan), *_onramps(plan)]
    for network in networks:
        routes += cloudflare_routes(parts, network.key, network.cloudflare_routes)
    for site in plan.sites:
        prefixes, origin = parts.shared(site.prefixes), f"plan: site {site.key}"
        routes.append(Route(prefixes, Deliver(site.key), Source.ATTACHED, origin))
        parts.endpoints.append(Endpoint(site.key, site.segment, prefixes, (names.CLOUDFLARE,), origin))
    filters: tuple[str, ...] = ()
    for account in plan.accounts:
        if account.firewall:
            add_firewall(parts, account.firewall, _wan(plan))
            filters = (names.FIREWALL,)
    parts.tables.append(
        Table(names.CLOUDFLARE, names.CLOUDFLARE, "cloudflare", tuple(routes), "plan: cloudflare", filters)
    )


def _wan(plan: Plan) -> Prefixes:
    """The WAN's prefixes: the same for every hub and on-ramp."""
    for account in plan.accounts:
        parts: list[HubPlan | OnRampPlan] = [*account.hubs, *account.onramps]
        for part in parts:
            return part.wan_prefixes
    return ()
