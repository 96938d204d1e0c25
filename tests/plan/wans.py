"""Random WANs over several clouds, as documents of the intent: hubs, spokes and on-ramps come and go in any order."""

from typing import Any

from hubspoke.intent import Wan
from hypothesis import strategies as st

UUID = "00000000-0000-4000-8000-00000000000{}"
ACCOUNTS: dict[str, dict[str, Any]] = {
    "aws-hubs": {"cloud": "aws", "id": "1" * 12},
    "aws-apps": {"cloud": "aws", "id": "2" * 12},
    "az-hubs": {"cloud": "azure", "id": UUID.format(1)},
    "az-apps": {"cloud": "azure", "id": UUID.format(2)},
    "gc-hubs": {"cloud": "gcp", "id": "acme-hubs"},
    "gc-apps": {"cloud": "gcp", "id": "acme-apps"},
}
# Every hub and on-ramp there may be: its cloud and region.
HUBS = {
    "use1": ("aws", "us-east-1"),
    "euc1": ("aws", "eu-central-1"),
    "weu1": ("az", "westeurope"),
    "neu1": ("az", "northeurope"),
    "euw4": ("gc", "europe-west4"),
    "usc1": ("gc", "us-central1"),
}
ONRAMPS = {"syd": ("aws", "ap-southeast-2"), "ber": ("az", "germanywestcentral"), "zrh": ("gc", "europe-west6")}
TUNNEL_POOL = "172.31.255.0/24"  # of Azure's tunnels that speak BGP
POOLS = {key: f"10.{16 * number}.0.0/14" for number, key in enumerate((*HUBS, *ONRAMPS))}

Parts = dict[str, dict[str, Any]]


def wan_of(hubs: Parts, spokes: Parts, onramps: Parts, endpoints: int = 2) -> Wan:
    """The WAN of these parts, with the accounts and pools that they need."""
    used = {part["account"][:2] for part in (*hubs.values(), *onramps.values())}
    return Wan.model_validate(
        {
            "name": "acme",
            "address_space": ["10.0.0.0/8"],
            "cloudflare": {
                "account": "0" * 32,
                "endpoints": {f"e{number}": f"162.159.64.{number}" for number in range(1, endpoints + 1)},
                "tunnel_pool": TUNNEL_POOL,
            },
            "accounts": {key: account for key, account in ACCOUNTS.items() if key[:2] in used},
            "segments": {"prod": {}},
            "pools": {key: POOLS[key] for key in (*hubs, *onramps) if key in POOLS},
            "hubs": hubs,
            "spokes": spokes,
            "onramps": onramps,
        }
    )


@st.composite
def wans(draw: st.DrawFn) -> Wan:
    """Some hubs, spokes and on-ramps of three clouds, some with an ASN or a prefix of their own, in any order."""
    azure = draw(_ROUTING)  # one for all hubs of a virtual WAN
    hubs = {key: draw(_hub(key, azure)) for key in draw(_some(list(HUBS), least=1))}
    onramps = {key: draw(_onramp(key)) for key in draw(_some(list(ONRAMPS)))}
    spokes = {f"spoke-{n}": draw(_spoke(n, list(hubs))) for n in draw(_some(list(range(8))))}
    return wan_of(hubs, spokes, onramps)


def _some(keys: list[Any], least: int = 0) -> st.SearchStrategy[list[Any]]:
    return st.permutations(keys).flatmap(lambda order: st.integers(least, len(keys)).map(lambda n: order[:n]))


@st.composite
def _hub(draw: st.DrawFn, key: str, azure: str) -> dict[str, Any]:
    cloud, region = HUBS[key]
    number = list(HUBS).index(key)
    hub: dict[str, Any] = {"account": f"{cloud}-hubs", "region": region}
    if draw(st.integers(0, 2)) == 0:
        hub |= {"cidr": f"10.220.{2 * number}.0/23"} if cloud == "az" else {"asn": 65000 + number}
    return hub | {"routing": azure if cloud == "az" else draw(_ROUTING)}


@st.composite
def _onramp(draw: st.DrawFn, key: str) -> dict[str, Any]:
    cloud, region = ONRAMPS[key]
    given = {"cidr": f"10.230.{list(ONRAMPS).index(key)}.0/24"} if draw(st.booleans()) else {"size": draw(_SIZES)}
    return {"account": f"{cloud}-apps", "region": region, "segment": "prod", "routing": draw(_ROUTING), **given}


@st.composite
def _spoke(draw: st.DrawFn, number: int, hubs: list[str]) -> dict[str, Any]:
    hub = draw(st.sampled_from(hubs))
    given = {"cidr": f"10.200.{number * 16}.0/20"} if draw(st.integers(0, 3)) == 0 else {"size": draw(_SIZES)}
    return {"account": f"{HUBS[hub][0]}-apps", "hub": hub, "segment": "prod", **given}


_SIZES = st.integers(18, 24)
_ROUTING = st.sampled_from(["static", "bgp"])
