"""Secrets in what a refresh found. The CLI's events mask a secret as recorded, and show what is found in its place."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hubspoke.local.wire import SECRET_SIG, SIG
from hubspoke.operate.result import Result, Step

MASK = "[secret]"


def mask(result: Result, deployment: Mapping[str, Any]) -> Result:
    """The result without what the deployment records as secret, whatever stands there now."""
    recorded = {each["urn"]: each for each in deployment.get("resources") or ()}
    return replace(result, steps=tuple(_step(step, recorded.get(step.urn, {})) for step in result.steps))


def _step(step: Step, recorded: Mapping[str, Any]) -> Step:
    inputs, outputs = recorded.get("inputs") or {}, recorded.get("outputs") or {}

    def masked(values: Mapping[str, Any]) -> dict[str, Any]:
        # A secret input is as secret among the outputs, and the other way round.
        return {name: _value(_value(v, inputs.get(name)), outputs.get(name)) for name, v in values.items()}

    return replace(
        step, old=masked(step.old), new=masked(step.new), old_outputs=masked(step.old_outputs),
        new_outputs=masked(step.new_outputs),
    )  # fmt: skip


def _value(value: Any, recorded: Any) -> Any:
    if not _has_secret(recorded):
        return value
    if _is_secret(recorded):
        return MASK
    if isinstance(value, Mapping) and isinstance(recorded, Mapping):
        return {name: _value(inner, recorded.get(name)) for name, inner in value.items()}
    # In a list of plain values a secret may have moved to another place; in one of records its name tells it.
    if _records(value) and _records(recorded) and len(value) == len(recorded):
        return [_value(inner, known) for inner, known in zip(value, recorded, strict=True)]
    return MASK  # of another shape: which part was the secret cannot be told


def _records(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, Mapping) and not _is_secret(each) for each in value)


def _has_secret(recorded: Any) -> bool:
    if isinstance(recorded, Mapping):
        return _is_secret(recorded) or any(map(_has_secret, recorded.values()))
    return isinstance(recorded, list) and any(map(_has_secret, recorded))


def _is_secret(recorded: Any) -> bool:
    return isinstance(recorded, Mapping) and recorded.get(SIG) == SECRET_SIG
