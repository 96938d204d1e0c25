"""What happens on a network is written down. In a preview, which log is whose is read from property dependencies."""

from collections.abc import Iterator

from pulumi_policy import PolicyComplianceFramework, Severity

from rules import types
from rules.managed import MANAGED_SETTINGS, is_managed
from rules.resource import Resource, Stack
from rules.rule import About, Finding, Settings, stack_rule
from rules.values import Unknown

_ENOUGH = ("ALL", "REJECT")


def _check(stack: Stack, settings: Settings) -> Iterator[tuple[Resource, Finding]]:
    for check in (_aws, _azure, _google):
        yield from check(stack, settings)


def _azure(stack: Stack, settings: Settings) -> Iterator[tuple[Resource, Finding]]:
    logged = set()
    for log in stack.of_type(types.AZURE_FLOW_LOG):
        network = stack.target(log, "targetResourceId", types.VIRTUAL_NETWORK)
        enabled = log.get("enabled")
        if unknown := next((each for each in (network, enabled) if isinstance(each, Unknown)), None):
            yield log, unknown
        elif isinstance(network, Resource) and enabled is not False:
            logged.add(network.urn)
    for network in stack.of_type(types.VIRTUAL_NETWORK):
        if is_managed(network, settings) and network.urn not in logged:
            yield network, "it has no flow log that is enabled"


def _google(stack: Stack, _: Settings) -> Iterator[tuple[Resource, Finding]]:
    """Subnets have their flow log in themselves. Those for proxies and the like take none."""
    for subnet in stack.of_type(types.SUBNETWORK):
        purpose, log = subnet.get("purpose"), subnet.get("logConfig")
        if isinstance(log, Unknown):
            yield subnet, log
        elif not log and purpose in (None, "PRIVATE"):
            yield subnet, "logConfig is not set: it has no flow log"


def _aws(stack: Stack, settings: Settings) -> Iterator[tuple[Resource, Finding]]:
    logs: dict[str, list[Resource]] = {}
    for log in stack.of_type(types.FLOW_LOG):
        vpc = stack.target(log, "vpcId", types.VPC)
        if isinstance(vpc, Unknown):
            yield log, vpc
        elif isinstance(vpc, Resource):
            logs.setdefault(vpc.urn, []).append(log)
    for vpc in stack.of_type(types.VPC):
        if is_managed(vpc, settings):
            yield from ((vpc, finding) for finding in _judge(logs.get(vpc.urn, [])))


def _judge(logs: list[Resource]) -> Iterator[Finding]:
    kinds = [log.get("trafficType") for log in logs]
    if any(kind in _ENOUGH for kind in kinds):
        return
    unknown = next((kind for kind in kinds if isinstance(kind, Unknown)), None)
    if unknown:
        yield unknown
    elif logs:
        found = ", ".join(str(kind) for kind in kinds)
        yield f"its flow logs hold {found} traffic only; one must hold ALL or REJECT"
    else:
        yield "it has no flow log for ALL or REJECT traffic"


POLICY = stack_rule(
    About(
        name="vpc-flow-logs",
        title="Flow logs on every network",
        description=(
            "Every network of the WAN logs its flows, at least the rejected ones, because they are the only record "
            "of who tried to reach what when a segment is probed or a rule is too tight."
        ),
        severity=Severity.MEDIUM,
        remedy=(
            'Add a FlowLog with the vpcId of the VPC and trafficType "ALL" or "REJECT"; on Azure one with the network '
            "as targetResourceId; on Google set logConfig of the subnetwork."
        ),
        url="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html",
        tags=("audit", "vpc"),
        framework=PolicyComplianceFramework("AWS Foundational Security Best Practices", "1.0.0", "EC2.6"),
    ),
    _check,
    MANAGED_SETTINGS,
)
