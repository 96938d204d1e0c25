"""The functions of pulumi-gcp that look things up."""

from collections.abc import Mapping

from ..package import Invoke
from ..protocol import CloudError, Properties
from ..records import Record
from ..view import View
from .common import target
from .places import IDS, last, link
from .sources import (
    ADDRESS,
    NETWORK,
    ROUTER,
    SUBNETWORK,
)


def _told(view: View, record: Record) -> Properties:
    from ..lifecycle import outputs_of
    from ..packages import package

    gcp = package("gcp")
    return outputs_of(view, gcp.table(record.type), gcp.schema(record.type), record)


def _wanted(view: View, type_: str, args: Properties) -> str:
    """The id that the arguments name: by self link, or by name in a project and region."""
    said = str(args.get("selfLink") or args.get("name") or "")
    if not said:
        raise CloudError("required", "one of `self_link,name` must be specified")
    if "projects/" in said:
        return said[said.index("projects/") :]
    return IDS[type_].format(project=view.scope.account, region=view.scope.region, name=last(said))


def _lookup(type_: str) -> Invoke:
    """A function that finds one thing by its name or self link."""

    def find(view: View, args: Properties) -> Properties:
        id_ = _wanted(view, type_, args)
        found = next(iter(view.anywhere(type_, id_)), None)
        if found is None:
            raise CloudError("notFound", f"The resource '{id_}' was not found")
        return {**_told(view, found), "id": found.id}

    return find


def _network(view: View, args: Properties) -> Properties:
    """A network with the links of its subnetworks."""
    told = _lookup(NETWORK)(view, args)
    subnets = view.referring(told["id"], SUBNETWORK, "network")
    return {**told, "subnetworksSelfLinks": [link(r.id) for r in subnets]}


def _subnetworks(view: View, args: Properties) -> Properties:
    """All subnetworks of a project and region."""
    project, region = view.scope.account, view.scope.region
    found = [_listed(view, r) for r in view.all(SUBNETWORK) if r.region]
    where = {"id": f"projects/{project}/regions/{region}/subnetworks", "project": project, "region": region}
    return {**where, "filter": args.get("filter"), "subnetworks": found}


def _listed(view: View, record: Record) -> Properties:
    told = _told(view, record)
    wanted = ("name", "ipCidrRange", "selfLink", "description", "privateIpGoogleAccess")
    return {**{name: told.get(name) for name in wanted}, "network": link(target("network", record, NETWORK))}


def _config(view: View, _: Properties) -> Properties:
    scope = view.scope
    return {"id": f"projects/{scope.account}", "project": scope.account, "region": scope.region, "zone": "",
            "accessToken": ""}  # fmt: skip


INVOKES: Mapping[str, Invoke] = {
    "gcp:compute/getNetwork:getNetwork": _network,
    "gcp:compute/getSubnetwork:getSubnetwork": _lookup(SUBNETWORK),
    "gcp:compute/getSubnetworks:getSubnetworks": _subnetworks,
    "gcp:compute/getRouter:getRouter": _lookup(ROUTER),
    "gcp:compute/getAddress:getAddress": _lookup(ADDRESS),
    "gcp:organizations/getClientConfig:getClientConfig": _config,
}
