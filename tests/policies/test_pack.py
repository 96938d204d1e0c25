"""The pack as it ships: run unmodified over gRPC, documented from its own code, and fit to be published alone."""

import ast
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from hubspoke.intent.limits import LIMITS
from hubspoke.local.engine.analyzer import AnalyzedResource, Analyzer, AnalyzerError, PolicyPack, Violation
from pulumi.runtime.rpc import UNKNOWN
from pulumi_policy import Policy
from rules import types
from rules.docs import document
from rules.pack import POLICIES

ROOT = Path(__file__).parents[2]
PACK = ROOT / "policies"

Properties = dict[str, Any]
BY_NAME = {policy.name: policy for policy in POLICIES}


HERE = Path(__file__).parent
NEVER_DEPLOYED, DEPLOYED = HERE / "never_deployed.json", HERE / "deployed.json"  # what an engine says is recorded
PROOFS = ("flows-carried", "segments-isolated", "survives-single-failure", "network-as-intended")
NO_INTENT: dict[str, Any] = {name: {"wan": ""} for name in PROOFS}  # these resources are of no WAN's plan


def start(config: dict[str, Any] | None = None, recorded: Path = NEVER_DEPLOYED) -> Analyzer:
    environment = {"HUBSPOKE_RECORDED_STATE": str(recorded)}
    pack = PolicyPack(PACK, {**NO_INTENT, **(config or {})})
    return Analyzer.start(pack, project="hubspoke", stack="network", dry_run=True, environment=environment)


@pytest.fixture(scope="module")
def pack() -> Iterator[Analyzer]:
    with start() as analyzer:
        yield analyzer


@pytest.fixture
def in_use() -> Iterator[Analyzer]:
    """The pack in a run that changes a hub with its ASN and one connection."""
    with start(recorded=DEPLOYED) as analyzer:
        yield analyzer


def resource(kind: str, name: str, properties: Properties, **depends: AnalyzedResource) -> AnalyzedResource:
    """A resource of a preview; `depends` are the properties made from other resources, unknown as yet."""
    return AnalyzedResource(
        urn=f"urn:pulumi:network::hubspoke::{kind}::{name}",
        type=kind,
        name=name,
        properties={**dict.fromkeys(depends, UNKNOWN), **properties},
        protect=kind in (types.TRANSIT_GATEWAY, types.VPN_CONNECTION),
        dependencies=tuple(on.urn for on in depends.values()),
        property_dependencies={prop: (on.urn,) for prop, on in depends.items()},
    )


@pytest.fixture
def sound(
    transit_gateway: Properties,
    vpn_connection: Callable[..., Properties],
    cloudflare_tunnel: Properties,
    tags: dict[str, str],
) -> list[AnalyzedResource]:
    """One hub with two connections, and one spoke, as a first preview plans them."""
    hub = resource(types.TRANSIT_GATEWAY, "use1", transit_gateway)
    vpc = resource(types.VPC, "web", {"cidrBlock": "10.1.0.0/20", "tags": tags})
    log = resource(types.FLOW_LOG, "web", {"trafficType": "ALL", "tags": tags}, vpcId=vpc)
    rule = {"cidrIpv4": "10.2.0.0/20", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "tags": tags}
    resources = [hub, vpc, log, resource(types.INGRESS_RULE, "web/api", rule)]
    for number, endpoint in enumerate(("162.159.64.41", "162.159.66.41")):
        name = f"use1/e{number}"
        customer = resource(types.CUSTOMER_GATEWAY, name, {"ipAddress": endpoint, "tags": tags})
        inside = [f"169.254.240.{8 * number}/30", f"169.254.240.{8 * number + 4}/30"]
        vpn = resource(
            types.VPN_CONNECTION, name, vpn_connection(*inside), transitGatewayId=hub, customerGatewayId=customer
        )
        resources += [customer, vpn]
        for slot, offset in (("a", 2), ("b", 6)):
            end = {**cloudflare_tunnel, "interfaceAddress": f"169.254.240.{8 * number + offset}/30"}
            tunnel = resource(types.CLOUDFLARE_TUNNEL, f"use1-e{number}-{slot}", end, customerEndpoint=vpn)
            resources.append(tunnel)
    return resources


LONG = {"name": "use1-e0-a-far-too-long"}


def broken(resources: list[AnalyzedResource]) -> list[AnalyzedResource]:
    """The same, with one thing wrong for each rule."""
    change: dict[tuple[str, str], Properties] = {
        (types.TRANSIT_GATEWAY, "use1"): {"defaultRouteTablePropagation": "enable", "amazonSideAsn": 64513},
        (types.VPN_CONNECTION, "use1/e0"): {"tunnel1IkeVersions": ["ikev1", "ikev2"]},
        (types.VPN_CONNECTION, "use1/e1"): {"tunnel2InsideCidr": "169.254.10.0/30"},
        (types.CLOUDFLARE_TUNNEL, "use1-e0-a"): {"healthCheck": {"enabled": False}, "allowNullCipher": True, **LONG},
        (types.CUSTOMER_GATEWAY, "use1/e1"): {"ipAddress": "162.159.64.41", "tags": {}},
        (types.INGRESS_RULE, "web/api"): {"cidrIpv4": "0.0.0.0/0"},
        (types.FLOW_LOG, "web"): {"trafficType": "ACCEPT"},
    }
    return [
        AnalyzedResource(
            **{
                **vars(each),
                "properties": {**each.properties, **change.get((each.type, each.name), {})},
                "protect": each.name != "use1/e0" and each.protect,
            }
        )
        for each in resources
    ]


