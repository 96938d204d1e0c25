"""Network Connectivity Center: hubs, their groups, and spokes of networks and of tunnels."""

import uuid
from dataclasses import replace
from typing import Any

from ..diff import same_value
from ..networks import one_of
from ..protocol import CloudError, Properties
from ..records import Record
from ..table import Children, Computed, Immutable, InUse, Provisioning, Rule, Source, TypeTable, Validation, always
from ..table import immutables as fixed
from ..view import View
from .common import TAKEN, invalid, others, refers, target, thing, when
from .places import id_of, last, link, meant
from .sources import (
    GROUP,
    HUB,
    NETWORK,
    ROUTER,
    SPOKE,
    SUBNETWORK,
    VPN_TUNNEL,
    connectivity,
    ncc,
)
from .spokes import clash_on_hub, vpc_of

_HUB_FILE, _GROUP_FILE, _SPOKE_FILE = connectivity("hub"), connectivity("group"), connectivity("spoke")
_API = Source("Network Connectivity API v1, projects.locations.global.hubs and projects.locations.spokes")
_QUOTAS = ncc("Quotas and limits")
TUNNELS = 8  # of one spoke
GROUPS = {"MESH": ("default",), "STAR": ("center", "edge"), "HYBRID_INSPECTION": ("gateways", "non-prod", "prod",
                                                                                "services")}  # fmt: skip


def _unique(_: View, __: Record) -> str:
    return str(uuid.uuid4())


def _topology(hub: Record | None) -> str:
    return str((hub.inputs.get("presetTopology") if hub else None) or "MESH")


def _routing_networks(view: View, record: Record) -> list[Properties]:
    """The networks whose tunnels are spokes."""
    spokes = view.referring(record, SPOKE, "hub")
    return [{"uri": link(id_)} for id_ in sorted({network_of_tunnels(view, s) for s in spokes} - {""})]


def _drop_groups(view: View, hub: Record) -> None:
    for group in view.referring(hub, GROUP, "hub"):
        view.records.remove(group)


HUB_ROWS = TypeTable(
    HUB,
    new_id=id_of,
    twin=TAKEN,
    immutable=fixed(_HUB_FILE, "name", "policyMode", "presetTopology", "project"),
    validations=(
        Validation("policyMode", one_of("CUSTOM", "PRESET"), _HUB_FILE, "CUSTOM or PRESET"),
        Validation("presetTopology", one_of(*GROUPS), _HUB_FILE, "a preset topology"),
    ),
    computed=(
        Computed("policyMode", always("PRESET"), _API),
        Computed("presetTopology", always("MESH"), _API),
        Computed("exportPsc", always(False), _API),
        Computed("routingVpcs", _routing_networks, _API),
        Computed("uniqueId", _unique, _API, assigned=True),
        Computed("state", always("ACTIVE"), _API),
        Computed("createTime", when, _API),
        Computed("updateTime", when, _API),
    ),
    in_use=(InUse(SPOKE, "hub", "failedPrecondition",
                  'Resource "{id}" has nested resources: spoke {user}', _API),),
    children=(Children(SPOKE, "hub"), Children(GROUP, "hub")),
    removed=_drop_groups,
    provisioning=Provisioning(10, _HUB_FILE),
)  # fmt: skip


def _hub_has_it(view: View, draft: Record, _: Record | None) -> None:
    """A hub has its topology's groups from the start: this resource sets one of them up."""
    hub = thing(view, HUB, target("hub", draft, HUB))
    name = last(draft.inputs.get("name", ""))
    if hub is not None and name not in GROUPS[_topology(hub)]:
        raise CloudError("notFound", f"The {_topology(hub)} hub '{hub.id}' has no group '{name}'")


GROUP_ROWS = TypeTable(
    GROUP,
    new_id=id_of,
    twin=TAKEN,
    immutable=fixed(_GROUP_FILE, "name", "hub", "project"),
    references=(refers("hub", HUB),),
    validations=(
        Validation("name", one_of("default", "center", "edge"), _GROUP_FILE, "default, center or edge"),
    ),
    rules=(Rule("its hub's topology has such a group", _hub_has_it, _API),),
    computed=(
        Computed("uid", _unique, _API, assigned=True),
        Computed("state", always("ACTIVE"), _API),
        Computed("routeTable", lambda _, r: r.id.replace("/groups/", "/routeTables/"), _API),
        Computed("createTime", when, _API),
        Computed("updateTime", when, _API),
    ),
    provisioning=Provisioning(5, _GROUP_FILE),
)  # fmt: skip

