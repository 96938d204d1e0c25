"""Both ends of a network's tunnels to Cloudflare: HA VPN with BGP, or Classic VPN with static routes.

HA VPN has no static routing and Classic VPN no longer any BGP (Google, "Networks and tunnel routing"; Cloudflare,
"Google Cloud VPN", 2026-08), so the routing decides the kind of gateway.
"""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_gcp as gcp
import pulumi_random as random

from hubspoke.args.cloudflare import CloudflareTunnelArgs, HealthCheckArgs, tunnel_end, tunnel_ends
from hubspoke.cloudflare import CloudflareOnRamp
from hubspoke.gcp.parts import Maker, slug
from hubspoke.plan.model import CloudflarePlan, Connection, HubPlan, OnRampPlan, Tunnel

# What Cloudflare's and Google's lists of ciphers share, and no more: a proposal left to a default admits SHA-1 and
# group 14. An AEAD cipher takes no integrity algorithm. (Cloudflare, "IPsec parameters"; Google, "Supported IKE
# ciphers", 2026-08)
CIPHERS = gcp.compute.VPNTunnelCipherSuiteArgs(
    phase1=gcp.compute.VPNTunnelCipherSuitePhase1Args(
        encryptions=["AES-GCM-16-256"], prves=["PRF-HMAC-SHA2-256"], dhs=["Group-20"]
    ),
    phase2=gcp.compute.VPNTunnelCipherSuitePhase2Args(encryptions=["AES-GCM-16-256"], pfs=["Group-20"]),
)
_INTERFACES = {"a": 0, "b": 1}
_ANYWHERE = ["0.0.0.0/0"]  # route-based
_PRIORITY = 1000  # of static routes: equal ones share the traffic


@dataclass(frozen=True)
class Session:
    """One tunnel of an HA gateway with its BGP session."""

    tunnel: gcp.compute.VPNTunnel
    peer: gcp.compute.RouterPeer


