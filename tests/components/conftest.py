"""Components run by inline programs, and what came of them in a form that is the same each time."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import World

HUB_ACCOUNT, SPOKE_ACCOUNT, CLOUDFLARE = "210987654321", "321098765432", "3f1c9a7e5b2d4860a1b2c3d4e5f60718"
SECRET = "4dabf18193072939515e22adb298388d"


class Lab:
    """Builds components of one hub and one spoke, in as many accounts as asked for."""

    def __init__(self, world: "World") -> None:
        self.world = world

    def aws(self, name: str, account: str) -> Any:
        import pulumi_aws as aws

        role = aws.ProviderAssumeRoleArgs(role_arn=f"arn:aws:iam::{account}:role/hubspoke")
        return aws.Provider(name, region="us-east-1", allowed_account_ids=[account], assume_roles=[role])

    def cloudflare(self) -> Any:
        import pulumi_cloudflare as cf

        return cf.Provider("cloudflare", api_token="token-of-the-lab")

    def hub(self, providers: list[Any], epochs: Mapping[str, float] | None = None, **changes: Any) -> Any:
        """A hub with these epochs of its tunnels' keys, by the tunnel's key; 1 if not given."""
        import pulumi
        from hubspoke import AwsHub

        args: Any = {**hub_args(), **changes}
        for connection in args["connections"]:
            for tunnel in connection["tunnels"]:
                tunnel["psk_epoch"] = (epochs or {}).get(tunnel["key"], 1)
        return AwsHub("use1", args, opts=pulumi.ResourceOptions(providers=providers))

    def spoke(
        self,
        hub: Any,
        providers: list[Any],
        hub_provider: Any = None,
        after: Sequence[Any] | None = None,
        **changes: Any,
    ) -> Any:
        """A spoke of a hub, after all of the hub if nothing else is given."""
        import pulumi
        from hubspoke import AwsSpoke

        ids = {"transit_gateway_id": hub.transit_gateway_id}
        tables = {key: hub.route_tables[key] for key in ("prod", "shared", "onramp")}
        args: Any = {
            **spoke_args(),
            **ids,
            "route_tables": tables,
            "cross_account": hub_provider is not None,
            **changes,
        }
        # The attachment needs the share: in a fleet the hub's whole stack is up before.
        options = pulumi.ResourceOptions(providers=providers, depends_on=[hub] if after is None else list(after))
        return AwsSpoke("web", args, opts=options, hub_provider=hub_provider)

    def onramp(self, providers: list[Any], **changes: Any) -> Any:
        import pulumi
        from hubspoke import AwsOnRamp

        args: Any = {**onramp_args(), **changes}
        return AwsOnRamp("branch", args, opts=pulumi.ResourceOptions(providers=providers))

    def children(self, program: Callable[[], object]) -> dict[str, Any]:
        """Everything that a program makes, by type and name: place, options and inputs."""
        self.world.up("lab", program)
        return described(self.world.resources("lab"))


def hub_args() -> dict[str, Any]:
    return {
        "region": "us-east-1",
        "asn": 64513,
        "segments": [
            {"key": "prod", "reaches": ["prod", "shared"]},
            {"key": "shared", "reaches": ["prod", "shared"]},
        ],
        "connections": [connection("e1", "162.159.64.41", 16), connection("e2", "162.159.66.41", 24)],
        "wan_prefixes": ["10.0.0.0/8", "192.168.64.0/18"],
        "cloudflare": {"account": CLOUDFLARE, "asn": 13335},
        "tags": {"owner": "network-team"},
    }


def connection(key: str, endpoint: str, first: int, owner: str = "use1") -> dict[str, Any]:
    tunnels = [
        {
            "key": f"{owner}-{key}-{slot}",
            "slot": slot,
            "inside_cidr": f"169.254.240.{base}/30",
            "cloud_address": f"169.254.240.{base + 1}",
            "cloudflare_address": f"169.254.240.{base + 2}",
        }
        for slot, base in (("a", first), ("b", first + 4))
    ]
    return {"key": key, "endpoint": endpoint, "tunnels": tunnels}


def spoke_args() -> dict[str, Any]:
    return {
        "region": "us-east-1",
        "segment": "prod",
        "cidr": "10.16.32.0/20",
        "propagates_to": ["prod", "shared"],
        "wan_prefixes": ["10.0.0.0/8", "192.168.64.0/18"],
        "cloudflare": {"account": CLOUDFLARE, "asn": 13335},
        "subnets": [
            {"key": "workload-a", "kind": "workload", "zone": "a", "cidr": "10.16.32.0/22"},
            {"key": "workload-b", "kind": "workload", "zone": "b", "cidr": "10.16.36.0/22"},
            {"key": "attachment-a", "kind": "attachment", "zone": "a", "cidr": "10.16.47.0/28"},
            {"key": "attachment-b", "kind": "attachment", "zone": "b", "cidr": "10.16.47.16/28"},
        ],
        "ingress": [
            {"key": "ci-prod-ci", "flow": "ci-prod", "peer": "10.16.48.0/21", "protocol": "tcp", "port": 443},
            {"key": "ping-ci", "flow": "ping", "peer": "10.16.48.0/21", "protocol": "icmp", "port": None},
        ],
        "egress": [
            {"key": "prod-dns-directory", "flow": "prod-dns", "peer": "10.4.0.0/22", "protocol": "udp", "port": 53},
            {"key": "bulk-directory", "flow": "bulk", "peer": "10.4.0.0/22", "protocol": "tcp"},
            {"key": "all-ledger", "flow": "all", "peer": "10.240.0.0/20", "protocol": "any"},
        ],
        "tags": {"owner": "network-team"},
    }


def onramp_args() -> dict[str, Any]:
    spoke = spoke_args()
    connections = [connection("e1", "162.159.64.41", 32, "branch"), connection("e2", "162.159.66.41", 40, "branch")]
    workload = [subnet for subnet in spoke["subnets"] if subnet["kind"] == "workload"]
    kept = ("region", "segment", "cidr", "wan_prefixes", "cloudflare", "ingress", "egress", "tags")
    return {**{name: spoke[name] for name in kept}, "asn": 64520, "connections": connections, "subnets": workload}


def described(resources: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Resources by type and name, with what a cloud assigned written as whose it is."""
    words = _words(resources)
    return {label(urn): _described(urn, r, words) for urn, r in sorted(resources.items()) if "pulumi:pulumi" not in urn}