_LINKS = (
    "linkedVpcNetwork", "linkedVpnTunnels", "linkedInterconnectAttachments", "linkedRouterApplianceInstances",
    "linkedProducerVpcNetwork", "gateway",
)  # fmt: skip


def _links_one_thing(_: View, draft: Record, __: Record | None) -> None:
    given = [name for name in _LINKS if draft.inputs.get(name)]
    if len(given) != 1:
        raise invalid("spoke", ", ".join(given), f"A spoke links exactly one of {', '.join(_LINKS)}.")


def _group_of_hub(view: View, draft: Record, _: Record | None) -> None:
    hub = thing(view, HUB, target("hub", draft, HUB))
    if hub is None:
        return
    known, group = GROUPS[_topology(hub)], draft.inputs.get("group")
    if group is None and len(known) > 1:
        raise invalid("group", "", f"A spoke of a {_topology(hub)} hub names one of its groups: {', '.join(known)}.")
    if group is not None and _group_id(draft, str(group)) not in {f"{hub.id}/groups/{name}" for name in known}:
        raise invalid("group", group, f"The groups of hub '{hub.id}' are {', '.join(known)}.")


def _group_id(spoke: Record, group: str) -> str:
    return group if "/" in group else f"{target('hub', spoke, HUB)}/groups/{group}"


def _tunnels(view: View, spoke: Record) -> list[Record]:
    uris = (spoke.inputs.get("linkedVpnTunnels") or {}).get("uris") or []
    return [t for uri in uris if (t := thing(view, VPN_TUNNEL, meant(VPN_TUNNEL, spoke, str(uri))))]


def network_of_tunnels(view: View, spoke: Record) -> str:
    """The id of the network that a spoke's tunnels lead to; empty for a spoke without tunnels."""
    for tunnel in _tunnels(view, spoke):
        router = thing(view, ROUTER, target("router", tunnel, ROUTER))
        if router is not None:
            return target("network", router, NETWORK)
    return ""


def _place_fits(view: View, draft: Record, _: Record | None) -> None:
    where = draft.inputs["location"]
    if vpc_of(draft) and where != "global":
        raise invalid("location", where, "A spoke of a network is global.")
    for tunnel in _tunnels(view, draft):
        if tunnel.region != where:
            raise invalid("location", where, f"The tunnel '{tunnel.id}' is in {tunnel.region}.")


def _tunnels_fit(view: View, draft: Record, _: Record | None) -> None:
    tunnels, hub = _tunnels(view, draft), target("hub", draft, HUB)
    if len(tunnels) > TUNNELS:
        raise invalid("linkedVpnTunnels.uris", f"{len(tunnels)} tunnels", f"A spoke links at most {TUNNELS}.")
    for tunnel in tunnels:
        if tunnel.inputs.get("targetVpnGateway"):
            why = "A tunnel of a Classic VPN gateway cannot be linked: only those of HA VPN."
            raise invalid("linkedVpnTunnels.uris", tunnel.id, why)
        if others(draft, view.referring(tunnel, SPOKE, "linkedVpnTunnels.uris")):
            raise invalid("linkedVpnTunnels.uris", tunnel.id, "The tunnel is linked to another spoke.")
    if tunnels and not hub.startswith(f"projects/{draft.account}/"):
        raise invalid("hub", hub, "Tunnels and their network are in the hub's project.")


def _one_hub(view: View, draft: Record, before: Record | None) -> None:
    vpc = vpc_of(draft)
    if before is None and vpc and others(draft, view.referring(vpc, SPOKE, "linkedVpcNetwork.uri")):
        raise invalid("linkedVpcNetwork.uri", vpc, "The network is a spoke of a hub already.")


