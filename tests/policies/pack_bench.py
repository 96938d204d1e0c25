"""The pack, a sound WAN for it, and the same with one thing wrong for each rule."""

from pathlib import Path
from typing import Any

from hubspoke.local.engine.analyzer import AnalyzedResource, Analyzer, PolicyPack, Violation
from pulumi.runtime.rpc import UNKNOWN
from rules import types
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