def label(urn: str) -> str:
    _, _, types, name = urn.split("::")
    return f"{types.rsplit('$', 1)[-1]} {name}"


def _described(urn: str, resource: dict[str, Any], words: "Words") -> dict[str, Any]:
    parent, provider = resource.get("parent", ""), resource.get("provider", "").split("::")
    needs = resource.get("propertyDependencies", {})
    inputs = resource.get("inputs", {})
    found = {
        "parent": label(parent) if parent and "pulumi:pulumi" not in parent else None,
        "provider": provider[3] if len(provider) > 3 else None,
        "protect": resource.get("protect"),
        "external": resource.get("external"),
        "after": sorted(
            label(need)
            for need in {*resource.get("dependencies", [])} - {one for several in needs.values() for one in several}
        ),
        "inputs": {k: _worded(v, words, {urn, *needs.get(k, [])}) for k, v in inputs.items() if not k.startswith("__")},
    }
    return {key: value for key, value in found.items() if value}


Words = list[tuple[str, str, str]]  # a value that a cloud assigned, the URN it belongs to, and what to call it
_ASSIGNED = ("arn", "transitGatewayAttachmentId", "tunnel1Address", "tunnel2Address", "address", "ipAddress")


def _words(resources: dict[str, dict[str, Any]]) -> Words:
    """The longest first, since ids occur in ARNs."""
    found: Words = []
    for urn, resource in resources.items():
        given, made = resource.get("inputs", {}), resource.get("outputs", {})
        outputs = {"id": resource.get("id"), **{k: made.get(k) for k in _ASSIGNED if k not in given}}
        if not resource.get("external"):
            found += [(v, urn, f"<{label(urn)}: {k}>") for k, v in outputs.items() if isinstance(v, str) and v]
    return sorted(found, key=lambda word: -len(word[0]))


_RANDOM_SUFFIX = re.compile(r"(?<=-)[0-9a-f]{7}\Z")


def _worded(value: Any, words: Words, needs: set[str]) -> Any:
    """A value without what differs each time. What it does not depend on by the state's own word stays as it is."""
    if isinstance(value, dict):
        kept = {k: _worded(v, words, needs) for k, v in value.items() if not k.startswith("__")}
        return "[secret]" if SECRET in value else kept
    if isinstance(value, list):
        return [_worded(each, words, needs) for each in value]
    if isinstance(value, str):
        for assigned, urn, word in words:
            if urn in needs:
                value = value.replace(assigned, word)
        return _RANDOM_SUFFIX.sub("<random>", value)
    return value


@pytest.fixture
def lab(world: "World") -> Lab:
    return Lab(world)
