"""Every router needs a number of its own, and routes must be exchanged in a way that both sides can."""

from collections.abc import Iterator

from hubspoke.intent.clouds import CLOUDS
from hubspoke.intent.limits import PRIVATE_ASNS, is_private_asn, reserved_by
from hubspoke.intent.model import Gateway, Wan
from hubspoke.intent.names import suggest
from hubspoke.intent.parts import cloud_of, gateway_at, gateways, has_own_asn
from hubspoke.intent.problem import Issue, Location
from hubspoke.intent.segments import ONRAMP

_RANGES = " or ".join(f"{numbers[0]}-{numbers[-1]}" for numbers in PRIVATE_ASNS)


def check_routing(wan: Wan) -> Iterator[Issue]:
    if ONRAMP in wan.segments:
        what = f"{ONRAMP!r} is the route table of what comes from Cloudflare"
        yield Issue(("segments", ONRAMP), what, "choose another key")
    yield from _asns(wan)
    for key, gateway in gateways(wan).items():
        yield from _epochs(wan, gateway_at(wan, key), gateway)


def _asns(wan: Wan) -> Iterator[Issue]:
    first: dict[int, str] = {}
    for key, gateway in gateways(wan).items():
        at = (*gateway_at(wan, key), "asn")
        if gateway.asn is None or not has_own_asn(wan, gateway):
            continue
        yield from _asn(wan, at, gateway.asn)
        if (other := first.setdefault(gateway.asn, key)) != key:
            kind = "hub" if other in wan.hubs else "on-ramp"
            what = f"{gateway.asn} is the ASN of {kind} {other!r} already"
            yield Issue(at, what, f"give each {'hub' if at[0] == 'hubs' else 'on-ramp'} its own, or leave it out")


def _asn(wan: Wan, at: Location, asn: int) -> Iterator[Issue]:
    keeper = reserved_by(asn)
    if asn == wan.cloudflare.asn:
        yield Issue(at, f"{asn} is Cloudflare's ASN", f"give the {'hub' if at[0] == 'hubs' else 'on-ramp'} another")
    if not is_private_asn(asn):
        yield Issue(at, f"{asn} is not a private ASN", f"give one of {_RANGES}")
    elif keeper and any(account.cloud == keeper for account in wan.accounts.values()):
        what = f"{CLOUDS[keeper].name} keeps ASN {asn} for itself and drops routes that carry it"
        yield Issue(at, what, "give another")


def _epochs(wan: Wan, at: Location, gateway: Gateway) -> Iterator[Issue]:
    """One key per tunnel; on Azure both tunnels of a connection have one."""
    endpoints, slots = sorted(wan.cloudflare.endpoints), ("",) if cloud_of(wan, gateway) == "azure" else ("-a", "-b")
    known = [f"{endpoint}{slot}" for endpoint in endpoints for slot in slots]
    for key in gateway.psk_epochs if endpoints else ():
        if key not in known:
            remedy = suggest(key, known, "those that have")
            yield Issue((*at, "psk_epochs", key), f"{key!r} has no key of its own", remedy)
