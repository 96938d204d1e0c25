"""Every fault of a file is reported: all at once, each with its place, what is wrong and what to do."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hubspoke.intent import IntentError, Problem, load_wan
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

HERE = Path(__file__).parent
SOUND, SOUND_CLOUDS = ((HERE / name).read_text() for name in ("sound.yaml", "sound_clouds.yaml"))
FAULTS, CLOUD_FAULTS = (YAML(typ="safe").load(HERE / name) for name in ("faults.yaml", "cloud_faults.yaml"))
EXAMPLES = (HERE.parents[1] / "stacks" / "wan.yaml", HERE.parent / "intents" / "aws.yaml")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def said_of(content: str | bytes) -> list[str]:
    """What is said of a wan.yaml with this content, a line each without the file's name."""
    Path("wan.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(IntentError) as raised:
        load_wan(Path("wan.yaml"))
    return [line.removeprefix("wan.yaml:") for line in str(raised.value).splitlines()]


def faulty(replace: str, by: str, sound: str = SOUND) -> str:
    assert replace in sound
    return sound.replace(replace, by, 1)


def test_the_sound_file_loads() -> None:
    Path("wan.yaml").write_text(SOUND)
    assert sorted(load_wan(Path("wan.yaml")).spokes) == ["dns", "lab", "web"]
    Path("wan.yaml").write_text(SOUND_CLOUDS)
    assert sorted(load_wan(Path("wan.yaml")).onramps) == ["ber", "syd", "zrh"]


def test_a_static_hub_of_google_holds_segments_apart_that_a_mesh_would_join() -> None:
    """`dev` and `prod` do not reach each other, and neither do two networks that are peered with a third."""
    bgp = "routing: bgp, topology: star, center: [shared]"
    Path("wan.yaml").write_text(faulty(bgp, "routing: static", SOUND_CLOUDS))
    assert load_wan(Path("wan.yaml")).hubs["euw4"].routing == "static"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["fault"])
def test_a_fault_is_reported(fault: dict[str, Any]) -> None:
    assert said_of(faulty(fault["replace"], fault["with"])) == fault["says"]


@pytest.mark.parametrize("fault", CLOUD_FAULTS, ids=lambda fault: fault["fault"])
def test_a_fault_of_a_wan_over_several_clouds_is_reported(fault: dict[str, Any]) -> None:
    assert said_of(faulty(fault["replace"], fault["with"], SOUND_CLOUDS)) == fault["says"]


def test_all_faults_are_reported_at_once() -> None:
    content = (
        SOUND.replace('"222222222222"', "222222222222")
        .replace("  dev: {}", "  dev: {}\n  dev: {}")
        .replace("us-east-1}", "us-east-1, asn: 1, colour: blue}")
        .replace("10.4.0.0/22", "10.4.1.0/22")
        .replace("segment: dev, size: 22", "segment: dve, size: 22.5")
        .replace("to: dns", "to: ntp")
    )
    assert [line.split(";")[0] for line in said_of(content)] == [
        "8:26: accounts.apps.id: 222222222222 is read as a number, text is meant",
        "12:3: segments.dev: 'dev' is given twice, first on line 11",
        "17:52: hubs.use1.asn: 1 is not a private ASN",
        "17:55: hubs.use1.colour: the name 'colour' is not known",
        "20:58: spokes.dns.cidr: 10.4.1.0/22 has host bits set",
        "21:44: spokes.lab.segment: there is no segment 'dve'",
        "21:55: spokes.lab.size: 22.5 where a whole number is meant",
        "25:28: flows.lookups.to: there is no spoke, on-ramp, site or segment 'ntp'",
    ]


def test_a_problem_is_a_value() -> None:
    Path("wan.yaml").write_text(
        faulty("{account: apps, hub: use1, segment: prod}", "{account: apps, hub: use2, segment: prod}")
    )
    with pytest.raises(IntentError) as raised:
        load_wan(Path("wan.yaml"))
    assert raised.value.problems == (
        Problem("wan.yaml", 18, 29, "spokes.web.hub", "there is no hub 'use2'", "hubs are: use1"),
    )


def test_many_names_give_a_suggestion_instead_of_a_list() -> None:
    hubs = "".join(f"  usw{n}: {{account: network, region: us-west-{n}}}\n" for n in range(1, 9))
    content = faulty("hubs:\n", "limits: {transit-gateways: 20}\nhubs:\n" + hubs).replace(
        "hub: use1, segment: prod", "hub: use, segment: prod"
    )
    assert said_of(content) == ["27:29: spokes.web.hub: there is no hub 'use'; did you mean 'use1'?"]


def test_an_adopted_vpc_is_named_once() -> None:
    one = """\
  old-one:
    account: apps
    hub: use1
    segment: prod
    cidr: 10.8.0.0/20
    adopt:
      network: vpc-00000001
      subnets: {a: subnet-00000001, b: subnet-00000002}
      route_tables: {main: rtb-00000001}
"""
    two = one.replace("old-one", "old-two").replace("10.8.", "10.9.").replace("subnet-00000002", "subnet-00000003")
    at = "named already at spokes.old-one.adopt"
    assert said_of(faulty("sites:\n", one + two + "sites:\n")) == [
        f"36:16: spokes.old-two.adopt.network: vpc-00000001 is {at}.network; name each once",
        f"37:20: spokes.old-two.adopt.subnets.a: subnet-00000001 is {at}.subnets.a; name each once",
        f"38:28: spokes.old-two.adopt.route_tables.main: rtb-00000001 is {at}.route_tables.main; name each once",
    ]