class Vpn:
    """The VPN of one network. `site` is the hub or on-ramp that it belongs to."""

    def __init__(
        self, make: Maker, site: HubPlan | OnRampPlan, network: pulumi.Output[str], cloudflare: CloudflarePlan
    ) -> None:
        self._make, self._site, self._network, self._cloudflare = make, site, network, cloudflare
        self._ends: list[CloudflareTunnelArgs] = []
        self.sessions: dict[str, Session] = {}
        if site.routing == "bgp":
            self._connect_by_bgp()
        else:
            self._connect_statically()
        self.at_cloudflare = CloudflareOnRamp(site.key, tunnel_ends(cloudflare, site, self._ends), make.options())

    def _psk(self, tunnel: Tunnel) -> pulumi.Output[str]:
        password = random.RandomPassword(
            tunnel.key,
            length=40,
            special=False,
            keepers={"epoch": str(tunnel.psk_epoch)},
            opts=self._make.options(),
        )
        return pulumi.Output.concat("k", password.result)  # as on every cloud: AWS refuses a leading zero

    def _end(self, connection: Connection, tunnel: Tunnel, outside: pulumi.Output[str]) -> pulumi.Output[str]:
        """Notes what Cloudflare must know of a tunnel. Returns its key."""
        psk = self._psk(tunnel)
        # Cloudflare pings its own end through the tunnel: Google sends it back by the route that covers the tunnel's
        # inside block (Cloudflare, "Google Cloud VPN", 2026-08).
        check: HealthCheckArgs = {"type": "reply", "target": tunnel.cloudflare_address}
        self._ends.append(tunnel_end(tunnel, connection.endpoint, outside, psk, check))
        return psk

    def _connect_by_bgp(self) -> None:
        gateway, router = self._ha_gateway(), self._router()
        for connection in self._site.connections:
            far = self._external_gateway(connection)
            for tunnel in connection.tunnels:
                psk = self._end(connection, tunnel, _outside(gateway, tunnel))
                made = self._ha_tunnel(tunnel, gateway, far, router, psk)
                self.sessions[tunnel.key] = Session(made, self._speak(tunnel, router, made))

    def _ha_gateway(self) -> gcp.compute.HaVpnGateway:
        return gcp.compute.HaVpnGateway(
            self._make.key,
            region=self._make.region,
            network=self._network,
            description=f"VPN of {self._make.key}",
            stack_type="IPV4_ONLY",
            labels=self._make.labels,
            opts=self._make.options(protect=True),
        )

    def _router(self) -> gcp.compute.Router:
        """Advertises the WAN's own prefixes here, as subnets of other networks are none of the router's."""
        return gcp.compute.Router(
            self._make.key,
            region=self._make.region,
            network=self._network,
            description=f"BGP of {self._make.key}",
            bgp=gcp.compute.RouterBgpArgs(
                asn=self._site.asn,
                advertise_mode="CUSTOM",
                advertised_ip_ranges=[
                    gcp.compute.RouterBgpAdvertisedIpRangeArgs(range=prefix) for prefix in self._site.advertised
                ],
                keepalive_interval=30,  # a third of the 90 s that Cloudflare holds a session
            ),
            opts=self._make.options(protect=True),
        )

    def _external_gateway(self, connection: Connection) -> gcp.compute.ExternalVpnGateway:
        """Cloudflare's endpoint: one anycast address, redundant behind it. One each, so that another endpoint
        replaces nothing."""
        return gcp.compute.ExternalVpnGateway(
            self._make.name(connection.key),
            description=f"Cloudflare's endpoint {connection.key}",
            redundancy_type="SINGLE_IP_INTERNALLY_REDUNDANT",
            interfaces=[gcp.compute.ExternalVpnGatewayInterfaceArgs(id=0, ip_address=connection.endpoint)],
            labels=self._make.labels,
            opts=self._make.options(),
        )

    def _ha_tunnel(
        self, tunnel: Tunnel, gateway: gcp.compute.HaVpnGateway, far: gcp.compute.ExternalVpnGateway,
        router: gcp.compute.Router, psk: pulumi.Output[str],
    ) -> gcp.compute.VPNTunnel:  # fmt: skip
        return gcp.compute.VPNTunnel(
            tunnel.key,
            region=self._make.region,
            description=f"tunnel {tunnel.key} to Cloudflare",
            vpn_gateway=gateway.self_link,
            vpn_gateway_interface=_INTERFACES[tunnel.slot],
            peer_external_gateway=far.self_link,
            peer_external_gateway_interface=0,
            router=router.self_link,
            shared_secret=psk,
            ike_version=2,
            cipher_suite=CIPHERS,
            labels=self._make.labels,
            # Nothing of a tunnel can be changed, and two cannot join the same two ends.
            opts=self._make.options(delete_before_replace=True),
        )

    def _speak(self, tunnel: Tunnel, router: gcp.compute.Router, made: gcp.compute.VPNTunnel) -> gcp.compute.RouterPeer:
        """The BGP session over a tunnel: the router's interface in it, and Cloudflare as its peer."""
        interface = gcp.compute.RouterInterface(
            tunnel.key,
            region=self._make.region,
            router=router.name,
            ip_range=f"{tunnel.cloud_address}/{tunnel.inside_cidr.split('/')[1]}",
            vpn_tunnel=made.self_link,
            opts=self._make.options(delete_before_replace=True),
        )
        return gcp.compute.RouterPeer(
            tunnel.key,
            region=self._make.region,
            router=router.name,
            interface=interface.name,
            ip_address=tunnel.cloud_address,
            peer_ip_address=tunnel.cloudflare_address,
            peer_asn=self._cloudflare.asn,
            advertised_route_priority=100,  # the same for all: both tunnels carry traffic
            opts=self._make.options(delete_before_replace=True),
        )

    def _connect_statically(self) -> None:
        slots = sorted({tunnel.slot for c in self._site.connections for tunnel in c.tunnels})
        gateways = {slot: ClassicGateway(self._make, slot, self._network) for slot in slots}
        for connection in self._site.connections:
            for tunnel in connection.tunnels:
                gateway = gateways[tunnel.slot]
                psk = self._end(connection, tunnel, gateway.address)
                self._route(tunnel, self._classic_tunnel(connection, tunnel, gateway, psk))

    def _classic_tunnel(
        self, connection: Connection, tunnel: Tunnel, gateway: "ClassicGateway", psk: pulumi.Output[str]
    ) -> gcp.compute.VPNTunnel:
        return gcp.compute.VPNTunnel(
            tunnel.key,
            region=self._make.region,
            description=f"tunnel {tunnel.key} to Cloudflare",
            target_vpn_gateway=gateway.link,
            peer_ip=connection.endpoint,
            local_traffic_selectors=_ANYWHERE,
            remote_traffic_selectors=_ANYWHERE,
            shared_secret=psk,
            ike_version=2,
            cipher_suite=CIPHERS,
            labels=self._make.labels,
            # A gateway without its forwarding rules takes no tunnel.
            opts=self._make.options(delete_before_replace=True, depends_on=gateway.rules),
        )

    def _route(self, tunnel: Tunnel, made: gcp.compute.VPNTunnel) -> None:
        """The WAN's prefixes over every tunnel alike, and the tunnel's own inside block for its health check."""
        for prefix in [*self._site.wan_prefixes, tunnel.inside_cidr]:
            gcp.compute.Route(
                f"{tunnel.key}-{slug(prefix)}",
                network=self._network,
                description=f"{prefix} over tunnel {tunnel.key}",
                dest_range=prefix,
                priority=_PRIORITY,
                next_hop_vpn_tunnel=made.self_link,
                opts=self._make.options(delete_before_replace=True),
            )


class ClassicGateway:
    """A Classic VPN gateway with its address and what leads IKE and ESP to it."""

    def __init__(self, make: Maker, slot: str, network: pulumi.Output[str]) -> None:
        name = make.name(slot)
        address = gcp.compute.Address(
            name,
            region=make.region,
            description=f"VPN of {make.key}",
            address_type="EXTERNAL",
            labels=make.labels,
            opts=make.options(protect=True),
        )
        gateway = gcp.compute.VPNGateway(
            name,
            region=make.region,
            network=network,
            description=f"VPN of {make.key}",
            opts=make.options(protect=True),
        )
        self.address, self.link = address.address, gateway.self_link
        self.rules = [
            gcp.compute.ForwardingRule(
                f"{name}-{protocol.lower()}{port or ''}",
                region=make.region,
                ip_protocol=protocol,
                port_range=port,
                ip_address=address.address,
                target=gateway.self_link,
                labels=make.labels,
                opts=make.options(delete_before_replace=True),
            )
            for protocol, port in (("ESP", None), ("UDP", "500"), ("UDP", "4500"))
        ]


def _outside(gateway: gcp.compute.HaVpnGateway, tunnel: Tunnel) -> pulumi.Output[str]:
    number = _INTERFACES[tunnel.slot]
    interfaces: pulumi.Output[Any] = gateway.vpn_interfaces
    return interfaces.apply(lambda found: next(str(i.ip_address) for i in found if i.id == number))
