"""The two ends of a tunnel in two clouds: what is down is down at both."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .aws.sources import VPN_CONNECTION
from .aws.tunnels import TUNNELS
from .azure import sources as azure
from .cloudflare.magic_wan import TUNNEL
from .faults import Fault, FaultKind
from .gcp import sources as gcp
from .gcp.places import meant
from .gcp.tunnels import slot as google_slot
from .records import Record
from .sim import BadChange, Simulation


@dataclass(frozen=True)
class _End:
    """One tunnel of a VPN: its number there, its outside address, and Cloudflare's where one VPN has several."""

    slot: str  # "1" or "2"
    outside: str
    endpoint: str | None = None

    def meets(self, tunnel: Record) -> bool:
        """Whether a Cloudflare tunnel is the other end."""
        far = tunnel.inputs.get("cloudflareEndpoint")
        return (
            bool(self.outside)
            and tunnel.inputs.get("customerEndpoint") == self.outside
            and self.endpoint in (None, far)
        )


def down_faults(clouds: Simulation, id_: str | None, slot: str | None = None) -> list[tuple[str, Fault]]:
    """The faults, each with its cloud, that take down a tunnel at both ends.

    `id_` is that of a VPN connection, of which `slot` ("1" or "2") names one tunnel, or of a Cloudflare tunnel; without
    one, every tunnel goes down. Raises BadChange where the id is of neither.
    """
    if id_ is None:
        return [
            (cloud, Fault(FaultKind.TUNNEL_DOWN, action=slot if cloud != "cloudflare" else None))
            for cloud in (*dict.fromkeys(_cloud(type_) for type_ in _ENDS), "cloudflare")
        ]
    record = clouds.get(id_)
    if record.type in _ENDS:
        return _of_connection(clouds, record, slot)
    if record.type == TUNNEL:
        return _of_cloudflare(clouds, record)
    raise BadChange(f"{id_} is a {record.type}, which is neither a VPN connection nor a Cloudflare tunnel")


def _cloud(type_: str) -> str:
    return type_.split(":")[0]


def _of_connection(clouds: Simulation, vpn: Record, slot: str | None) -> list[tuple[str, Fault]]:
    ends = [end for end in _ENDS[vpn.type](clouds, vpn) if slot in (None, end.slot)]
    far = [t for t in clouds.records(type_=TUNNEL) if any(end.meets(t) for end in ends)]
    return [*(_down(vpn, end.slot) for end in ends), *(_down(tunnel) for tunnel in far)]


def _of_cloudflare(clouds: Simulation, tunnel: Record) -> list[tuple[str, Fault]]:
    far = [
        _down(vpn, end.slot) for type_, ends in _ENDS.items() for vpn in clouds.records(type_=type_)
        for end in ends(clouds, vpn) if end.meets(tunnel)
    ]  # fmt: skip
    return [_down(tunnel), *far]


def _down(record: Record, slot: str | None = None) -> tuple[str, Fault]:
    return _cloud(record.type), Fault(FaultKind.TUNNEL_DOWN, id=record.id, action=slot)


def _aws(_: Simulation, vpn: Record) -> Iterator[_End]:
    for name in TUNNELS:
        yield _End(name[-1], str(vpn.value(f"{name}Address") or ""))


def _hub(clouds: Simulation, vpn: Record) -> Iterator[_End]:
    """A hub's connection: over each instance go the tunnels of all its links."""
    gateway = clouds.get(vpn.id.rpartition("/vpnConnections/")[0])
    for number, instance in enumerate(gateway.outputs.get("ipConfigurations") or [], 1):
        yield _End(str(number), instance["publicIpAddress"])


def _gateway(clouds: Simulation, vpn: Record) -> Iterator[_End]:
    gateway, local = (
        clouds.get(azure.id_at(vpn.inputs.get(name))) for name in ("virtualNetworkGateway1", "localNetworkGateway2")
    )
    for number, configuration in enumerate(gateway.inputs.get("ipConfigurations") or [], 1):
        address = clouds.get(azure.id_at(configuration.get("publicIPAddress")))
        yield _End(str(number), str(address.value("ipAddress")), local.inputs.get("gatewayIpAddress"))


def _google(clouds: Simulation, tunnel: Record) -> Iterator[_End]:
    """A tunnel of its own: at an interface of an HA gateway, or at the address that leads to a classic one."""
    slot, endpoint = google_slot(tunnel), str(clouds.outputs(tunnel)["peerIp"])
    if tunnel.inputs.get("vpnGateway"):
        gateway = clouds.get(meant(gcp.HA_VPN_GATEWAY, tunnel, str(tunnel.inputs["vpnGateway"])))
        outside = [each["ipAddress"] for each in gateway.value("vpnInterfaces") if str(each["id"] + 1) == slot]
    else:
        classic = meant(gcp.CLASSIC_VPN_GATEWAY, tunnel, str(tunnel.inputs["targetVpnGateway"]))
        outside = [rule.value("ipAddress") for rule in clouds.children(gcp.CLASSIC_VPN_GATEWAY, classic)
                   if rule.type == gcp.FORWARDING_RULE]  # fmt: skip
    yield _End(slot, str(outside[0]) if outside else "", endpoint)


_ENDS: dict[str, Callable[[Simulation, Record], Iterator[_End]]] = {
    VPN_CONNECTION: _aws, azure.VPN_CONNECTION: _hub, azure.GATEWAY_CONNECTION: _gateway,
    gcp.VPN_TUNNEL: _google,
}  # fmt: skip
