"""What is adopted must be described whole, lie where it is said to be, and be named once."""

import re
from collections.abc import Callable, Iterator

from hubspoke.intent.clouds import CLOUDS, Form
from hubspoke.intent.limits import GATEWAY_SUBNET, GATEWAY_SUBNET_PREFIX, NETWORK_SIZES
from hubspoke.intent.model import Adopted, Cloud, OnRamp, Spoke, Wan
from hubspoke.intent.parts import account_of, networks, region_of
from hubspoke.intent.problem import Issue, Location, render

_ZONE = re.compile("[a-f]")
_GATEWAY = "gateway"  # key of an Azure on-ramp's GatewaySubnet
_LEAST_ZONES = 2


def check_adopted(wan: Wan) -> Iterator[Issue]:
    for at, network in networks(wan):
        account = account_of(wan, network)
        if network.adopt and account:
            yield from _prefix(at, network, account.cloud)
            yield from _ids(wan, at, network, network.adopt)
            yield from _BY_CLOUD[account.cloud](at, network, network.adopt)
        elif account and account.cloud == "aws" and isinstance(network, OnRamp) and network.gateway:
            yield Issue((*at, "gateway"), "it is of a network that is there already", "add `adopt:` with that network")
    yield from _once(wan)


def _prefix(at: Location, network: Spoke | OnRamp, cloud: Cloud) -> Iterator[Issue]:
    name, sizes = CLOUDS[cloud].network, NETWORK_SIZES[cloud]
    if network.cidr is None:
        yield Issue(at, f"an adopted {name} needs its cidr here", "add `cidr:` with the prefix that it has")
    elif not sizes.shortest <= network.cidr.prefixlen <= sizes.longest:
        remedy = f"a {name} is a /{sizes.shortest} to /{sizes.longest}: give the prefix that it has"
        yield Issue((*at, "cidr"), f"no {name} is a /{network.cidr.prefixlen}", remedy)


def _ids(wan: Wan, at: Location, network: Spoke | OnRamp, adopted: Adopted) -> Iterator[Issue]:
    words = CLOUDS[wan.accounts[network.account].cloud]
    for place, text in _named(adopted):
        form = {"network": words.network_id, "subnets": words.subnet_id}.get(place[1], words.route_table_id)
        if form is None:
            what = f"a {words.name} {words.network} has its routes itself"
            yield Issue((*at, *place), what, "remove the route tables")
        elif not form.fits(text):
            yield Issue((*at, *place), f"{text!r} {form.what}", form.remedy)
        else:
            yield from _elsewhere(wan, (*at, *place), network, text, form)


def _elsewhere(wan: Wan, at: Location, network: Spoke | OnRamp, text: str, form: Form) -> Iterator[Issue]:
    """Some clouds' ids tell the account and the region."""
    match = re.fullmatch(form.pattern, text)
    told = match.groupdict() if match else {}
    account, region = wan.accounts[network.account], region_of(wan, network)
    known = region if region and CLOUDS[account.cloud].region.fits(region) else None
    expected = {"account": account.id, "region": known}
    for what, value in told.items():
        if expected[what] not in (value, None):
            yield Issue(at, f"its {what} is {value}, not {expected[what]}", f"name one of that {what}")


def _aws(at: Location, network: Spoke | OnRamp, adopted: Adopted) -> Iterator[Issue]:
    if strange := sorted(key for key in adopted.subnets if not _ZONE.fullmatch(key)):
        at_key = (*at, "adopt", "subnets", strange[0])
        yield Issue(at_key, f"{strange[0]!r} is not a zone", "use one letter, a to f")
    elif isinstance(network, Spoke):
        yield from _attached(at, network, adopted)
    if not adopted.route_tables:
        what = "no route table of it is named, so nothing would be routed to the WAN"
        yield Issue((*at, "adopt"), what, "add `route_tables:` with a key and an id for each")


def _attached(at: Location, spoke: Spoke, adopted: Adopted) -> Iterator[Issue]:
    if len(adopted.subnets) < _LEAST_ZONES:
        what = f"the attachment needs subnets in at least {_LEAST_ZONES} zones"
        yield Issue((*at, "adopt"), what, "name one per zone under `subnets:`")
    elif set(spoke.zones) != set(adopted.subnets):
        given, named = ", ".join(sorted(spoke.zones)), ", ".join(sorted(adopted.subnets))
        what = f"its zones are {given}, its adopted subnets are in {named}"
        yield Issue((*at, "zones"), what, f"write `zones: [{named}]`, or name the missing subnets")


def _azure(at: Location, network: Spoke | OnRamp, adopted: Adopted) -> Iterator[Issue]:
    own = [key for key, subnet in adopted.subnets.items() if _is_gateway_subnet(subnet)]
    if isinstance(network, OnRamp):
        yield from _gateway_subnet(at, network, adopted)
    elif own:
        what = f"it has a {GATEWAY_SUBNET}, and a spoke's gateway is its hub's"
        yield Issue((*at, "adopt", "subnets", own[0]), what, "make it an on-ramp, or remove its own gateway")
    elif not adopted.subnets:
        what = "no subnet of it is named, so nothing would be filtered and routed"
        yield Issue((*at, "adopt"), what, "add `subnets:` with a key and an id for each")


def _gateway_subnet(at: Location, onramp: OnRamp, adopted: Adopted) -> Iterator[Issue]:
    if onramp.cidr and onramp.cidr.prefixlen > GATEWAY_SUBNET_PREFIX:
        what = f"a /{onramp.cidr.prefixlen} has no room for a {GATEWAY_SUBNET}, which is a /{GATEWAY_SUBNET_PREFIX}"
        yield Issue((*at, "cidr"), what, "adopt a larger VNet, or extend this one")
    if not _is_gateway_subnet(adopted.subnets.get(_GATEWAY, "")):
        what = f"its VPN gateway needs the VNet's {GATEWAY_SUBNET}"
        remedy = f"make one of at least /{GATEWAY_SUBNET_PREFIX}, and name it as `{_GATEWAY}:` under `subnets:`"
        yield Issue((*at, "adopt"), what, remedy)


def _is_gateway_subnet(identifier: str) -> bool:
    return identifier.endswith(f"/subnets/{GATEWAY_SUBNET}")


def _google(at: Location, network: Spoke | OnRamp, adopted: Adopted) -> Iterator[Issue]:
    del at, network, adopted  # its network has the routes and the filter
    return iter(())


_BY_CLOUD: dict[Cloud, Callable[[Location, Spoke | OnRamp, Adopted], Iterator[Issue]]] = {
    "aws": _aws,
    "azure": _azure,
    "gcp": _google,
}


def _once(wan: Wan) -> Iterator[Issue]:
    """No id may be named twice: two parts would both manage what it stands for."""
    first: dict[str, Location] = {}
    for at, network in networks(wan):
        for place, identifier in _named(network.adopt) if network.adopt else ():
            here = (*at, *place)
            other = first.setdefault(identifier, here)
            if place[1] == "network" and {at[0], other[0]} == {"spokes", "onramps"}:
                what = f"{identifier} is an on-ramp and a spoke at once, see {render(other)}"
                yield Issue(here, what, "a spoke has no gateway of its own: keep one of the two")
            elif other != here:
                yield Issue(here, f"{identifier} is named already at {render(other)}", "name each once")


def _named(adopted: Adopted) -> Iterator[tuple[tuple[str, ...], str]]:
    yield ("adopt", "network"), adopted.network
    for key, subnet in adopted.subnets.items():
        yield ("adopt", "subnets", key), subnet
    for key, table in adopted.route_tables.items():
        yield ("adopt", "route_tables", key), table
