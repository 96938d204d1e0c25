"""BGP with Azure in the intent: what is taken as it is, and what is refused, with its place and what to do."""

from pathlib import Path

import pytest
from hubspoke.intent import LIMITS, IntentError, Wan, check, load_wan

SOUND = """\
name: acme
address_space: [10.0.0.0/8]
cloudflare:
  account: 0123456789abcdef0123456789abcdef
  endpoints: {e1: 162.159.64.41, e2: 162.159.66.41}
  tunnel_pool: 172.31.255.0/27
accounts:
  eu: {cloud: azure, id: 00000000-0000-4000-8000-000000000001}
  us: {cloud: azure, id: 00000000-0000-4000-8000-000000000002}
segments: {prod: {}}
pools: {weu1: 10.32.0.0/16, neu1: 10.33.0.0/16, eus1: 10.34.0.0/16}
hubs:
  weu1: {account: eu, region: westeurope, routing: bgp}
  neu1: {account: eu, region: northeurope, routing: bgp}
  eus1: {account: us, region: eastus, routing: static}
onramps:
  ber: {account: us, region: germanywestcentral, segment: prod, cidr: 10.3.0.0/24, routing: bgp, asn: 64700}
"""


def said_of(content: str) -> list[str]:
    Path("wan.yaml").write_text(content)
    with pytest.raises(IntentError) as raised:
        load_wan(Path("wan.yaml"))
    return [line.removeprefix("wan.yaml:") for line in str(raised.value).splitlines()]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_hubs_of_one_virtual_wan_and_on_ramps_speak_bgp_beside_a_static_one() -> None:
    Path("wan.yaml").write_text(SOUND)
    assert load_wan(Path("wan.yaml")).onramps["ber"].asn == 64700


ONE = "with one Cloudflare endpoint only one of the gateway's two instances can speak BGP (a connection has one peer"
SECOND = "add a second endpoint, which Cloudflare assigns on request, or write `routing: static`"
OVERLAP = "of address_space, whose addresses networks have and the firewall judges"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param(
            ", e2: 162.159.66.41", "",
            [
                f"{at}: {ONE} address), and its failure would cut off all of it; {SECOND}"
                for at in ("13:52: hubs.weu1.routing", "14:53: hubs.neu1.routing", "17:93: onramps.ber.routing")
            ],
            id="one endpoint",
        ),
        pytest.param(
            "172.31.255.0/27", "172.31.255.0/28",
            ["6:16: cloudflare.tunnel_pool: 172.31.255.0/28 has 16 addresses, and the tunnels that speak BGP on Azure "
             "need 24; give a larger one"],
            id="a pool too small",
        ),
        pytest.param(
            "172.31.255.0/27", "169.254.21.0/24",
            ["6:16: cloudflare.tunnel_pool: 169.254.21.0/24 is not private; give a prefix in 10.0.0.0/8, "
             "172.16.0.0/12, 192.168.0.0/16"],
            id="azure's link-local addresses",
        ),
        pytest.param(
            "172.31.255.0/27", "10.255.0.0/27",
            [f"6:16: cloudflare.tunnel_pool: 10.255.0.0/27 overlaps 10.0.0.0/8 {OVERLAP}; give another, as "
             "172.31.255.0/24, or narrow address_space"],
            id="a pool among the networks",
        ),
        pytest.param(
            "172.31.255.0/27", "172.31.255.1/27",
            ["6:16: cloudflare.tunnel_pool: 172.31.255.1/27 has host bits set; write 172.31.255.0/27, or the length "
             "that is meant"],
            id="a pool with host bits",
        ),
        pytest.param(
            "region: eastus, routing: static", "region: eastus, routing: bgp",
            ["15:48: hubs.eus1.routing: it and hub 'weu1' are of two virtual WANs, whose gateways all have ASN 65515: "
             "neither would take the other's routes from Cloudflare; keep hubs that speak BGP in one account, or write "
             "`routing: static` for one of the two",],
            id="two virtual WANs",
        ),
        pytest.param(
            "region: westeurope, routing: bgp", "region: westeurope",
            ["13:3: hubs.weu1.routing: it is static, and hub 'neu1' of its virtual WAN speaks BGP: it would hear longer "
             "prefixes from that hub than its own, and Azure does not say where these lead; write `routing: bgp` for all "
             "Azure hubs of the account, or `routing: static` for all"],
            id="a static hub beside one that speaks BGP",
        ),
        pytest.param(
            "asn: 64700", "asn: 65515",
            ["17:103: onramps.ber.asn: Azure keeps ASN 65515 for itself and drops routes that carry it; give another"],
            id="an on-ramp with the hubs' ASN",
        ),
        pytest.param(
            "region: westeurope", "region: westeurope, asn: 64701",
            ["13:48: hubs.weu1.asn: `asn` is for AWS and Google, and this is on Azure; remove it"],
            id="a hub's ASN",
        ),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused(old: str, new: str, says: list[str]) -> None:
    assert SOUND.count(old) == 1
    assert said_of(SOUND.replace(old, new)) == says


def test_an_on_ramp_learns_as_many_prefixes_as_its_gateway_takes() -> None:
    limit = LIMITS["vpn-gateway-prefixes"]

    def places(learned: int) -> list[tuple[str | int, ...]]:
        """An on-ramp's network is one prefix, which Cloudflare does not tell it."""
        prefixes = [f"10.{128 + n // 256}.{n % 256}.0/24" for n in range(learned)]
        Path("wan.yaml").write_text(
            SOUND + f"sites:\n  offices: {{segment: prod, prefixes: [{', '.join(prefixes)}]}}\n"
        )
        return [issue.at for issue in check(loaded()) if limit.unit in issue.what]

    def loaded() -> Wan:
        from hubspoke.intent.document import read_document
        from hubspoke.intent.parse import parse

        wan, _ = parse(read_document(Path("wan.yaml")), Wan)
        assert wan
        return wan

    assert places(limit.value) == []
    assert places(limit.value + 1) == [("onramps", "ber")]
