# ruff: noqa: ARG002 - a protocol's methods take what others of its implementations need
"""The simulated Cloudflare: things belong to the account or zone that they name."""

from collections.abc import Mapping
from dataclasses import replace

from ..package import Invoke, Package
from ..protocol import Properties
from ..schema import ResourceSchema
from ..table import Computed, TypeTable
from ..view import Scope


class Cloudflare(Package):
    """Cloudflare as pulumi-cloudflare shows it."""

    name = "cloudflare"

    def load_tables(self) -> tuple[TypeTable, ...]:
        from . import firewall, magic_wan

        return magic_wan.TABLES + firewall.TABLES

    def load_invokes(self) -> Mapping[str, Invoke]:
        return {}

    def scope(self, config: Properties) -> Scope:
        """An API token says nothing of accounts; resources name theirs."""
        return Scope("", "", str(config.get("email") or "api-token"))

    def identify(self, scope: Scope, properties: Properties, id_: str) -> tuple[Scope, str]:
        """An import id is "<account>/<id>" or "<zone>/<id>", or "accounts/<account>/<id>"."""
        parts = [part for part in id_.split("/") if part not in ("accounts", "zones")]
        owner = properties.get("accountId") or properties.get("zoneId")
        if owner is None and len(parts) > 1:
            owner = parts[0]
        return replace(scope, account=str(owner or "")), parts[-1] if parts else ""

    def common(self, type_: str, schema: ResourceSchema | None) -> tuple[Computed, ...]:
        from .magic_wan import COMMON

        has = schema.outputs if schema is not None else {}
        return tuple(row for row in COMMON if row.property in has)

    def prepare(self, scope: Scope, schema: ResourceSchema, inputs: Properties) -> Properties:
        return inputs
