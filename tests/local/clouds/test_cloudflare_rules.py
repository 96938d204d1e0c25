"""Cloudflare WAN: tunnels, static routes, filter profiles, and what has no table of its own."""

from typing import Any

import pytest
from hubspoke.local.clouds.cloudflare.magic_wan import PROFILE, ROUTE, TUNNEL
from hubspoke.local.clouds.protocol import CloudError, DiffKind, ReadState
from hubspoke.local.clouds.sim import CLOUDFLARE_ACCOUNT, Simulation
from hubspoke.local.clouds.testing import CloudAccount, Made

ACCOUNT = "f" * 32


def refused(words: str) -> Any:
    return pytest.raises(CloudError, match=f"^400 Bad Request: .*{words}")


def tunnel_inputs(**changes: Any) -> dict[str, Any]:
    given = {
        "accountId": ACCOUNT, "name": "euw-one-a", "cloudflareEndpoint": "192.0.2.1", "customerEndpoint": "198.18.0.1",
        "interfaceAddress": "169.254.240.2/30", "psk": "first_key", "description": "hub euw",
    }  # fmt: skip
    return {**given, **changes}


@pytest.fixture
def tunnel(cloudflare: CloudAccount) -> Made:
    return cloudflare.create(TUNNEL, **tunnel_inputs())


def test_a_tunnel_and_what_cloudflare_adds(tunnel: Made) -> None:
    when = tunnel.outputs["createdOn"]
    assert tunnel.outputs == {
        **tunnel_inputs(), "id": tunnel.id, "createdOn": when, "modifiedOn": when, "allowNullCipher": False,
        "automaticReturnRouting": False, "replayProtection": False, "pskMetadata": {"lastGeneratedOn": when},
        "bgpStatus": {"state": "BGP_DOWN", "tcpEstablished": False},
        "healthCheck": {"direction": "unidirectional", "enabled": True, "rate": "mid", "type": "reply",
                        "target": {"effective": "198.18.0.1"}},
    }  # fmt: skip


def test_a_key_is_never_read_back(tunnel: Made, cloudflare: CloudAccount, simulation: Simulation) -> None:
    simulation.edit(tunnel.id, {"psk": "another_key"})
    seen = cloudflare.seen(tunnel)
    assert (seen.inputs["psk"], seen.outputs["psk"]) == ("first_key", "first_key"), "what the state knew"
    imported = cloudflare.provider.read("u", TUNNEL, f"{ACCOUNT}/{tunnel.id}", None, None)
    assert imported is not None
    assert "psk" not in imported.inputs
    assert "psk" not in imported.outputs


