"""Which tunnels have a BGP session, on random WANs: all, or on Azure one of each connection, on alternate instances."""

from collections import Counter
from ipaddress import IPv4Network

from hubspoke.intent import Wan
from hubspoke.plan import HubPlan, Lock, OnRampPlan, allocate, make_plan
from hubspoke.plan.sessions import owned, peer_address, sessions, silent_addresses
from hypothesis import given, settings

from tests.plan.wans import TUNNEL_POOL, wans


def gateways_of(wan: Wan) -> list[HubPlan | OnRampPlan]:
    plan = make_plan(wan, allocate(wan, Lock()))
    found: list[HubPlan | OnRampPlan] = [hub for account in plan.accounts for hub in account.hubs]
    return found + [onramp for account in plan.accounts for onramp in account.onramps]


@settings(max_examples=60)
@given(wans())
def test_every_connection_speaks_and_on_azure_once(wan: Wan) -> None:
    for part in gateways_of(wan):
        spoken = sessions(part)
        tunnels = {tunnel.key: tunnel for connection in part.connections for tunnel in connection.tunnels}
        each = 2 if part.cloud != "azure" else 1
        assert len(spoken) == (each * len(part.connections) if part.routing == "bgp" else 0)
        slots = Counter(tunnels[key].slot for key in spoken)
        assert len(set(slots.values())) <= 1, "each instance has as many sessions as the other"
        for connection in part.connections if part.cloud == "azure" else ():
            peer, silent = peer_address(connection, spoken), silent_addresses(connection, spoken)
            far = {tunnel.cloudflare_address for tunnel in connection.tunnels}
            assert {*({peer} if peer else ()), *(prefix.removesuffix("/32") for prefix in silent)} == far
            assert (peer is not None, len(silent)) == ((True, 1) if spoken else (False, 2))
            inside = {IPv4Network(tunnel.inside_cidr) for tunnel in connection.tunnels}
            assert all(prefix.subnet_of(IPv4Network(TUNNEL_POOL)) for prefix in inside) == bool(spoken)


@settings(max_examples=40)
@given(wans())
def test_what_speaks_owns_all_of_its_networks(wan: Wan) -> None:
    """Cloudflare takes no other routes from it, so nothing of its own may be missing."""
    plan = make_plan(wan, allocate(wan, Lock()))
    spokes = [spoke for account in plan.accounts for spoke in account.spokes]
    for part in gateways_of(wan):
        mine = [part.cidr] if isinstance(part, OnRampPlan) else [s.cidr for s in spokes if s.hub == part.key]
        space = [IPv4Network(prefix) for prefix in owned(part)]
        if sessions(part):
            assert all(any(IPv4Network(cidr).subnet_of(own) for own in space) for cidr in mine)
