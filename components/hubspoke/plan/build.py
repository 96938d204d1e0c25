"""From the intent and its lock to the Plan: pure, complete, sorted by key."""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Literal

from hubspoke.intent.model import Adopted, Wan
from hubspoke.intent.segments import reachable
from hubspoke.plan.allocate import SLOTS, require_complete, require_sound, still_needed, tunnel_key
from hubspoke.plan.lock import Lock
from hubspoke.plan.model import (
    AccountPlan,
    AdoptedNetwork,
    CloudflarePlan,
    Connection,
    FlowPlan,
    HubPlan,
    Plan,
    SegmentTable,
    SpokePlan,
    StaticRoute,
    Tunnel,
)
from hubspoke.plan.rules import Rules
from hubspoke.plan.subnets import lay_out


def make_plan(wan: Wan, lock: Lock) -> Plan:
    """Everything that is decided before a cloud is spoken to.

    Raises IntentError where the intent contradicts itself or what is allocated, AllocationMissing where the lock
    lacks an allocation.
    """
    require_sound(wan, lock)
    require_complete(wan, lock)
    return _Builder(wan, lock).plan()


class _Builder:
    """What the parts of the plan share while it is built."""

    def __init__(self, wan: Wan, lock: Lock) -> None:
        self.wan, self.lock = wan, still_needed(wan, lock)
        self.prefixes = tuple(str(prefix) for prefix in sorted(wan.address_space))
        self.reach = reachable(wan.segments)
        self.cidrs: Mapping[str, IPv4Network] = {
            key: spoke.cidr or self.lock.cidrs[key] for key, spoke in wan.spokes.items()
        }
        self.rules = Rules(wan, self.cidrs)
        self.hubs = {key: self.hub(key) for key in sorted(wan.hubs)}
        self.spokes = {key: self.spoke(key) for key in sorted(wan.spokes)}

    def plan(self) -> Plan:
        wan = self.wan
        return Plan(
            wan=wan.name,
            tags=tuple(sorted(wan.tags.items())),
            organization_sharing=wan.organization_sharing,
            cloudflare=CloudflarePlan(wan.cloudflare.account, wan.cloudflare.asn),
            accounts=tuple(self.account(key) for key in sorted(wan.accounts)),
            flows=tuple(
                FlowPlan(key, flow.source, flow.target, flow.protocol, flow.port, flow.access)
                for key, flow in sorted(wan.flows.items())
            ),
        )

    def account(self, key: str) -> AccountPlan:
        account = self.wan.accounts[key]
        hubs = tuple(hub for hub in self.hubs.values() if hub.account == key)
        spokes = tuple(spoke for spoke in self.spokes.values() if spoke.account == key)
        regions = [hub.region for hub in hubs] + [spoke.region for spoke in spokes]
        anywhere = [hub.region for hub in self.hubs.values()]  # for an account that has nothing yet
        return AccountPlan(
            key=key,
            cloud=account.cloud,
            id=account.id,
            role=account.role,
            tenant="",
            region=(regions + anywhere)[0],
            hubs=hubs,
            spokes=spokes,
            onramps=(),
            firewall=None,
            depends_on=tuple(sorted({spoke.hub_account for spoke in spokes} - {key})),
        )

    def hub(self, key: str) -> HubPlan:
        hub = self.wan.hubs[key]
        guests = {spoke.account for spoke in self.wan.spokes.values() if spoke.hub == key} - {hub.account}
        return HubPlan(
            key=key,
            account=hub.account,
            cloud="aws",
            region=hub.region,
            asn=hub.asn or self.lock.asns[key],
            routing=hub.routing,
            segments=tuple(SegmentTable(name, tuple(sorted(self.reach[name]))) for name in sorted(self.reach)),
            connections=tuple(self.connection(key, endpoint) for endpoint in sorted(self.wan.cloudflare.endpoints)),
            wan_prefixes=self.prefixes,
            shared_with=tuple(sorted(self.wan.accounts[guest].id for guest in guests)),
            protect=hub.protect,
            prefix=None,
            scale_units=1,
            topology="mesh",
            center=(),
            store_psks=False,
            peers=(),
            advertised=(),
        )

    def connection(self, hub: str, endpoint: str) -> Connection:
        address = str(self.wan.cloudflare.endpoints[endpoint])
        return Connection(endpoint, address, tuple(self.tunnel(hub, endpoint, slot) for slot in SLOTS))

    def tunnel(self, hub: str, endpoint: str, slot: Literal["a", "b"]) -> Tunnel:
        key = tunnel_key(hub, endpoint, slot)
        inside = self.lock.tunnels[key]
        epoch = self.wan.hubs[hub].psk_epoch
        return Tunnel(key, slot, str(inside), str(inside[1]), str(inside[2]), epoch)

    def spoke(self, key: str) -> SpokePlan:
        spoke, hub, cidr = self.wan.spokes[key], self.hubs[self.wan.spokes[key].hub], self.cidrs[key]
        return SpokePlan(
            key=key,
            account=spoke.account,
            cloud="aws",
            hub=spoke.hub,
            hub_account=hub.account,
            hub_account_id=self.wan.accounts[hub.account].id,
            region=hub.region,
            segment=spoke.segment,
            cidr=str(cidr),
            subnets=() if spoke.adopt else lay_out(cidr, spoke.zones),
            adopted=_adopted(spoke.adopt) if spoke.adopt else None,
            propagates_to=tuple(table.key for table in hub.segments if spoke.segment in table.reaches),
            wan_prefixes=self.prefixes,
            ingress=self.rules.ingress(key),
            egress=self.rules.egress(key),
            cloudflare_routes=self.routes(hub, str(cidr)),
        )

    def routes(self, hub: HubPlan, prefix: str) -> tuple[StaticRoute, ...]:
        """One route at Cloudflare per tunnel, at one priority for all: equal-cost paths. None where BGP does it."""
        if hub.routing == "bgp":
            return ()
        tunnels = [tunnel for connection in hub.connections for tunnel in connection.tunnels]
        priority = self.wan.cloudflare.priority
        return tuple(StaticRoute(tunnel.key, prefix, tunnel.cloud_address, priority) for tunnel in tunnels)


def _adopted(adopted: Adopted) -> AdoptedNetwork:
    return AdoptedNetwork(
        adopted.network, tuple(sorted(adopted.subnets.items())), tuple(sorted(adopted.route_tables.items()))
    )
