"""Gateways of Cloud VPN, HA and Classic, with the addresses and forwarding rules of the classic ones."""

from ..networks import address, one_of
from ..protocol import CloudError, Properties
from ..records import Record
from ..table import Children, Computed, Provisioning, Rule, TypeTable, Validation, always, defaults, immutables
from ..view import View
from .common import (
    TAKEN,
    invalid,
    named_like_gce,
    number,
    outside,
    refers,
    small_number,
    used_by,
)
from .places import id_of, link
from .sources import (
    ADDRESS,
    CLASSIC_VPN_GATEWAY,
    ERRORS,
    EXTERNAL_VPN_GATEWAY,
    FORWARDING_RULE,
    HA_VPN_GATEWAY,
    IN_USE,
    NETWORK,
    VPN_TUNNEL,
    api,
    compute,
)

_HA_FILE, _EXTERNAL_FILE, _CLASSIC_FILE = (
    compute("ha_vpn_gateway"), compute("external_vpn_gateway"), compute("vpn_gateway"),
)  # fmt: skip
_ADDRESS_FILE, _RULE_FILE = compute("address"), compute("forwarding_rule")
_TIER = one_of("PREMIUM", "STANDARD")
_FAMILY = one_of("IPV4", "IPV6")


def _interfaces(view: View, record: Record) -> list[Properties]:
    """An HA gateway has two interfaces, each with an address of its own."""
    return [{"id": i, "ipAddress": outside(view, record), "interconnectAttachment": ""} for i in range(2)]


HA_ROWS = TypeTable(
    HA_VPN_GATEWAY,
    new_id=id_of,
    twin=TAKEN,
    defaults=defaults(_HA_FILE, gatewayIpVersion="IPV4", stackType="IPV4_ONLY"),
    immutable=immutables(
        _HA_FILE, "name", "network", "description", "gatewayIpVersion", "stackType", "vpnInterfaces", "project"),
    references=(refers("network", NETWORK),),
    validations=(
        named_like_gce(_HA_FILE),
        Validation("gatewayIpVersion", _FAMILY, _HA_FILE, "IPV4 or IPV6"),
        Validation("stackType", one_of("IPV4_ONLY", "IPV4_IPV6", "IPV6_ONLY"), _HA_FILE, "a stack of IPv4 or IPv6"),
    ),
    computed=(Computed("vpnInterfaces", _interfaces, api("vpnGateways"), assigned=True),),
    in_use=used_by(IN_USE, (VPN_TUNNEL, "vpnGateway"), (VPN_TUNNEL, "peerGcpGateway"), noun="vpn_gateway"),
    children=(Children(VPN_TUNNEL, "vpnGateway"),),
    provisioning=Provisioning(12, _HA_FILE),
)  # fmt: skip

_REDUNDANCY = {"SINGLE_IP_INTERNALLY_REDUNDANT": 1, "TWO_IPS_REDUNDANCY": 2, "FOUR_IPS_REDUNDANCY": 4}


def _interfaces_fit(_: View, draft: Record, __: Record | None) -> None:
    kind, interfaces = draft.inputs.get("redundancyType"), draft.inputs.get("interfaces") or []
    wanted = _REDUNDANCY.get(str(kind))
    if wanted is not None and sorted(i.get("id", 0) for i in interfaces) != list(range(wanted)):
        raise invalid("interfaces", f"{len(interfaces)} interfaces", f"{kind} needs those from 0 to {wanted - 1}.")


EXTERNAL_ROWS = TypeTable(
    EXTERNAL_VPN_GATEWAY,
    new_id=id_of,
    twin=TAKEN,
    immutable=immutables(_EXTERNAL_FILE, "name", "description", "interfaces", "redundancyType", "project"),
    validations=(
        named_like_gce(_EXTERNAL_FILE),
        Validation("redundancyType", one_of(*_REDUNDANCY), _EXTERNAL_FILE, "single, two or four addresses"),
        Validation("interfaces[*].ipAddress", address, api("externalVpnGateways"), "an IPv4 address"),
    ),
    rules=(Rule("as many interfaces as its redundancy says", _interfaces_fit, api("externalVpnGateways")),),
    in_use=used_by(IN_USE, (VPN_TUNNEL, "peerExternalGateway"), noun="external_vpn_gateway"),
    provisioning=Provisioning(12, _EXTERNAL_FILE),
)  # fmt: skip

CLASSIC_ROWS = TypeTable(
    CLASSIC_VPN_GATEWAY,
    new_id=id_of,
    twin=TAKEN,
    immutable=immutables(_CLASSIC_FILE, "name", "network", "description", "project"),
    references=(refers("network", NETWORK),),
    validations=(named_like_gce(_CLASSIC_FILE),),
    computed=(Computed("gatewayId", small_number, api("targetVpnGateways"), assigned=True),),
    in_use=used_by(
        IN_USE, (VPN_TUNNEL, "targetVpnGateway"), (FORWARDING_RULE, "target"), noun="target_vpn_gateway"),
    children=(Children(VPN_TUNNEL, "targetVpnGateway"), Children(FORWARDING_RULE, "target")),
    provisioning=Provisioning(12, _CLASSIC_FILE),
)  # fmt: skip


