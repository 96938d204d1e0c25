"""What Azure holds BGP over its gateways to: the addresses of both sides, and settings at both ends."""

from ipaddress import IPv4Address
from typing import Any

from ..networks import address
from ..protocol import Properties
from ..records import Record
from ..view import View
from .sources import docs, refuse

SOURCE = docs("VPN Gateway FAQ, BGP")
RANGE_SOURCE = docs("VPN Gateway, Configure BGP; terraform-provider-azurerm #10381")
_FIRST, _LAST = IPv4Address("169.254.21.0"), IPv4Address("169.254.22.255")


def custom_addresses(record: Record) -> list[str]:
    """The link-local addresses that a gateway was given."""
    peers = (record.inputs.get("bgpSettings") or {}).get("bgpPeeringAddresses") or []
    return [str(each) for peer in peers for each in peer.get("customBgpIpAddresses") or []]


def own_addresses(_: View, draft: Record, __: Record | None) -> None:
    """A gateway's own addresses beside the ones that Azure gives it are of Azure's link-local range."""
    for each in custom_addresses(draft):
        known = address(each) is None and _FIRST <= IPv4Address(each) <= _LAST
        refuse(None if known else f"the custom BGP address {each} is not in {_FIRST} to {_LAST}")


def check_peer(settings: Properties | None, outside: Any) -> None:
    """Refuses settings of a far end without an ASN or a peer address, or with its outside address as that."""
    if not settings:
        return
    peer = settings.get("bgpPeeringAddress")
    if settings.get("asn") is None or not peer:
        refuse("BGP settings are an asn and a bgpPeeringAddress")
    refuse(address(peer))
    refuse(f"the BGP peer address {peer} is the device's public one" if peer == outside else None)


def check_spoken(gateway: Record, settings: Properties | None, far: str) -> None:
    """Refuses BGP over a connection to a far end without settings, or with a peer that the gateway cannot speak to."""
    if not settings:
        refuse(f"{far} has no BGP settings")
        return
    link_local = IPv4Address(str(settings["bgpPeeringAddress"])).is_link_local
    if link_local and not custom_addresses(gateway):
        refuse(f"{gateway.id} has no custom BGP address to speak with {settings['bgpPeeringAddress']} from")
