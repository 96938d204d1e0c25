# ruff: noqa: ARG002 - a protocol's methods take what others of its implementations need
"""The simulated AWS: accounts by the role a provider assumes, regions by provider or resource."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..package import Invoke, Package
from ..protocol import CloudError, Properties
from ..schema import ResourceSchema
from ..table import Computed, Source, TypeTable
from ..view import Scope
from .places import ARN_SOURCE, REGION, arn

DEFAULT_ACCOUNT = "000000000000"
_ROLE = re.compile(r"arn:[^:]+:iam::(\d{12}):role/(?:.*/)?([^/]+)\Z")
_CONFIG = Source("pulumi-aws, provider configuration")


class Aws(Package):
    """AWS as pulumi-aws shows it."""

    name = "aws"

    def load_tables(self) -> tuple[TypeTable, ...]:
        from . import (
            acceptance,
            acl,
            identity,
            network,
            peering,
            private_gateway,
            ram,
            routing,
            security,
            transit_gateway,
            transit_routing,
            vpn,
        )

        modules = (
            network,
            acl,
            routing,
            security,
            transit_gateway,
            acceptance,
            peering,
            transit_routing,
            vpn,
            private_gateway,
            ram,
            identity,
        )
        return tuple(table for module in modules for table in module.TABLES)

    def load_invokes(self) -> Mapping[str, Invoke]:
        from .invokes import INVOKES

        return INVOKES

    def scope(self, config: Properties) -> Scope:
        """The account is that of the last role assumed; without one, of no account in particular."""
        roles = _list(config, "assumeRoles") or _list(config, "assumeRole")
        account, actor = DEFAULT_ACCOUNT, "pulumi"
        if roles:
            account, actor = _assumed(roles[-1])
        allowed = [str(a) for a in _list(config, "allowedAccountIds")]
        forbidden = [str(a) for a in _list(config, "forbiddenAccountIds")]
        if (allowed and account not in allowed) or account in forbidden:
            raise CloudError("InvalidAccount", f"AWS account ID not allowed: {account}")
        region = config.get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        tags = _decoded(config.get("defaultTags")) or {}
        return Scope(account, str(region or ""), actor, default_tags=tags.get("tags") or {})

    def identify(self, scope: Scope, properties: Properties, id_: str) -> tuple[Scope, str]:
        plain, _, suffix = id_.rpartition("@")  # "vpc-1@us-east-1" imports from that region
        if plain and REGION.match(suffix):
            return replace(scope, region=suffix), plain
        region = properties.get("region")
        return (replace(scope, region=str(region)) if region else scope), id_

    def common(self, type_: str, schema: ResourceSchema | None) -> tuple[Computed, ...]:
        has = schema.outputs if schema is not None else {}
        return tuple(row for row in _COMMON if row.property in has)

    def prepare(self, scope: Scope, schema: ResourceSchema, inputs: Properties) -> Properties:
        if "region" in schema.inputs and not (scope.region or inputs.get("region")):
            raise CloudError("MissingRegion", _NO_REGION)
        tags = inputs.get("tags")
        if not scope.default_tags or "tags" not in schema.inputs or not isinstance(tags, dict | None):
            return inputs
        return {**inputs, "tags": {**scope.default_tags, **(tags or {})}}


# The provider refuses so when it is configured (https://github.com/pulumi/pulumi-aws/pull/2088, looked up 2026-11-27);
# here what has a region of its own needs none of its provider's.
_NO_REGION = (
    "unable to find an AWS Region: set the provider's `region`, or `pulumi config set aws:region us-west-2`, or "
    "AWS_REGION in the environment"
)
_COMMON = (
    Computed("arn", lambda _, record: arn(record), ARN_SOURCE),
    Computed("ownerId", lambda _, record: record.account, ARN_SOURCE),
    Computed("region", lambda _, record: record.region, _CONFIG, planned=True),
    Computed("tagsAll", lambda _, record: record.inputs.get("tags") or {}, _CONFIG, overrides=True, planned=True),
)


def _decoded(value: Any) -> Any:
    """Pulumi hands nested provider settings over as JSON text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _list(config: Properties, name: str) -> list[Any]:
    value = _decoded(config.get(name))
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _assumed(role: Any) -> tuple[str, str]:
    """The account of a role and the name under which its calls are logged."""
    arn_ = str(_decoded(role).get("roleArn", ""))
    found = _ROLE.match(arn_)
    if found is None:
        raise CloudError(
            "InvalidParameterValue", f"roleArn {arn_!r} is not the ARN of a role: arn:aws:iam::<account>:role/<name>"
        )
    session = _decoded(role).get("sessionName") or "pulumi"
    return found[1], f"arn:aws:sts::{found[1]}:assumed-role/{found[2]}/{session}"