def _at(record: Record, where: object) -> str:
    """The mark of what leads from an address, which is named by its number, id or self link."""
    said = str(where)
    return f"{record.account} at {said[said.index('projects/') :] if 'projects/' in said else said}"


def _leading(view: View, address: Record) -> list[Record]:
    named = (address.value("address"), address.id)
    return [rule for each in named for rule in view.marked(_at(address, each), FORWARDING_RULE)]


def _users(view: View, address: Record) -> list[str]:
    return [link(rule.id) for rule in _leading(view, address)]


def _leads_nowhere(view: View, address: Record, _: Record | None) -> None:
    users = _leading(view, address)
    if users:
        message = f"The address resource '{address.id}' is already being used by '{users[0].id}'"
        raise CloudError("resourceInUseByAnotherResource", message)


ADDRESS_ROWS = TypeTable(
    ADDRESS,
    new_id=id_of,
    twin=TAKEN,
    defaults=defaults(_ADDRESS_FILE, addressType="EXTERNAL"),
    immutable=immutables(
        _ADDRESS_FILE, "name", "address", "addressType", "description", "ipCollection", "ipVersion",
        "ipv6EndpointType", "network", "networkTier", "prefixLength", "purpose", "subnetwork", "project"),
    validations=(
        named_like_gce(_ADDRESS_FILE),
        Validation("addressType", one_of("INTERNAL", "EXTERNAL"), _ADDRESS_FILE, "INTERNAL or EXTERNAL"),
        Validation("networkTier", _TIER, _ADDRESS_FILE, "PREMIUM or STANDARD"),
        Validation("ipVersion", _FAMILY, _ADDRESS_FILE, "IPV4 or IPV6"),
    ),
    computed=(
        Computed("address", outside, api("addresses"), assigned=True),
        Computed("addressId", number(), api("addresses"), assigned=True),
        Computed("networkTier", always("PREMIUM"), api("addresses")),
        Computed("users", _users, api("addresses")),
    ),
    deletion_rules=(Rule("no forwarding rule leads from it", _leads_nowhere, ERRORS),),
    provisioning=Provisioning(2, _ADDRESS_FILE),
)  # fmt: skip


_VPN_RULES = {("ESP", ""), ("UDP", "500"), ("UDP", "4500")}


def _serves_gateway(_: View, draft: Record, __: Record | None) -> None:
    """What leads to a classic gateway is ESP, UDP 500 or UDP 4500."""
    port = str(draft.inputs.get("portRange") or "").split("-")[0]
    protocol = str(draft.inputs.get("ipProtocol") or "TCP")
    if (protocol, port) not in _VPN_RULES and "targetVpnGateways" in str(draft.inputs.get("target")):
        what = f"{protocol} {port}".strip()
        raise invalid("target", draft.inputs["target"], f"A VPN gateway takes ESP, UDP 500 and UDP 4500, not {what}.")


FORWARDING_ROWS = TypeTable(
    FORWARDING_RULE,
    new_id=id_of,
    twin=TAKEN,
    defaults=defaults(_RULE_FILE, loadBalancingScheme="EXTERNAL", recreateClosedPsc=False),
    immutable=immutables(
        _RULE_FILE, "name", "ipAddress", "ipProtocol", "allPorts", "backendService", "description", "ipVersion",
        "isMirroringCollector", "loadBalancingScheme", "network", "networkTier", "portRange", "ports",
        "serviceLabel", "sourceIpRanges", "subnetwork", "project"),
    references=(refers("target", CLASSIC_VPN_GATEWAY),),
    validations=(
        named_like_gce(_RULE_FILE),
        Validation("ipProtocol", one_of("TCP", "UDP", "ESP", "AH", "SCTP", "ICMP", "L3_DEFAULT"), _RULE_FILE,
                   "a protocol that is forwarded"),
        Validation("networkTier", _TIER, _RULE_FILE, "PREMIUM or STANDARD"),
    ),
    rules=(Rule("a VPN gateway takes ESP, UDP 500 and UDP 4500", _serves_gateway, api("forwardingRules")),),
    computed=(
        Computed("ipAddress", outside, api("forwardingRules"), assigned=True),
        Computed("ipProtocol", always("TCP"), api("forwardingRules")),
        Computed("networkTier", always("PREMIUM"), api("forwardingRules")),
        Computed("forwardingRuleId", small_number, api("forwardingRules"), assigned=True),
    ),
    marks=lambda rule: [_at(rule, rule.inputs["ipAddress"])] if rule.inputs.get("ipAddress") else [],
    sets=("ports",),
    provisioning=Provisioning(12, _RULE_FILE),
)  # fmt: skip

TABLES = (HA_ROWS, EXTERNAL_ROWS, CLASSIC_ROWS, ADDRESS_ROWS, FORWARDING_ROWS)
