"""Every router needs a number of its own, and every account an id of its own."""

from collections.abc import Iterator

from hubspoke.intent.limits import PRIVATE_ASNS, is_private_asn
from hubspoke.intent.model import Wan
from hubspoke.intent.problem import Issue
from hubspoke.intent.segments import ONRAMP

_RANGES = " or ".join(f"{numbers[0]}-{numbers[-1]}" for numbers in PRIVATE_ASNS)


def check_routing(wan: Wan) -> Iterator[Issue]:
    if ONRAMP in wan.segments:
        what = f"{ONRAMP!r} is the route table of what comes from Cloudflare"
        yield Issue(("segments", ONRAMP), what, "choose another key")
    yield from _asns(wan)
    yield from _account_ids(wan)


def _asns(wan: Wan) -> Iterator[Issue]:
    first: dict[int, str] = {}
    for key, hub in wan.hubs.items():
        at = ("hubs", key, "asn")
        if hub.asn is None:
            continue
        if not is_private_asn(hub.asn):
            yield Issue(at, f"{hub.asn} is not a private ASN", f"give one of {_RANGES}")
        if hub.asn == wan.cloudflare.asn:
            yield Issue(at, f"{hub.asn} is Cloudflare's ASN", "give the hub another")
        if (other := first.setdefault(hub.asn, key)) != key:
            yield Issue(at, f"{hub.asn} is the ASN of hub {other!r} already", "give each hub its own, or leave it out")


def _account_ids(wan: Wan) -> Iterator[Issue]:
    first: dict[str, str] = {}
    for key, account in wan.accounts.items():
        if (other := first.setdefault(account.id, key)) != key:
            what = f"{account.id} is account {other!r} already"
            yield Issue(("accounts", key, "id"), what, "give each account its own id, or use the one key")
