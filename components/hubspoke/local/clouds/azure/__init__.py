"""The simulated Azure: subscriptions by provider, things by their ARM ids."""

import functools
import os
import re
import typing
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..package import Invoke, Package
from ..protocol import CloudError, Properties
from ..records import Record
from ..schema import ResourceSchema
from ..schema_cache import kept
from ..table import AutoName, Computed, Source, TypeTable, always
from ..view import Scope, View
from .sources import AUTO_NAMING, PATHS, RESOURCE_GROUP, docs, group_id, namespace, provider

DEFAULT_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
_ID = re.compile(r"/subscriptions/([^/]+)(/.*)?\Z")
_VERSION = re.compile(r"Uses Azure REST API version ([0-9-]+)")
_NAMESPACE = uuid.UUID("7d0d6a2e-6a53-4f2c-9d5e-51f6c0a6f9a1")  # of what is made up from an id


class Azure(Package):
    """Azure as pulumi-azure-native shows it, at the API versions that its SDK uses by default."""

    name = "azure-native"

    def load_tables(self) -> tuple[TypeTable, ...]:
        from . import (
            gateway,
            gateway_connection,
            group,
            hub_network,
            hub_vpn,
            network,
            routing,
            security,
            site,
            storage,
            wan,
            watcher,
        )

        vpn = (hub_vpn, site, gateway, gateway_connection)
        modules = (group, network, routing, security, wan, hub_network, *vpn, watcher, storage)
        return tuple(table for module in modules for table in module.TABLES)

    def load_invokes(self) -> Mapping[str, Invoke]:
        from .invokes import invokes

        return invokes()

    def scope(self, config: Properties) -> Scope:
        """The account is the subscription; the region is the provider's location, which things may have their own of.

        Nothing is found by region: an id is unique in its subscription.
        """
        named = config.get("subscriptionId") or os.environ.get("ARM_SUBSCRIPTION_ID")
        subscription = str(named or DEFAULT_SUBSCRIPTION).lower()
        if not _UUID.match(subscription):
            raise CloudError("InvalidSubscriptionId", f"The provided subscription identifier '{named}' is malformed.")
        client = config.get("clientId") or os.environ.get("ARM_CLIENT_ID")
        return Scope(subscription, str(config.get("location") or ""), str(client or "pulumi"))

    def identify(self, scope: Scope, properties: Properties, id_: str) -> tuple[Scope, str]:
        """An id says which subscription it is in."""
        location = str(properties.get("location") or scope.region)
        found = _ID.match(id_)
        account = found[1].lower() if found else scope.account
        return replace(scope, account=account, region=location), id_

    def common(self, type_: str, schema: ResourceSchema | None) -> tuple[Computed, ...]:
        has = schema.outputs if schema is not None else {}
        rows = (*_COMMON, _api_version(type_))
        return tuple(row for row in rows if row.property in has)

    def prepare(self, scope: Scope, schema: ResourceSchema, inputs: Properties) -> Properties:
        """The provider's location stands in where none is given."""
        if not scope.region or "location" not in schema.inputs or inputs.get("location"):
            return inputs
        return {**inputs, "location": scope.region}

    def blank(self, type_: str) -> TypeTable:
        return TypeTable(type_, new_id=_made_up_id)

    def in_id(self, schema: ResourceSchema) -> tuple[str, ...]:
        return tuple(n for n in schema.inputs if n == "resourceGroupName" or n in _path_names(schema))

    def auto_name(self, schema: ResourceSchema) -> AutoName | None:
        """What names a thing is in its id and so no output; the provider fills it in where it may be left out."""
        free = [n for n in _path_names(schema) if not schema.inputs[n].required]
        return AutoName(free[0], separator="", digits=8) if len(free) == 1 else None


def _path_names(schema: ResourceSchema) -> list[str]:
    return [n for n in schema.inputs if n.endswith("Name") and n != "resourceGroupName" and n not in schema.outputs]


@functools.cache
def _api_version(type_: str) -> Computed:
    """The version that the type's class says it uses, and no property tells."""
    told = kept("azure-native", f"API version of {type_}", lambda sdk: _told_version(sdk.resource_class(type_)))
    return Computed("azureApiVersion", always(told), _SDK, planned=True)


def _told_version(cls: type) -> str:
    told = "".join(form.__doc__ or "" for form in typing.get_overloads(cls.__init__))  # type: ignore[misc]
    found = _VERSION.search(told)
    return found[1] if found else ""


def _made_up_id(_: View, record: Record) -> str:
    """An id of ARM's form for a type of which only the SDK's class is known."""
    module, kind = record.type.split(":")[1:]
    names = [str(v) for n, v in record.inputs.items() if n.endswith("Name") and n != "resourceGroupName"]
    group = group_id(record, record.inputs.get("resourceGroupName", ""))
    return f"{group}/providers/Microsoft.{module.capitalize()}/{kind[0].lower()}{kind[1:]}s/{'/'.join(names)}"


def _name(_: View, record: Record) -> Any:
    if record.id:
        return record.id.rpartition("/")[2]
    path = PATHS.get(record.type)
    return record.inputs.get(path[-1][1] if path else "resourceGroupName")


def _type(_: View, record: Record) -> str:
    if record.type == RESOURCE_GROUP:
        return "Microsoft.Resources/resourceGroups"
    path = PATHS.get(record.type)
    if path is None:
        kind = record.type.rpartition(":")[2]
        return f"{namespace(record.type)}/{kind[0].lower()}{kind[1:]}s"
    return f"{namespace(record.type)}/" + "/".join(collection for collection, _ in path)


def _etag(_: View, record: Record) -> str:
    return f'W/"{uuid.uuid5(_NAMESPACE, f"{record.id} {record.version}")}"'


def _location(view: View, record: Record) -> Any:
    """A resource group's, unless something says its own."""
    group = view.get(RESOURCE_GROUP, group_id(record, record.inputs.get("resourceGroupName")))
    return group.inputs.get("location") if group else None


_SDK = Source("pulumi_azure_native, the docstring of the type's class")
_API = docs("Azure Resource Manager, Resource definitions")
_COMMON = (
    Computed("name", _name, AUTO_NAMING, planned=True),
    Computed("type", _type, _API, planned=True),
    Computed("etag", _etag, _API),
    Computed("location", _location, provider("provider/provider.go, getDefaultLocation")),
    Computed("provisioningState", always("Succeeded"), _API),
    Computed("resourceGuid", lambda _, __: str(uuid.uuid4()), _API, assigned=True),
)
