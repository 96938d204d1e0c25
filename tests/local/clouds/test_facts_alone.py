"""Facts that need no world: each line holds for a provider, and does not where the line is untrue."""

from typing import Any

import pytest
from hubspoke.local.clouds import testing
from hubspoke.local.clouds.packages import package
from hubspoke.local.clouds.protocol import CloudError, DiffKind
from hubspoke.local.clouds.provider import SimulatedProvider
from hubspoke.local.clouds.schema import Kind, resource_schema
from hubspoke.local.clouds.store import Cloud
from hubspoke.local.clouds.values import parse_path

from tests.local.clouds import gcp_facts
from tests.local.clouds.fact_bench import Line, lines, placed, proven


@pytest.fixture(scope="module")
def clouds(tmp_path_factory: pytest.TempPathFactory) -> Cloud:
    return Cloud(tmp_path_factory.mktemp("clouds"))


_SETTINGS: dict[str, dict[str, Any]] = {
    "aws": {"region": "eu-west-1"}, "azure-native": {"subscriptionId": "11111111-0000-4000-8000-000000000000"},
    "gcp": {"project": "wan", "region": "europe-west1"}, "cloudflare": {"apiToken": "token"},
}  # fmt: skip


def provider(clouds: Cloud, line: Line) -> SimulatedProvider:
    name = line.fact.type.split(":")[0]
    made = SimulatedProvider(package(name), clouds.store(name))
    made.configure(_SETTINGS[name])
    return made


_VALUES: dict[str, tuple[Any, Any]] = {
    "string": ("one", "two"), "number": (1, 2), "integer": (1, 2), "boolean": (False, True), "any": ("one", "two"),
    "list": (["one"], ["two"]), "map": ({"a": "one"}, {"a": "two"}),
}  # fmt: skip


def two_of(kind: Kind) -> tuple[Any, Any]:
    if kind.shape == "object":
        name, inner = next(iter((kind.fields or {}).items()))
        first, second = two_of(inner.kind)
        return {name: first}, {name: second}
    return _VALUES[kind.shape]


_SWITCHED_ON = {"defaultRouteTableAssociation", "defaultRouteTablePropagation"}  # replaced that way only


@pytest.mark.parametrize("line", lines("immutable"), ids=str)
def test_a_change_of_it_is_a_replacement(clouds: Cloud, line: Line) -> None:
    type_, name = line.fact.type, line.row.property
    one_way = name in _SWITCHED_ON
    before, after = ("disable", "enable") if one_way else two_of(resource_schema(type_).inputs[name].kind)

    def replaced(line: Line, old: Any, new: Any) -> tuple[str, ...]:
        found = provider(clouds, line).diff(testing.urn(type_, "x"), type_, "id", {name: old}, {}, {name: new}, ())
        kinds = {DiffKind.UPDATE_REPLACE} if found.replaces else {DiffKind.UPDATE}
        assert set(found.detailed.values()) == kinds
        return found.replaces

    def proof(line: Line) -> None:
        assert replaced(line, before, after) == (name,)
        assert replaced(line, after, before) == (() if one_way else (name,))

    proven(line, proof)


@pytest.mark.parametrize("line", lines("default"), ids=str)
def test_it_is_filled_in_where_nobody_did(clouds: Cloud, line: Line) -> None:
    type_, name = line.fact.type, line.row.property

    def proof(line: Line) -> None:
        found = provider(clouds, line).check(testing.urn(type_, "x"), type_, None, {}, b"seed").inputs
        assert (found[name], name in found["__defaults"]) == (line.row.value, True)

    proven(line, proof)


