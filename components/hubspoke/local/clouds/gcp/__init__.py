# ruff: noqa: ARG002 - a protocol's methods take what others of its implementations need
"""The simulated Google Cloud: projects and regions by provider or resource."""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..package import Invoke, Package
from ..protocol import CloudError, Properties
from ..schema import ResourceSchema
from ..table import AutoName, Computed, TypeTable
from ..view import Scope

_PROJECTS = ("GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT")
_REGIONS = ("GOOGLE_REGION", "GCLOUD_REGION", "CLOUDSDK_COMPUTE_REGION")
_ATTRIBUTION = {"goog-pulumi-provisioned": "true"}


class Gcp(Package):
    """Google Cloud as pulumi-gcp shows it."""

    name = "gcp"

    def load_tables(self) -> tuple[TypeTable, ...]:
        from . import connectivity, firewall, network, router, tunnels, vpn

        modules = (network, router, vpn, tunnels, connectivity, firewall)
        return tuple(table for module in modules for table in module.TABLES)

    def load_invokes(self) -> Mapping[str, Invoke]:
        from .invokes import INVOKES

        return INVOKES

    def scope(self, config: Properties) -> Scope:
        """The project and region of the provider, or of the environment; the actor is who is impersonated."""
        project = config.get("project") or _environment(_PROJECTS)
        region = config.get("region") or _environment(_REGIONS) or str(config.get("zone") or "").rpartition("-")[0]
        actor = config.get("impersonateServiceAccount") or "pulumi"
        return Scope(str(project), str(region), str(actor), default_tags=_labels(config))

    def identify(self, scope: Scope, properties: Properties, id_: str) -> tuple[Scope, str]:
        from .places import place_of

        project, region = place_of(id_)
        account = str(properties.get("project") or project or scope.account)
        if not account:
            raise CloudError("required", "project: required field is not set: set it here or in the provider")
        where = str(properties.get("region") or region or scope.region).rpartition("/")[2]
        own = id_[id_.index("projects/") :] if "://" in id_ else id_
        return replace(scope, account=account, region=where), own

    def common(self, type_: str, schema: ResourceSchema | None) -> tuple[Computed, ...]:
        from .common import COMMON

        has = schema.outputs if schema is not None else {}
        return tuple(row for row in COMMON if row.property in has)

    def auto_name(self, schema: ResourceSchema) -> AutoName | None:
        """Names are lower-case, and at most 63 characters long."""
        return AutoName(max_length=63, lower=True) if schema.settled_by_cloud("name") else None

    def prepare(self, scope: Scope, schema: ResourceSchema, inputs: Properties) -> Properties:
        return inputs


def _environment(names: tuple[str, ...]) -> str:
    return next((value for name in names if (value := os.environ.get(name))), "")


def _labels(config: Properties) -> Properties:
    """The provider's labels on everything it makes: those of its settings, and that it is Pulumi's."""
    given = _decoded(config.get("defaultLabels")) or {}
    marked = _decoded(config.get("addPulumiAttributionLabel"))
    return {**given, **({} if marked is False else _ATTRIBUTION)}


def _decoded(value: Any) -> Any:
    """Pulumi hands provider settings over as JSON text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