def _apart(view: View, draft: Record, _: Record | None) -> None:
    vpc = vpc_of(draft)
    clash = clash_on_hub(view, draft, view.referring(vpc, SUBNETWORK, "network")) if vpc else None
    if clash:
        raise invalid("linkedVpcNetwork.uri", vpc, clash)


def _accepted(view: View, spoke: Record) -> bool:
    """A spoke of the hub's own project is active at once, another's where its group accepts that project."""
    hub = target("hub", spoke, HUB)
    if hub.startswith(f"projects/{spoke.account}/"):
        return True
    group = next(iter(view.anywhere(GROUP, _group(view, spoke))), None)
    allowed = ((group.inputs.get("autoAccept") or {}).get("autoAcceptProjects") or []) if group else []
    return spoke.account in allowed


def _group(_: View, spoke: Record) -> str:
    """The id of its group: the hub's only one, where none is named."""
    named = spoke.inputs.get("group")
    return _group_id(spoke, str(named)) if named else f"{target('hub', spoke, HUB)}/groups/default"


def _state(view: View, spoke: Record) -> str:
    return "ACTIVE" if _accepted(view, spoke) else "INACTIVE"


def _reasons(_: View, spoke: Record) -> list[Properties]:
    if spoke.outputs.get("state") != "INACTIVE":
        return []
    message = "The spoke is waiting for the hub's administrator to accept it."
    return [{"code": "PENDING_REVIEW", "message": message, "userDetails": ""}]


def _review(view: View, record: Record, before: Record | None) -> None:
    """Auto-accept looks at spokes that are created or updated; what was accepted stays so."""
    if before is not None and record.outputs.get("state") == "INACTIVE" and _accepted(view, record):
        view.records.restate(replace(record, outputs={**record.outputs, "state": "ACTIVE"}))


def _part(*names: str) -> Any:
    """Whether parts of a nested value that cannot change have changed; of an unknown one, they may have."""

    def differs(old: Any, new: Any) -> bool:
        if not (isinstance(old, dict) and isinstance(new, dict)):
            return True
        return any(not same_value(old.get(name), new.get(name)) for name in names)

    return differs


SPOKE_ROWS = TypeTable(
    SPOKE,
    new_id=id_of,
    twin=TAKEN,
    immutable=(
        *fixed(_SPOKE_FILE, "name", "hub", "location", "group", "gateway", "linkedProducerVpcNetwork", "project"),
        Immutable("linkedVpcNetwork", _SPOKE_FILE, _part("uri"), "another network replaces it"),
        Immutable("linkedVpnTunnels", _SPOKE_FILE, _part("uris", "siteToSiteDataTransfer"),
                  "other tunnels, or another data transfer, replace it"),
    ),
    references=(
        refers("hub", HUB, anywhere=True), refers("linkedVpcNetwork.uri", NETWORK),
        refers("linkedVpnTunnels.uris", VPN_TUNNEL),
    ),
    validations=(
        Validation("linkedVpnTunnels.includeImportRanges", one_of("ALL_IPV4_RANGES"), _SPOKE_FILE, "ALL_IPV4_RANGES"),
    ),
    rules=(
        Rule("it links exactly one thing", _links_one_thing, _SPOKE_FILE),
        Rule("its group is one of the hub's", _group_of_hub, ncc("Preset topologies")),
        Rule("it is where what it links is", _place_fits, _API),
        Rule(f"at most {TUNNELS} tunnels, of HA VPN, in no other spoke and in the hub's project", _tunnels_fit,
             ncc("Hybrid spokes; Quotas and limits")),
        Rule("a network is a spoke of one hub, once", _one_hub, ncc("VPC spokes overview")),
        Rule("no range overlaps one of another network of the hub", _apart, ncc("VPC spokes overview")),
    ),
    computed=(
        Computed("group", _group, _API),
        Computed("state", _state, ncc("VPC spokes overview"), assigned=True),
        Computed("reasons", _reasons, _API),
        Computed("uniqueId", _unique, _API, assigned=True),
        Computed("createTime", when, _API),
        Computed("updateTime", when, _API),
    ),
    effects=_review,
    provisioning=Provisioning(30, _SPOKE_FILE),
)  # fmt: skip

TABLES = (HUB_ROWS, GROUP_ROWS, SPOKE_ROWS)