# What a line says, a value that keeps to it and values that do not.
CIPHERS, HASHES = "AES128, AES256, AES128-GCM-16, AES256-GCM-16", "SHA1, SHA2-256, SHA2-384, SHA2-512"
SAMPLES: dict[str, tuple[list[Any], list[Any]]] = {
    "enable or disable": (["enable", "disable"], ["on"]),
    "a canonical block": (["10.0.0.0/24"], ["10.0.0.1/24", "10.0.0.0/33", "web"]),
    "a canonical block of /16 to /28": (["10.0.0.0/16", "10.0.0.0/28"], ["10.0.0.0/15", "10.0.0.0/29", "10.0.0.1/24"]),
    "an IPv4 address": (["192.0.2.1"], ["192.0.2.256", "fd00::1", "web"]),
    CIPHERS: (["AES256-GCM-16"], ["3DES", "aes256"]),
    HASHES: (["SHA2-256"], ["MD5"]),
    "0 to 4294967295": ([0, 4294967295], [-1, 4294967296]),
    "ipsec.1": (["ipsec.1"], ["ipsec.2"]),
    "8 to 64 letters, digits, '.' and '_', not starting with 0": (
        ["abcdefgh", "a" * 64, "a.b_c.d_e"], ["abcdefg", "a" * 65, "0abcdefgh", "abcdefg-h"]),
    "a /30 of 169.254.0.0/16, none of the seven reserved ones": (
        ["169.254.6.0/30"],
        ["169.254.6.0/29", "10.0.0.0/30", "169.254.169.252/30", *(f"169.254.{n}.0/30" for n in range(6))]),
    "clear, none or restart": (["clear", "none", "restart"], ["start"]),
    "30 or more": ([30], [29]),
    "ikev1, ikev2": (["ikev1", "ikev2"], ["ikev3"]),
    "2, 14 to 24": ([2, 14, 24], [5, 13, 25]),
    "2, 5, 14 to 24": ([2, 5, 14, 24], [1, 13, 25]),
    "900 to 28800": ([900, 28800], [899, 28801]),
    "900 to 3600": ([900, 3600], [899, 3601]),
    "0 to 100": ([0, 100], [-1, 101]),
    "60 to 1800": ([60, 1800], [59, 1801]),
    "64 to 2048": ([64, 2048], [63, 2049]),
    "add or start": (["add", "start"], ["stop"]),
    "a JSON document": (["{}"], ["{", "web"]),
    "at most 15 characters, no spaces or special characters": (["a" * 15, "use1-e1_a"], ["a" * 16, "a b", "a/b"]),
    "a /30 or /31 host, RFC 1918 or 169.254.240.0/20": (
        ["10.0.0.1/30", "10.0.0.0/31", "172.16.0.1/31", "192.168.0.1/30", "169.254.240.2/30"],
        ["10.0.0.1/29", "10.0.0.0/30", "169.254.1.1/30", "192.0.2.1/30", "10.0.0.1", "web"]),
    "default or dedicated": (["default", "dedicated"], ["host"]),
    "60 or 600": ([60, 600], [61]),
    "ACCEPT, ALL or REJECT": (["ACCEPT", "ALL", "REJECT"], ["NONE"]),
    "1 to 255 characters, not starting with sg-": (["a", "a" * 255], ["a" * 256, "sg-1", "SG-1"]),
    "64512-65534 or 4200000000-4294967294": (
        [64512, 65534, 4200000000, 4294967294], [64511, 65535, 4199999999, 4294967295]),
    "one of the service's periods": ([0, 7, 3653], [2, 3654]),
    "unidirectional or bidirectional": (["unidirectional", "bidirectional"], ["both"]),
    "low or mid or high": (["low", "mid", "high"], ["fast"]),
    "reply or request": (["reply", "request"], ["echo"]),
    "1 to 80 characters": (["a", "a" * 80], ["a" * 81, 'a"b']),
    "a number; the lower wins": ([0, 100], [-1]),
    "1 to 32766": ([1, 32766], [0, 32767]),
    "1 to 256": ([1, 256], [0, 257]),
    "Standard or SecretsManager": (["Standard", "SecretsManager"], ["standard", "Vault"]),
    "ip, redirect, hostname or asn": (["ip", "asn"], ["cidr"]),
    "1 to 50 letters, digits and underscores": (["a", "hubspoke_prod_2", "a" * 50], ["a-b", "a b", "a" * 51]),
    "an address, or a canonical block shorter than /32": (
        ["10.0.0.1", "10.0.0.0/8"], ["10.0.0.1/32", "10.0.0.1/24", "web"]),
    "blocks, with + or {X} or {X,Y} behind them": (
        ["10.0.0.0/8", "10.0.0.0/8+", "10.0.0.0/8{24}", "10.0.0.0/8{8,32}", "10.0.0.1/32+"],
        ["10.0.0.1/8", "10.0.0.0/8{7}", "10.0.0.0/8{24,20}", "10.0.0.0/8{8,33}", "10.0.0.0/8*", "web"]),
    "managed, custom, root or zone": (["root", "zone"], ["account"]),
    "allow or deny": (["allow", "deny"], ["drop"]),
    **gcp_facts.SAMPLES,
}  # fmt: skip


@pytest.mark.parametrize("line", lines("validity"), ids=str)
def test_the_provider_refuses_it(clouds: Cloud, line: Line) -> None:
    type_, path = line.fact.type, line.row.property
    good, bad = SAMPLES[line.row.says]
    listed = listed_at(type_, path)

    def refused(value: Any) -> bool:
        given = placed(path, value, listed=listed)
        found = provider(clouds, line).check(testing.urn(type_, "x"), type_, None, given, b"seed").failures
        # The key itself is secret, so that no message may hold it.
        assert not ("PresharedKey" in path and any(str(value) in failure.reason for failure in found))
        return any(f.reason.endswith(f"Examine values at 'x.{path}'.") for f in found)

    def proof(_: Line) -> None:
        assert [value for value in bad if not refused(value)] == []
        assert [value for value in good if refused(value)] == []

    proven(line, proof)


def listed_at(type_: str, path: str) -> bool:
    kind = Kind("object", fields=resource_schema(type_).inputs)
    for step in parse_path(path):
        kind = kind.of if step == "*" else (kind.fields or {})[str(step)].kind
    return kind.shape == "list"


@pytest.mark.parametrize("line", [line for line in lines("reference") if not line.row.loose], ids=str)
def test_naming_nothing_is_refused(clouds: Cloud, line: Line) -> None:
    type_, path, nothing = line.fact.type, line.row.property, "nothing-1"
    hidden = package(type_.split(":")[0]).schema(type_) is None
    given = placed(path, nothing, listed=not hidden and listed_at(type_, path))

    def proof(line: Line) -> None:
        with pytest.raises(CloudError) as caught:
            provider(clouds, line).create(testing.urn(type_, "x"), type_, given, preview=False, timeout=0.0)
        assert (caught.value.code, nothing in caught.value.message) == (line.row.code, True)

    proven(line, proof)
