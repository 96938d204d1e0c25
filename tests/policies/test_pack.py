"""The pack as it ships, run unmodified over gRPC: what it finds, and at which level."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hubspoke.intent.limits import LIMITS
from hubspoke.local.engine.analyzer import AnalyzedResource, Analyzer, AnalyzerError
from pulumi.runtime.rpc import UNKNOWN
from rules import types

from tests.policies.pack_bench import BY_NAME, DEPLOYED, PROOFS, broken, resource, run, start, violation


@pytest.fixture
def in_use() -> Iterator[Analyzer]:
    """The pack in a run that changes a hub with its ASN and one connection."""
    with start(recorded=DEPLOYED) as analyzer:
        yield analyzer


def test_a_sound_wan_passes_in_its_first_preview(pack: Analyzer, sound: list[AnalyzedResource]) -> None:
    assert run(pack, sound) == []


# What `broken` makes of a sound WAN: the rule, the resource's type and name, and what is said.
FAULTS = [
    ("transit-gateway-no-defaults", types.TRANSIT_GATEWAY, "use1",
     'defaultRouteTablePropagation is "enable"; set it to "disable"'),
    ("no-open-ingress", types.INGRESS_RULE, "web/api",
     "ingress from 0.0.0.0/0 on tcp 443; name the networks that may come in"),
    ("strong-ipsec", types.VPN_CONNECTION, "use1/e0",
     "tunnel1IkeVersions is ikev1, ikev2; it must be only ikev2"),
    ("protect-gateways", types.VPN_CONNECTION, "use1/e0", "it is not protected from deletion"),
    ("tunnel-health-checks", types.CLOUDFLARE_TUNNEL, "use1-e0-a", "healthCheck.enabled is false; it must be true"),
    ("tunnel-health-checks", types.CLOUDFLARE_TUNNEL, "use1-e0-a",
     'healthCheck.direction is not set; it must be "bidirectional"'),
    ("tunnel-health-checks", types.CLOUDFLARE_TUNNEL, "use1-e0-a",
     'healthCheck.type is not set; it must be "request" or "reply"'),
    ("tunnel-health-checks", types.CLOUDFLARE_TUNNEL, "use1-e0-a",
     'healthCheck.rate is not set; it must be "low", "mid" or "high"'),
    ("required-tags", types.CUSTOMER_GATEWAY, "use1/e1",
     "tags missing: Name, hubspoke:wan, hubspoke:component, owner"),
    ("tunnel-inside-addresses", types.VPN_CONNECTION, "use1/e1",
     "tunnel2InsideCidr 169.254.10.0/30 is not in 169.254.240.0/20; give it a /30 of 169.254.240.0/20"),
    ("cloud-limits", types.CLOUDFLARE_TUNNEL, "use1-e0-a",
     f"22 for name: more than 15 characters (tunnel-name-length); {LIMITS['tunnel-name-length'].source}, 2026-11"),
    ("no-null-cipher", types.CLOUDFLARE_TUNNEL, "use1-e0-a",
     "allowNullCipher is true: this tunnel may carry traffic unencrypted"),
    ("redundant-tunnels", types.TRANSIT_GATEWAY, "use1",
     "different ends of VPN connections: 1 of 2 required (162.159.64.41)"),
    ("vpc-flow-logs", types.VPC, "web", "its flow logs hold ACCEPT traffic only; one must hold ALL or REJECT"),
]  # fmt: skip


def test_each_fault_is_found_and_nothing_else(pack: Analyzer, sound: list[AnalyzedResource]) -> None:
    assert run(pack, broken(sound)) == [violation(*fault) for fault in FAULTS]


def test_every_rule_can_fail(in_use: Analyzer, sound: list[AnalyzedResource]) -> None:
    assert {violation.policy for violation in run(in_use, broken(sound))} == set(BY_NAME) - set(PROOFS)


def test_a_change_that_the_cloud_refuses_is_found_before_it_starts(
    in_use: Analyzer, sound: list[AnalyzedResource]
) -> None:
    found = [v for v in run(in_use, broken(sound)) if v.policy == "change-while-in-use"]
    assert found == [
        violation(
            "change-while-in-use", types.TRANSIT_GATEWAY, "use1",
            "amazonSideAsn: AWS does not change the ASN of a transit gateway that has VPN attachments; keep the ASN; to "
            "change it make a second hub and move the spokes to it",
        ),
    ]  # fmt: skip


def test_without_a_recorded_state_nothing_is_taken_as_sound(sound: list[AnalyzedResource], tmp_path: Path) -> None:
    with start(recorded=tmp_path / "none.json") as pack:
        found = run(pack, sound)
    assert [(v.policy, v.level, v.not_evaluated) for v in found] == [("change-while-in-use", "mandatory", True)]
    assert "not evaluated: the recorded state cannot be had" in found[0].message


def test_what_is_not_known_is_reported_at_the_rules_own_level(pack: Analyzer) -> None:
    rule = resource(types.INGRESS_RULE, "web/api", {"cidrIpv4": UNKNOWN, "tags": UNKNOWN})
    hint = "is known only after deployment; give it a plain value, or set allowUnknown for this policy"
    assert run(pack, [rule]) == [
        violation("no-open-ingress", types.INGRESS_RULE, "web/api", f"not evaluated: cidrIpv4 {hint}"),
        violation("required-tags", types.INGRESS_RULE, "web/api", f"not evaluated: tags {hint}"),
        violation("cloud-limits", types.INGRESS_RULE, "web/api", f"not evaluated: tags {hint}"),
    ]


def test_unknowns_that_are_allowed_leave_a_note(sound: list[AnalyzedResource]) -> None:
    rule = resource(types.INGRESS_RULE, "web/api", {"cidrIpv4": UNKNOWN})
    with start({"no-open-ingress": {"allowUnknown": True}, "required-tags": "disabled"}) as pack:
        (note,) = run(pack, [*sound, rule])
    assert (note.policy, note.level, note.urn, note.not_evaluated) == ("no-open-ingress", "advisory", rule.urn, True)


def test_levels_and_settings(sound: list[AnalyzedResource]) -> None:
    config = {
        "all": "disabled",
        "no-open-ingress": {"enforcementLevel": "mandatory", "allowedPorts": [443]},
        "redundant-tunnels": {"enforcementLevel": "advisory", "endpoints": 1, "connections": 3},
        "protect-gateways": "mandatory",
        "required-tags": {"enforcementLevel": "advisory", "exempt": ["use1/*"]},
    }
    with start(config) as pack:
        found = run(pack, broken(sound))
    assert [(v.policy, v.level, v.message) for v in found] == [
        ("protect-gateways", "mandatory", "it is not protected from deletion"),
        ("redundant-tunnels", "advisory", "VPN connections: 2 of 3 required (use1/e0, use1/e1)"),
    ]


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"strong-ipsek": "advisory"}, "strong-ipsek: no such policy; did you mean strong-ipsec?"),
        ({"strong-ipsec": {"dhGroup": [14]}}, "strong-ipsec.dhGroup: no such setting; did you mean dhGroups?"),
        ({"strong-ipsec": {"dhGroups": [2]}}, "strong-ipsec.dhGroups.0: 2 is not one of [14, 19, 20, 21]"),
        ({"strong-ipsec": {"encryption": []}}, "strong-ipsec.encryption: [] should be non-empty"),
        ({"redundant-tunnels": {"tunnels": "two"}}, "redundant-tunnels.tunnels: 'two' is not of type 'integer'"),
        ({"no-open-ingress": {"allowedPorts": [70000]}}, "70000 is greater than the maximum of 65535"),
    ],
)
def test_a_wrong_configuration_is_refused(config: dict[str, Any], problem: str) -> None:
    with pytest.raises(AnalyzerError) as error:
        start(config)
    assert problem in str(error.value)


def test_a_stack_that_is_in_no_intent_is_not_passed_over(sound: list[AnalyzedResource]) -> None:
    moved = [AnalyzedResource(**{**vars(each), "urn": each.urn.replace(":network::", ":nobody::")}) for each in sound]
    lone = [AnalyzedResource(**{**vars(each), "property_dependencies": {}, "dependencies": ()}) for each in moved]
    with start({name: {"wan": "stacks/wan.yaml"} for name in PROOFS}) as pack:
        found = [violation for violation in pack.analyze_stack(lone) if violation.policy in PROOFS]
    assert {(v.policy, v.level, v.not_evaluated) for v in found} == {
        ("flows-carried", "mandatory", True), ("segments-isolated", "mandatory", True),
        ("survives-single-failure", "advisory", True), ("network-as-intended", "advisory", True),
    }  # fmt: skip
    assert all("has no account nobody" in violation.message for violation in found)