def test_tags_are_what_aws_takes() -> None:
    key, value = "k" * 129, "v" * 257
    assert said_of(faulty("name: acme", f"name: acme\ntags: {{{key}: {value}}}")) == [
        f"2:139: tags.{key}: the key has 129 characters; shorten it to 128",
        f"2:139: tags.{key}: the value has 257 characters; shorten it to 256",
    ]
    many = ", ".join(f"t{number}: x" for number in range(41))
    assert said_of(faulty("name: acme", f"name: acme\ntags: {{{many}}}")) == [
        "2:1: tags: there are 41 tags; give at most 40; hubspoke adds its own"
    ]


TGW = "(https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-quotas.html)"
VPC = "(https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html)"
SEGMENTS = "".join(f"  seg{number}: {{}}\n" for number in range(17))
HUBS = "".join(f"  usw{number}: {{account: network, region: us-west-2}}\n" for number in range(5))
OFFICES = ", ".join(f"10.240.{number}.0/24" for number in range(61))
SPACE = ", ".join(["10.0.0.0/8", *(f"100.64.{2 * number}.0/24" for number in range(49))])


@pytest.mark.parametrize(
    ("content", "problem", "quota"),
    [
        pytest.param(
            faulty("  dev: {}\n", "  dev: {}\n" + SEGMENTS),
            f"9:1: segments: this needs 21 route tables a hub, 20 are allowed {TGW}",
            "transit-gateway-route-tables: 21",
            id="segments",
        ),
        pytest.param(
            faulty("hubs:\n", "hubs:\n" + HUBS),
            f"7:3: accounts.network: this needs 6 hubs an account, 5 are allowed {TGW}",
            "transit-gateways: 6",
            id="hubs",
        ),
        pytest.param(
            faulty("[10.240.0.0/20]}\nflows:\n", f"[{OFFICES}]}}\nflows:\n  staff: {{from: office, to: dns}}\n"),
            f"19:3: spokes.dns: this needs 62 rules a security group and direction, 60 are allowed {VPC}",
            "security-group-rules: 62",
            id="rules",
        ),
        pytest.param(
            faulty("[10.0.0.0/8]", f"[{SPACE}]"),
            f"2:1: address_space: this needs 51 routes a VPC route table, 50 are allowed {VPC}",
            "vpc-routes: 51",
            id="address space",
        ),
    ],
)
def test_a_quota_is_kept_and_can_be_raised(content: str, problem: str, quota: str) -> None:
    remedy = f"use fewer, or have the quota raised and write it as limits.{quota.split(':')[0]}"
    assert said_of(content) == [f"{problem}; {remedy}"]
    Path("wan.yaml").write_text(f"{content}limits: {{{quota}}}\n")
    load_wan(Path("wan.yaml"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("", " it is empty; fill it in, or restore it from version control", id="empty"),
        pytest.param("# later\n", " it is empty; fill it in, or restore it from version control", id="comment"),
        pytest.param("- a\n- b\n", "1:1: names and values are meant here; write `name: value` lines", id="list"),
        pytest.param("hello\n", "1:1: names and values are meant here; write `name: value` lines", id="text"),
        pytest.param(b"name: acme\nx: \xff\n", "2:1: this is not UTF-8 text; save the file as UTF-8", id="bytes"),
        pytest.param("name: a\x00b\n", "1:1: a control character is not allowed in YAML; remove it", id="control"),
        pytest.param("a: " + "[" * 100_000, "1:503: it is nested too deeply; write it flatter", id="deep"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_intent(content: str | bytes, said: str) -> None:
    assert said_of(content) == [said]


def test_nesting_past_every_model_is_refused() -> None:
    assert said_of(faulty("name: acme", "name: " + "[" * 200 + "]" * 200)) == [
        "1:1: name: a list where text is meant; write the text",
        "1:27: name" + "[0]" * 20 + ": it is nested too deeply; write it flatter",
    ]


def test_half_a_character_is_refused() -> None:
    assert said_of(faulty("name: acme", 'name: "a\\ud800b"')) == [
        "1:11: this is not YAML: while parsing a quoted scalar found invalid Unicode character escape code; "
        "correct it here, or shortly before"
    ]


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(IntentError, match=r"^none\.yaml: there is no such file; check the path$"):
        load_wan(Path("none.yaml"))
    Path("folder").mkdir()
    with pytest.raises(IntentError, match=r"^folder: this is a folder; name the file in it$"):
        load_wan(Path("folder"))


@settings(max_examples=120)
@given(st.data())
def test_no_damage_gives_a_traceback(data: st.DataObject) -> None:
    """Whatever is cut, doubled or typed over: the file loads, or its problems are told."""
    text = data.draw(st.sampled_from(EXAMPLES)).read_text()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    typed = data.draw(
        st.sampled_from(["", text[start:end] * 2, "7", "~", "[", "{}", "- x", "\t", "'", "2026-01-01", "&a", "*a"])
    )
    Path("wan.yaml").write_text(text[:start] + typed + text[end:])
    with suppress(IntentError):
        load_wan(Path("wan.yaml"))
