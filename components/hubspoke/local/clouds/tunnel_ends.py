"""The two ends of a tunnel in two clouds: what is down is down at both."""

from .aws.sources import VPN_CONNECTION
from .aws.tunnels import TUNNELS
from .cloudflare.magic_wan import TUNNEL
from .faults import Fault, FaultKind
from .records import Record
from .sim import BadChange, Simulation


def down_faults(clouds: Simulation, id_: str | None, slot: str | None = None) -> list[tuple[str, Fault]]:
    """The faults, each with its cloud, that take down a tunnel at both ends.

    `id_` is that of a VPN connection, of which `slot` ("1" or "2") names one tunnel, or of a Cloudflare tunnel; without
    one, every tunnel goes down. Raises BadChange where the id is of neither.
    """
    if id_ is None:
        return [(cloud, Fault(FaultKind.TUNNEL_DOWN, action=_slot(cloud, slot))) for cloud in ("aws", "cloudflare")]
    record = clouds.get(id_)
    if record.type == VPN_CONNECTION:
        return _of_connection(clouds, record, [slot] if slot else [name[-1] for name in TUNNELS])
    if record.type == TUNNEL:
        return _of_cloudflare(clouds, record)
    raise BadChange(f"{id_} is a {record.type}, which is neither a VPN connection nor a Cloudflare tunnel")


def _slot(cloud: str, slot: str | None) -> str | None:
    return slot if cloud == "aws" else None


def _of_connection(clouds: Simulation, vpn: Record, slots: list[str]) -> list[tuple[str, Fault]]:
    outside = {vpn.value(f"tunnel{slot}Address") for slot in slots}
    far = [t for t in clouds.records(type_=TUNNEL) if t.inputs.get("customerEndpoint") in outside]
    return [*(_down("aws", vpn, slot) for slot in slots), *(_down("cloudflare", tunnel) for tunnel in far)]


def _of_cloudflare(clouds: Simulation, tunnel: Record) -> list[tuple[str, Fault]]:
    outside = tunnel.inputs.get("customerEndpoint")
    far = [
        (vpn, name[-1]) for vpn in clouds.records(type_=VPN_CONNECTION) for name in TUNNELS
        if outside and vpn.value(f"{name}Address") == outside
    ]  # fmt: skip
    return [_down("cloudflare", tunnel), *(_down("aws", vpn, slot) for vpn, slot in far)]


def _down(cloud: str, record: Record, slot: str | None = None) -> tuple[str, Fault]:
    return cloud, Fault(FaultKind.TUNNEL_DOWN, id=record.id, action=slot)
