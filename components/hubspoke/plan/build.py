"""From the intent and its lock to the Plan: pure, complete, sorted by key."""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, collapse_addresses
from itertools import chain

from hubspoke.intent.checks.accounts import depends_on
from hubspoke.intent.limits import AZURE_ASN
from hubspoke.intent.model import Adopted, Gateway, OnRamp, Spoke, Wan
from hubspoke.intent.parts import has_own_asn, networks
from hubspoke.intent.segments import reachable
from hubspoke.plan.allocate import require_complete, require_sound
from hubspoke.plan.firewall import firewall
from hubspoke.plan.lock import Lock
from hubspoke.plan.model import (
    CLOUDFLARE,
    AccountPlan,
    AdoptedNetwork,
    Cloud,
    CloudflarePlan,
    FlowPlan,
    HubPlan,
    OnRampPlan,
    Plan,
    SegmentTable,
    SitePlan,
    SpokePlan,
    Subnet,
)
from hubspoke.plan.needs import still_needed
from hubspoke.plan.peers import Peers
from hubspoke.plan.rules import Rules
from hubspoke.plan.subnets import lay_out
from hubspoke.plan.tunnels import connections, static_routes

Placed = HubPlan | SpokePlan | OnRampPlan

_DEFAULT_ROLES: dict[Cloud, str] = {"aws": "hubspoke", "azure": "", "gcp": ""}


def make_plan(wan: Wan, lock: Lock, *, checked: bool = False) -> Plan:
    """Everything that is decided before a cloud is spoken to.

    `checked` says that the intent was found sound by itself already, as `load_wan` does.
    Raises IntentError where the intent contradicts itself or what is allocated, AllocationMissing where the lock
    lacks an allocation.
    """
    require_sound(wan, lock, checked=checked)
    require_complete(wan, lock)
    return _Builder(wan, lock).plan()


