"""What the parts of an intent must hold together, beyond each being well-formed. Everything found is returned."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hubspoke.intent.checks.accounts import check_accounts
from hubspoke.intent.checks.addresses import check_addresses
from hubspoke.intent.checks.adopted import check_adopted
from hubspoke.intent.checks.azure_bgp import check_azure_bgp
from hubspoke.intent.checks.clouds import check_clouds
from hubspoke.intent.checks.flows import check_flows
from hubspoke.intent.checks.hubs import check_hubs
from hubspoke.intent.checks.networks import check_networks
from hubspoke.intent.checks.quotas import check_quotas
from hubspoke.intent.checks.references import check_references
from hubspoke.intent.checks.routing import check_routing
from hubspoke.intent.checks.tags import check_tags
from hubspoke.intent.model import Wan
from hubspoke.intent.problem import Issue

CHECKS: tuple[Callable[[Wan], Iterable[Issue]], ...] = (
    check_accounts,
    check_addresses,
    check_adopted,
    check_azure_bgp,
    check_clouds,
    check_flows,
    check_hubs,
    check_networks,
    check_quotas,
    check_routing,
    check_tags,
)


def check(wan: Wan, written: Mapping[str, Any] | None = None) -> list[Issue]:
    """Everything wrong across the parts of a WAN.

    `written` are the file's values, where `wan` is only what is sound of them: a part with a fault of its own is then
    still known by name, and its references are still followed.
    """
    found = list(check_references(wan.model_dump(mode="json", by_alias=True) if written is None else written))
    return found + [issue for rule in CHECKS for issue in rule(wan)]
