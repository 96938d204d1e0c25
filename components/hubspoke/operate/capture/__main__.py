"""A policy pack that judges nothing: it writes down the stack that a preview plans, as a state file would record it.

A pack is what both engines tell of property dependencies, by which references are found before anything has an id.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pulumi.runtime.rpc import UNKNOWN
from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    PolicyPack,
    PolicyResource,
    ReportViolation,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

_SECRET = re.compile(r"psk|presharedkey|sharedkey|secret|password|token", re.IGNORECASE)  # no proof needs one


def write(args: StackValidationArgs, _: ReportViolation) -> None:
    """One file for the stack, in the folder that the configuration names."""
    resources = [_resource(each) for each in args.resources]
    if resources:
        stack = resources[0]["urn"].split("::")[0].rsplit(":", 1)[-1]
        document = {"version": 3, "deployment": {"resources": resources}}
        Path(args.get_config()["folder"], f"{stack}.json").write_text(json.dumps(document))


def _resource(resource: PolicyResource) -> dict[str, Any]:
    outputs = _plain(resource.props)
    id_ = outputs.get("id")
    return {
        "urn": resource.urn,
        "type": resource.resource_type,
        "id": id_ if isinstance(id_, str) and id_ != UNKNOWN else "",
        "outputs": outputs,
        "parent": resource.parent.urn if resource.parent else "",
        "propertyDependencies": {
            name: [each.urn for each in found] for name, found in resource.property_dependencies.items()
        },
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _item(value, key) for key in value if not _SECRET.search(str(key))}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_item(value, index) for index in range(len(value))]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _item(container: Any, key: Any) -> Any:
    try:
        return _plain(container[key])
    except UnknownValueError:
        return UNKNOWN


if __name__ == "__main__":
    PolicyPack(
        name="hubspoke-capture",
        policies=[
            StackValidationPolicy(
                name="write-down",
                description="Writes down what is planned.",
                validate=write,
                enforcement_level=EnforcementLevel.ADVISORY,
                config_schema=PolicyConfigSchema({"folder": {"type": "string"}}, required=["folder"]),
            )
        ],
    )