def run(analyzer: Analyzer, resources: list[AnalyzedResource]) -> list[Violation]:
    return [v for each in resources for v in analyzer.analyze(each)] + analyzer.analyze_stack(resources)


def violation(name: str, kind: str, resource_name: str, message: str) -> Violation:
    """What the rule is expected to report, with what the pack says of that rule."""
    policy = BY_NAME[name]
    assert policy.enforcement_level
    assert policy.severity
    assert policy.remediation_steps
    assert policy.url
    return Violation(
        pack="hubspoke",
        pack_version="0.1.0",
        policy=name,
        level=policy.enforcement_level.value,
        severity=policy.severity.value,
        message=message,
        description=policy.description,
        urn=f"urn:pulumi:network::hubspoke::{kind}::{resource_name}",
        remediation_steps=policy.remediation_steps,
        url=policy.url,
        not_evaluated=message.startswith("not evaluated: "),
    )


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


def test_the_pack_says_of_itself_what_the_rules_say(pack: Analyzer) -> None:
    assert pack.info.name == "hubspoke"
    assert pack.info.version == "0.1.0"
    assert {policy.name: policy.level for policy in pack.info.policies} == {
        name: policy.enforcement_level.value for name, policy in BY_NAME.items() if policy.enforcement_level
    }


@pytest.mark.skipif(shutil.which("pulumi") is None, reason="the official Pulumi CLI is not on PATH")
def test_the_official_cli_reports_the_same(pack: Analyzer, sound: list[AnalyzedResource], tmp_path: Path) -> None:
    resources = [deployed(each) for each in broken(sound)]
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"version": 3, "deployment": {"manifest": MANIFEST, "resources": in_state(resources)}}))
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps(NO_INTENT))
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    analyzed = subprocess.run(
        ["pulumi", "policy", "analyze", "--policy-pack", str(PACK), "--policy-pack-config", str(settings),
         "--file", str(state), "--json"],
        env={**os.environ, "PATH": path, "PULUMI_HOME": str(tmp_path / "home"), "PULUMI_SKIP_UPDATE_CHECK": "true"},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert analyzed.returncode == 1, analyzed.stderr
    events = [json.loads(line).get("policyEvent") for line in analyzed.stdout.splitlines() if line.startswith("{")]
    assert sorted(
        (e["policyName"], e["enforcementLevel"], e["severity"], e["resourceUrn"], e["message"]) for e in events if e
    ) == sorted((v.policy, v.level, v.severity, v.urn, f"{v.description}\n{v.message}") for v in run(pack, resources))


MANIFEST = {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""}


def deployed(planned: AnalyzedResource) -> AnalyzedResource:
    """The same with ids in place of unknowns."""
    known = {name: on[0].rpartition("::")[2] for name, on in planned.property_dependencies.items()}
    return AnalyzedResource(**{**vars(planned), "properties": {**planned.properties, **known}})


def in_state(resources: list[AnalyzedResource]) -> list[Properties]:
    return [
        {
            "urn": each.urn,
            "type": each.type,
            "custom": True,
            "id": each.name,
            "inputs": each.properties,
            "outputs": each.properties,
            "protect": each.protect,
            "dependencies": each.dependencies,
            "propertyDependencies": each.property_dependencies,
        }
        for each in resources
    ]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_every_rule_says_why_how_bad_and_what_to_do(policy: Policy) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", policy.name)
    assert " because " in policy.description
    assert policy.description.endswith(".")
    assert policy.severity
    assert policy.enforcement_level
    assert policy.display_name
    assert policy.tags
    assert policy.remediation_steps
    assert (policy.url or "").startswith("https://")
    assert policy.config_schema
    for setting in policy.config_schema.properties.values():
        assert setting["description"].endswith(".")
        assert "default" in setting


def test_every_file_of_rules_is_in_the_pack() -> None:
    files = {path.stem for path in (PACK / "rules").glob("*.py") if "POLICY = " in path.read_text()}
    assert {name.replace("-", "_") for name in BY_NAME} == files
    assert len(POLICIES) == len(BY_NAME)


def test_the_documentation_is_made_from_the_rules() -> None:
    made = "cd policies && python -m rules.docs > ../docs/policies.md"
    assert (ROOT / "docs" / "policies.md").read_text() == document(), f"docs/policies.md is old; run: {made}"


def test_the_pack_needs_nothing_but_the_sdk_and_hubspoke() -> None:
    imported = {name for path in PACK.rglob("*.py") for name in _imports(path)}
    others = {name for name in imported if name not in sys.stdlib_module_names} - {"rules"}
    assert others == {"hubspoke", "pulumi_policy"}
    needed = {re.split(r"[>=]", line)[0].replace("-", "_") for line in (PACK / "requirements.txt").read_text().split()}
    assert others < needed


def test_whoever_runs_the_pack_its_sdk_is_lowered_before_it_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    done = Mock()
    monkeypatch.setattr("hubspoke.local.pack_thrift.lower", done.lower)
    monkeypatch.setattr("pulumi_policy.PolicyPack", done.serve)
    runpy.run_path(str(PACK / "__main__.py"))
    assert [each[0] for each in done.mock_calls] == ["lower", "serve"]


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


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]
