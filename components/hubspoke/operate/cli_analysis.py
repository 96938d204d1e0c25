"""Policy packs over recorded state by `pulumi policy analyze`: no program, no cloud."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pulumi import automation

from hubspoke.local.engine.analyzer import Analyzer, AnalyzerError, PolicyPack
from hubspoke.operate.errors import OperateError, shorten
from hubspoke.operate.result import Violation
from hubspoke.operate.stack import PackRef


def analyze(
    workspace: automation.LocalWorkspace, deployment: Mapping[str, Any], packs: Sequence[PackRef]
) -> tuple[Violation, ...]:
    """What packs say of a deployment. Raises OperateError where one of them cannot be run."""
    if not packs:
        return ()
    file = Path(workspace.work_dir) / "analyzed.json"
    file.write_text(json.dumps({"version": 3, "deployment": deployment}))
    printed: list[str] = []
    try:
        workspace.pulumi_command.run(
            ["policy", "analyze", "--json", "--file", str(file), *_pack_words(packs)],
            workspace.work_dir, dict(workspace.env_vars), on_output=printed.append,
        )  # fmt: skip
    except automation.CommandError as error:
        if not any('"summaryEvent"' in line for line in printed):  # not violations, then, but no verdict at all
            raise OperateError(f"the policy packs could not judge what was found: {shorten(str(error))}") from error
    found = tuple(_violation(event) for event in map(_policy_event, printed) if event)
    return _without_read(found, deployment, packs)


def _without_read(
    found: tuple[Violation, ...], deployment: Mapping[str, Any], packs: Sequence[PackRef]
) -> tuple[Violation, ...]:
    """Without what resource rules say of what is only read, which no preview asks them about, but this command does."""
    read = {each["urn"] for each in deployment.get("resources") or () if each.get("external")}
    if read.isdisjoint(each.urn for each in found):
        return found
    rules = {rule for pack in packs for rule in _resource_rules(pack)}
    return tuple(each for each in found if each.urn not in read or each.policy not in rules)


def _resource_rules(pack: PackRef) -> set[str]:
    """The names of a pack's rules on single resources: a violation does not say which kind of rule it is of."""
    try:
        with Analyzer.start(PolicyPack(pack.path), project="analyzed", stack="analyzed") as analyzer:
            return {policy.name for policy in analyzer.info.policies if policy.kind == "resource"}
    except AnalyzerError as error:
        raise OperateError(str(error)) from None


def _pack_words(packs: Sequence[PackRef]) -> list[str]:
    words = [word for pack in packs for word in ("--policy-pack", str(pack.path))]
    return words + [w for pack in packs if pack.config for w in ("--policy-pack-config", str(pack.config.resolve()))]


def _policy_event(line: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = json.loads(line).get("policyEvent") if line.startswith("{") else None
    return found


def _violation(event: Mapping[str, Any]) -> Violation:
    return Violation(
        policy=event["policyName"],
        pack=event["policyPackName"],
        level=event["enforcementLevel"],
        severity=str(event.get("severity") or ""),
        urn=event.get("resourceUrn") or "",
        message=str(event["message"]).strip(),
    )
