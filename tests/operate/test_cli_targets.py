"""Targets of the CLI: all that depends on them by name, and the providers that the CLI would not know otherwise."""

from typing import Any

from hubspoke.operate.cli_targets import with_dependents


def state(urn: str, provider: str = "", **more: Any) -> dict[str, Any]:
    return {"urn": urn, "type": "t", "provider": f"{provider}::id" if provider else "", **more}


STATE = [
    state("stack"),
    state("provider-aws"),
    state("provider-cloudflare"),
    state("hub", parent="stack"),
    state("gateway", "provider-aws", parent="hub"),
    state("vpn", "provider-aws", parent="hub", propertyDependencies={"gatewayId": ["gateway"]}),
    state("tunnel", "provider-cloudflare", parent="hub", dependencies=["vpn"]),
    state("log", "provider-aws", deletedWith="tunnel"),
    state("elsewhere", "provider-aws", parent="stack", propertyDependencies={"name": None}),
]


def test_what_depends_on_a_target_is_one_and_so_is_its_provider() -> None:
    assert with_dependents(STATE, ["vpn"]) == ("provider-aws", "provider-cloudflare", "vpn", "tunnel", "log")


def test_a_component_brings_its_children() -> None:
    assert with_dependents(STATE, ["hub"])[2:] == ("hub", "gateway", "vpn", "tunnel", "log")


def test_nothing_depends_on_it_and_it_stands_alone() -> None:
    assert with_dependents(STATE, ["elsewhere", "new"]) == ("new", "provider-aws", "elsewhere")