def test_an_edited_key_shows_in_the_time_it_was_set(
    tunnel: Made, cloudflare: CloudAccount, simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time", lambda: 4102444800.0)
    simulation.edit(tunnel.id, {"psk": "another_key"})
    assert cloudflare.seen(tunnel).outputs["pskMetadata"] == {"lastGeneratedOn": "2100-01-01T00:00:00Z"}


def test_a_changed_key_is_an_update(tunnel: Made, cloudflare: CloudAccount) -> None:
    assert cloudflare.diff(tunnel, **tunnel_inputs(psk="second_key")).detailed == {"psk": DiffKind.UPDATE}
    assert cloudflare.update(tunnel, psk="second_key").outputs["psk"] == "second_key"


def test_a_refresh_without_drift(tunnel: Made, cloudflare: CloudAccount) -> None:
    assert cloudflare.seen(tunnel) == ReadState(tunnel.id, tunnel.inputs, tunnel.outputs)


def test_only_the_account_replaces(tunnel: Made, cloudflare: CloudAccount) -> None:
    changed = tunnel_inputs(name="other", interfaceAddress="10.0.0.0/31", cloudflareEndpoint="192.0.2.2")
    assert cloudflare.diff(tunnel, **changed).replaces == ()
    assert cloudflare.diff(tunnel, **tunnel_inputs(accountId="e" * 32)).replaces == ("accountId",)


@pytest.mark.parametrize(("name", "value"), [
    ("name", "sixteen-letters-"), ("name", "with space"), ("interfaceAddress", "169.254.240.2"),
    ("interfaceAddress", "169.254.240.2/29"), ("interfaceAddress", "169.254.0.6/30"),
    ("interfaceAddress", "203.0.113.2/30"), ("interfaceAddress", "169.254.240.3/30"), ("cloudflareEndpoint", "edge"),
    ("customerEndpoint", "10.0.0"), ("healthCheck", {"direction": "both"}), ("healthCheck", {"rate": "fast"}),
    ("healthCheck", {"type": "ping"}), ("bgp", {"customerAsn": 2**32}),
    ("bgp", {"customerAsn": 64600, "md5Key": "x" * 81}),
])  # fmt: skip
def test_values_that_are_refused(cloudflare: CloudAccount, name: str, value: Any) -> None:
    assert len(cloudflare.failures(TUNNEL, **tunnel_inputs(**{name: value}))) == 1


@pytest.mark.parametrize(("name", "value"), [
    ("name", "fifteen-letters"), ("interfaceAddress", "169.254.255.254/30"), ("interfaceAddress", "10.0.0.0/31"),
    ("interfaceAddress", "172.31.255.255/31"), ("interfaceAddress", "192.168.0.1/30"),
    ("healthCheck", {"direction": "bidirectional", "rate": "high", "type": "request"}),
    ("bgp", {"customerAsn": 64600, "md5Key": "x" * 80}),
])  # fmt: skip
def test_values_that_pass(cloudflare: CloudAccount, name: str, value: Any) -> None:
    assert cloudflare.failures(TUNNEL, **tunnel_inputs(**{name: value})) == []


@pytest.mark.usefixtures("tunnel")
def test_tunnels_stay_apart(cloudflare: CloudAccount) -> None:
    second = tunnel_inputs(name="euw-one-b", interfaceAddress="169.254.240.6/30", customerEndpoint="198.18.0.2")
    with refused("overlaps that of euw-one-a"):
        cloudflare.create(TUNNEL, **{**second, "interfaceAddress": "169.254.240.1/30"})
    with refused("name euw-one-a is taken"):
        cloudflare.create(TUNNEL, **{**second, "name": "euw-one-a"})
    with refused("between 192.0.2.1 and 198.18.0.1 exists"):
        cloudflare.create(TUNNEL, **{**second, "customerEndpoint": "198.18.0.1"})
    cloudflare.create(TUNNEL, **second)
    cloudflare.create(TUNNEL, **tunnel_inputs(accountId="e" * 32))


@pytest.mark.usefixtures("tunnel")
def test_an_update_obeys_the_same_rules(cloudflare: CloudAccount) -> None:
    second = cloudflare.create(
        TUNNEL, **tunnel_inputs(name="b", interfaceAddress="169.254.240.6/30", customerEndpoint="198.18.0.2")
    )
    with refused("name euw-one-a is taken"):
        cloudflare.update(second, name="euw-one-a")


def test_filter_profiles_exist(cloudflare: CloudAccount) -> None:
    profile = cloudflare.create(PROFILE, accountId=ACCOUNT, name="wan", matchAction="allow", targets=[])
    cloudflare.create(TUNNEL, **tunnel_inputs(bgp={"customerAsn": 64600, "importFilterId": profile.id}))
    with refused("names no filter profile"):
        apart = {"name": "b", "interfaceAddress": "10.0.0.0/31", "customerEndpoint": "198.18.0.2"}
        cloudflare.create(TUNNEL, **tunnel_inputs(**apart, bgp={"customerAsn": 64600, "exportFilterId": "0"}))
    bad = cloudflare.failures(PROFILE, accountId=ACCOUNT, name="wan", matchAction="drop", targets=[])
    assert bad[0].startswith("expected to be one of ['allow' 'deny'], got drop")


def route_inputs(**changes: Any) -> dict[str, Any]:
    return {"accountId": ACCOUNT, "prefix": "10.1.0.0/16", "nexthop": "169.254.240.1", "priority": 100, **changes}


@pytest.mark.usefixtures("tunnel")
def test_a_static_route_leads_to_the_far_side_of_a_tunnel(cloudflare: CloudAccount) -> None:
    cloudflare.create(ROUTE, **route_inputs())
    with refused("nexthop 169.254.240.5 is not the far side of any tunnel"):
        cloudflare.create(ROUTE, **route_inputs(nexthop="169.254.240.5"))
    with refused("nexthop 169.254.240.2 is not the far side of any tunnel"):
        cloudflare.create(ROUTE, **route_inputs(nexthop="169.254.240.2"))
    with refused("of account e+"):
        cloudflare.create(ROUTE, **route_inputs(accountId="e" * 32))


@pytest.mark.usefixtures("tunnel")
def test_no_two_equal_routes(cloudflare: CloudAccount) -> None:
    cloudflare.create(ROUTE, **route_inputs())
    cloudflare.create(ROUTE, **route_inputs(priority=200))
    with refused("exists already"):
        cloudflare.create(ROUTE, **route_inputs(description="again"))


@pytest.mark.parametrize(
    ("name", "value"), [("prefix", "10.1.0.1/16"), ("nexthop", "here"), ("priority", -1), ("weight", 257)]
)
def test_routes_that_are_refused(cloudflare: CloudAccount, name: str, value: Any) -> None:
    assert cloudflare.failures(ROUTE, **route_inputs(weight=256)) == []
    assert len(cloudflare.failures(ROUTE, **route_inputs(**{name: value}))) == 1


def test_an_account_contains_its_tunnels_and_routes(
    tunnel: Made, cloudflare: CloudAccount, simulation: Simulation
) -> None:
    route = cloudflare.create(ROUTE, **route_inputs())
    cloudflare.create(TUNNEL, **tunnel_inputs(accountId="e" * 32))
    assert {r.id for r in simulation.children(CLOUDFLARE_ACCOUNT, ACCOUNT)} == {tunnel.id, route.id}


def test_a_type_without_a_table(cloudflare: CloudAccount) -> None:
    made = cloudflare.create(
        "cloudflare:index/dnsRecord:DnsRecord", zoneId="z" * 32, name="app", type="A", ttl=1, content="192.0.2.7"
    )
    assert cloudflare.seen(made) == ReadState(made.id, made.inputs, made.outputs)
    imported = cloudflare.provider.read("u", made.type, f"{'z' * 32}/{made.id}", None, None)
    assert imported is not None
    assert imported.inputs["content"] == "192.0.2.7"
    cloudflare.delete(made)
    assert cloudflare.read(made) is None
