"""A pack's configuration: levels and settings per policy, checked against what the pack says it takes.

The file and its meaning are those of `pulumi preview --policy-pack-config`
(pulumi/pkg/resource/analyzer/config.go); unlike there, names the pack does not know are errors.
"""

import difflib
import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from hubspoke.local.engine.analyzer_types import LEVELS, AnalyzerError, Level, PackInfo, Policy

Settings = dict[str, Any]


def load_policy_config(path: Path) -> dict[str, Any]:
    """The JSON file that `--policy-pack-config` takes. Raises AnalyzerError naming the file and place."""
    try:
        text = path.read_text()
        config = json.loads(text) if text.strip() else {}
    except OSError as error:
        raise AnalyzerError(f"cannot read the policy configuration {path}: {error.strerror}") from None
    except ValueError as error:
        raise AnalyzerError(f"the policy configuration {path} is not valid JSON: {error}") from None
    if not isinstance(config, dict):
        raise AnalyzerError(f"the policy configuration {path} must be a JSON object of policies by name")
    if "environments" in config:
        raise AnalyzerError(f"{path}: `environments` needs Pulumi Cloud; the local engine cannot read it")
    return config


def reconcile(
    info: PackInfo, initial: dict[str, Any], config: dict[str, Any] | None
) -> tuple[PackInfo, dict[str, Settings]]:
    """The pack with the levels in force, and each policy's settings: defaults, the pack's own, then `config`.

    Raises AnalyzerError with every problem, one a line.
    """
    levels = {policy.name: policy.level for policy in info.policies}
    settings = {policy.name: _defaults(policy) for policy in info.policies}
    problems = []
    for layer in (initial, config or {}):
        problems += _apply(layer, info, levels, settings)
    problems += [line for policy in info.policies for line in _invalid(policy, settings[policy.name])]
    if problems:
        heading = f"the configuration of policy pack {info.name} is not valid:"
        raise AnalyzerError("\n  ".join([heading, *problems]))
    policies = tuple(replace(policy, level=levels[policy.name]) for policy in info.policies)
    return replace(info, policies=policies), settings


def _defaults(policy: Policy) -> Settings:
    properties = policy.config_properties
    return {name: schema["default"] for name, schema in properties.items() if "default" in schema}


def _apply(layer: dict[str, Any], info: PackInfo, levels: dict[str, Level], settings: dict[str, Settings]) -> list[str]:
    known = {policy.name: policy for policy in info.policies}
    problems: list[str] = []
    # "all" comes first: what is said of one policy overrides it.
    for name, given in sorted(layer.items(), key=lambda item: item[0] != "all"):
        if name != "all" and name not in known:
            problems.append(f"{name}: no such policy{_hint(name, [*known, 'all'])}")
            continue
        level, values, wrong = _parse(name, given)
        problems += wrong or _unknown_settings(name, values, known)
        for target in known if name == "all" else [name]:
            levels[target] = level or levels[target]
            settings[target] |= values if name != "all" else {}
    return problems


def _parse(name: str, given: Any) -> tuple[Level | None, Settings, list[str]]:
    if isinstance(given, str):
        given = {"enforcementLevel": given}
    if not isinstance(given, dict):
        return None, {}, [f"{name}: must be a level or an object, not {json.dumps(given)}"]
    values = {key: value for key, value in given.items() if key != "enforcementLevel"}
    level = given.get("enforcementLevel")
    if level is None:
        return None, values, []
    if level not in LEVELS:
        return None, {}, [f"{name}: {json.dumps(level)} is not a level; it is one of {', '.join(LEVELS)}"]
    return cast(Level, level), values, []


def _unknown_settings(name: str, values: Settings, known: dict[str, Policy]) -> list[str]:
    if name == "all":
        return [f"all: takes only a level, not {', '.join(sorted(values))}"] if values else []
    names = known[name].config_properties
    return [f"{name}.{key}: no such setting{_hint(key, names)}" for key in values if key not in names]


def _invalid(policy: Policy, settings: Settings) -> list[str]:
    if not policy.config_properties and not policy.config_required:
        return []
    from jsonschema import Draft7Validator  # here: it takes longer to import than the rest of this package

    required = list(policy.config_required)
    schema = {"type": "object", "properties": policy.config_properties, "required": required}
    errors = sorted(Draft7Validator(schema).iter_errors(settings), key=lambda error: str(error.json_path))
    return [f"{'.'.join([policy.name, *map(str, error.path)])}: {error.message}" for error in errors]


def _hint(name: str, known: Iterable[str]) -> str:
    choices = sorted(known)
    close = difflib.get_close_matches(name, choices, n=1)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; there are: {', '.join(choices)}" if choices else "; it takes none"
