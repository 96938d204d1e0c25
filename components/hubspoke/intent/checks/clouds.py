"""Ids, regions and words must be those of the cloud that a part is in."""

from collections.abc import Iterator

from hubspoke.intent.clouds import CLOUDS, OWN_FIELDS, CloudWords, Form
from hubspoke.intent.model import Account, Gateway, Part, Wan
from hubspoke.intent.parts import account_of, cloud_of, gateway_at, gateways, networks
from hubspoke.intent.problem import Issue, Location


def check_clouds(wan: Wan) -> Iterator[Issue]:
    for key, account in wan.accounts.items():
        yield from _account(("accounts", key), account)
        yield from _foreign(("accounts", key), account, CLOUDS[account.cloud])
    for key, gateway in gateways(wan).items():
        yield from _region(wan, gateway_at(wan, key), gateway)
    for section, parts in (("hubs", wan.hubs), ("spokes", wan.spokes), ("onramps", wan.onramps)):
        for key, part in parts.items():
            if cloud := cloud_of(wan, part):
                yield from _foreign((section, key), part, CLOUDS[cloud])
    yield from _apart(wan)
    yield from _idle(wan)


def _account(at: Location, account: Account) -> Iterator[Issue]:
    words = CLOUDS[account.cloud]
    yield from _written((*at, "id"), account.id, words.account_id)
    if account.role is not None and words.role:
        yield from _written((*at, "role"), account.role, words.role)
    if account.tenant is not None and words.tenant:
        yield from _written((*at, "tenant"), account.tenant, words.tenant)


def _region(wan: Wan, at: Location, gateway: Gateway) -> Iterator[Issue]:
    if cloud := cloud_of(wan, gateway):
        yield from _written((*at, "region"), gateway.region, CLOUDS[cloud].region)


def _written(at: Location, text: str, form: Form) -> Iterator[Issue]:
    if not form.fits(text):
        yield Issue(at, f"{text!r} {form.what}", form.remedy)


def _foreign(at: Location, part: Part, words: CloudWords) -> Iterator[Issue]:
    """What is said of a part that its cloud does not know."""
    for field, clouds in OWN_FIELDS[str(at[0])].items():
        if field in part.model_fields_set and words.name not in (names := [CLOUDS[cloud].name for cloud in clouds]):
            what = f"`{field}` is for {' and '.join(names)}, and this is on {words.name}"
            yield Issue((*at, field), what, "remove it")


def _apart(wan: Wan) -> Iterator[Issue]:
    """A spoke is attached natively, so it must be in its hub's cloud, and in its hub's tenant."""
    for key, spoke in wan.spokes.items():
        hub = wan.hubs.get(spoke.hub)
        mine, other = account_of(wan, spoke), account_of(wan, hub) if hub else None
        if not mine or not other:
            continue
        if mine.cloud != other.cloud:
            what = f"its account is on {CLOUDS[mine.cloud].name}, its hub {spoke.hub!r} on {CLOUDS[other.cloud].name}"
            yield Issue(("spokes", key, "hub"), what, "name a hub of the same cloud, or make it an on-ramp")
        elif mine.cloud == "azure" and mine.tenant != other.tenant:
            what = f"its account is in another tenant than that of its hub {spoke.hub!r}"
            yield Issue(("spokes", key, "account"), what, "use a subscription of the hub's tenant, or an on-ramp")


def _idle(wan: Wan) -> Iterator[Issue]:
    """An account needs a region, and one that has nothing yet takes it from others of its cloud."""
    used = {cloud_of(wan, part) for part in (*gateways(wan).values(), *(network for _, network in networks(wan)))}
    for key, account in wan.accounts.items():
        if account.cloud not in used:
            what = f"no hub, spoke or on-ramp is on {CLOUDS[account.cloud].name}"
            yield Issue(("accounts", key), what, "give it one, or remove the account")
