"""The functions of pulumi-azure-native that look things up: one for every type that has a table."""

from collections.abc import Mapping

from ..lifecycle import outputs_of
from ..package import Invoke
from ..protocol import CloudError, Properties
from ..records import Record
from ..view import View
from .sources import PATHS, RESOURCE_GROUP, arm_id

CLIENT_CONFIG = "azure-native:authorization:getClientConfig"
_TENANT = "00000000-0000-0000-0000-000000000001"


def invokes() -> Mapping[str, Invoke]:
    """`getX` of every type, and who is asking."""
    getters = {_getter(type_): _get(type_) for type_ in (RESOURCE_GROUP, *PATHS)}
    return {**getters, CLIENT_CONFIG: _client_config}


def _getter(type_: str) -> str:
    package, module, name = type_.split(":")
    return f"{package}:{module}:get{name}"


def _get(type_: str) -> Invoke:
    def get(view: View, args: Properties) -> Properties:
        from ..packages import package

        id_ = arm_id(Record(view.scope.account, "", type_, "", args))
        found = view.get(type_, id_)
        if found is None:
            raise CloudError("ResourceNotFound", f"The Resource '{id_}' was not found.")
        azure = package("azure-native")
        return outputs_of(view, azure.table(type_), azure.schema(type_), found)

    return get


def _client_config(view: View, _: Properties) -> Properties:
    return {
        "clientId": view.scope.actor, "objectId": view.scope.actor, "subscriptionId": view.scope.account,
        "tenantId": _TENANT,
    }  # fmt: skip