class _Builder:
    """What the parts of the plan share while it is built."""

    def __init__(self, wan: Wan, lock: Lock) -> None:
        self.wan, self.lock = wan, still_needed(wan, lock)
        self.prefixes = tuple(str(prefix) for prefix in sorted(wan.address_space))
        self.reach = reachable(wan.segments)
        self.segments = tuple(SegmentTable(name, tuple(sorted(self.reach[name]))) for name in sorted(self.reach))
        self.cidrs: Mapping[str, IPv4Network] = {
            str(at[1]): network.cidr or self.lock.cidrs[str(at[1])] for at, network in networks(wan)
        }
        self.rules = Rules(wan, self.cidrs)
        self.peers = Peers(wan, self.cidrs)
        self.needs = depends_on(wan)
        self.hubs = {key: self.hub(key) for key in sorted(wan.hubs)}
        self.spokes = {key: self.spoke(key) for key in sorted(wan.spokes)}
        self.onramps = {key: self.onramp(key) for key in sorted(wan.onramps)}

    def plan(self) -> Plan:
        wan = self.wan
        accounts = [self.account(key) for key in wan.accounts]
        if wan.cloudflare.firewall:
            accounts.append(self.cloudflare())
        return Plan(
            wan=wan.name,
            tags=tuple(sorted(wan.tags.items())),
            organization_sharing=wan.organization_sharing,
            cloudflare=CloudflarePlan(wan.cloudflare.account, wan.cloudflare.asn),
            segments=self.segments,
            accounts=tuple(sorted(accounts, key=lambda account: account.key)),
            sites=tuple(
                SitePlan(key, site.segment, tuple(map(str, sorted(site.prefixes))))
                for key, site in sorted(wan.sites.items())
            ),
            flows=tuple(
                FlowPlan(key, flow.source, flow.target, flow.protocol, flow.port, flow.access)
                for key, flow in sorted(wan.flows.items())
            ),
            limits=tuple(sorted(wan.limits.items())),
        )

    def account(self, key: str) -> AccountPlan:
        account = self.wan.accounts[key]
        hubs = tuple(hub for hub in self.hubs.values() if hub.account == key)
        spokes = tuple(spoke for spoke in self.spokes.values() if spoke.account == key)
        onramps = tuple(onramp for onramp in self.onramps.values() if onramp.account == key)
        first = {CLOUDFLARE} if self.wan.cloudflare.firewall and (hubs or onramps) else set()
        return AccountPlan(
            key=key,
            cloud=account.cloud,
            id=account.id,
            role=account.role or _DEFAULT_ROLES[account.cloud],
            tenant=account.tenant or "",
            region=self.region(chain(hubs, spokes, onramps), account.cloud),
            hubs=hubs,
            spokes=spokes,
            onramps=onramps,
            firewall=None,
            depends_on=tuple(sorted(self.needs.get(key, set()) | first)),
        )

    def cloudflare(self) -> AccountPlan:
        return AccountPlan(
            key=CLOUDFLARE,
            cloud="cloudflare",
            id=self.wan.cloudflare.account,
            role="",
            tenant="",
            region="",
            hubs=(),
            spokes=(),
            onramps=(),
            firewall=firewall(self.wan, self.cidrs),
            depends_on=(),
        )

    def region(self, own: Iterable[Placed], cloud: Cloud) -> str:
        """Of the account's first part, or for an account that has nothing yet, of the first one in its cloud."""
        others: chain[Placed] = chain(self.hubs.values(), self.onramps.values(), self.spokes.values())
        return next(part.region for part in chain(own, others) if part.cloud == cloud)

    def hub(self, key: str) -> HubPlan:
        hub = self.wan.hubs[key]
        cloud = self.cloud(hub.account)
        guests = {spoke.account for spoke in self.wan.spokes.values() if spoke.hub == key} - {hub.account}
        prefix = hub.cidr or self.lock.prefixes.get(key)
        return HubPlan(
            key=key,
            account=hub.account,
            cloud=cloud,
            region=hub.region,
            asn=self.asn(key, hub),
            routing=hub.routing,
            segments=self.segments,
            connections=connections(self.wan, self.lock, key, hub, cloud),
            wan_prefixes=self.prefixes,
            shared_with=tuple(sorted(self.wan.accounts[guest].id for guest in guests)),
            protect=hub.protect,
            prefix=str(prefix) if prefix else None,
            scale_units=hub.scale_units,
            topology=hub.topology,
            center=tuple(sorted(hub.center)),
            store_psks=hub.store_psks,
            peers=self.peers.of(key),
            advertised=self.advertised(key) if hub.routing == "bgp" else (),
        )

    def spoke(self, key: str) -> SpokePlan:
        spoke, hub, cidr = self.wan.spokes[key], self.hubs[self.wan.spokes[key].hub], str(self.cidrs[key])
        subnets, priority = self.subnets(key, spoke, hub.cloud), self.wan.cloudflare.priority
        reached = _reached(hub.cloud, cidr, subnets)
        return SpokePlan(
            key=key,
            account=spoke.account,
            cloud=hub.cloud,
            hub=spoke.hub,
            hub_account=hub.account,
            hub_account_id=self.wan.accounts[hub.account].id,
            region=hub.region,
            segment=spoke.segment,
            cidr=cidr,
            subnets=subnets,
            adopted=_adopted(spoke.adopt) if spoke.adopt else None,
            propagates_to=tuple(table.key for table in hub.segments if spoke.segment in table.reaches),
            wan_prefixes=self.prefixes,
            ingress=self.rules.ingress(key),
            egress=self.rules.egress(key),
            cloudflare_routes=static_routes(hub.connections, reached, priority) if hub.routing == "static" else (),
        )

    def onramp(self, key: str) -> OnRampPlan:
        onramp, cidr = self.wan.onramps[key], str(self.cidrs[key])
        cloud = self.cloud(onramp.account)
        made = connections(self.wan, self.lock, key, onramp, cloud)
        static, subnets = onramp.routing == "static", self.subnets(key, onramp, cloud)
        reached = _reached(cloud, cidr, subnets)
        return OnRampPlan(
            key=key,
            account=onramp.account,
            cloud=cloud,
            region=onramp.region,
            segment=onramp.segment,
            cidr=cidr,
            asn=self.asn(key, onramp),
            routing=onramp.routing,
            connections=made,
            subnets=subnets,
            adopted=_adopted(onramp.adopt) if onramp.adopt else None,
            gateway=onramp.gateway,
            wan_prefixes=self.prefixes,
            advertised=(cidr,) if cloud == "gcp" and not static else (),
            ingress=self.rules.ingress(key),
            egress=self.rules.egress(key),
            cloudflare_routes=static_routes(made, reached, self.wan.cloudflare.priority) if static else (),
            protect=onramp.protect,
        )

    def cloud(self, account: str) -> Cloud:
        return self.wan.accounts[account].cloud

    def asn(self, key: str, gateway: Gateway) -> int:
        return gateway.asn or self.lock.asns[key] if has_own_asn(self.wan, gateway) else AZURE_ASN

    def subnets(self, key: str, network: Spoke | OnRamp, cloud: Cloud) -> tuple[Subnet, ...]:
        return () if network.adopt else lay_out(cloud, network, self.cidrs[key])

    def advertised(self, hub: str) -> tuple[str, ...]:
        """The hub's pool as one, so that a new spoke changes nothing there, and its spokes' prefixes outside it."""
        pool = [self.wan.pools[hub]] if hub in self.wan.pools else []
        own = (self.cidrs[key] for key, spoke in self.wan.spokes.items() if spoke.hub == hub)
        return tuple(map(str, collapse_addresses([*pool, *own])))


def _reached(cloud: Cloud, cidr: str, subnets: tuple[Subnet, ...]) -> str:
    """What Cloudflare sends to a network by static routes. A new network on Google has addresses in its one subnetwork
    alone: the rest of its prefix would go back to Cloudflare by the network's static route, and round in circles.
    """
    return subnets[0].cidr if cloud == "gcp" and len(subnets) == 1 else cidr


def _adopted(adopted: Adopted) -> AdoptedNetwork:
    return AdoptedNetwork(
        adopted.network, tuple(sorted(adopted.subnets.items())), tuple(sorted(adopted.route_tables.items()))
    )
