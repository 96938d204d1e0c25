"""AWS's network ACLs: rules by number, the first match decides, without state and in each direction by itself.

An ACL is on a subnet. A packet that leaves a network by a transit gateway's attachment passes, at its own subnet, the
outbound rules by its destination, and at the attachment's, the inbound rules by its source; one that arrives passes, at
the attachment's subnet, the outbound rules by its destination, and at its own, the inbound rules by its source. What
arrives in the very subnet of the attachment is not judged at all ("How network ACLs work with transit gateways",
2026-11). A subnet without an ACL of its own has the network's default one, and that lets everything pass until
somebody changes it; so it is judged where a program has it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from hubspoke.network.convert.made import Made
from hubspoke.network.model import ALL_PORTS, Filter, Prefixes, Protocol, Rule
from hubspoke.network.snapshot import NOT_KNOWN, Resource, Snapshot

ACL = "aws:ec2/networkAcl:NetworkAcl"
DEFAULT = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
RULE = "aws:ec2/networkAclRule:NetworkAclRule"
ASSOCIATION = "aws:ec2/networkAclAssociation:NetworkAclAssociation"
ACL_TYPES = (ACL, DEFAULT, RULE, ASSOCIATION)
_VPC, _SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
_ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
_PROTOCOLS: Mapping[str, Protocol] = {
    "-1": "any", "all": "any", "tcp": "tcp", "6": "tcp", "udp": "udp", "17": "udp", "icmp": "icmp", "1": "icmp",
}  # fmt: skip
Way = Literal["ingress", "egress"]


class Acls:
    """The network ACLs of a snapshot. `router` names the router of what is in a VPC."""

    def __init__(self, made: Made, snapshot: Snapshot, router: Callable[[Resource], str]) -> None:
        self.made, self.snapshot = made, snapshot
        self.subnets: dict[str, list[Resource]] = {}
        for subnet in snapshot.of_type(_SUBNET):
            self.subnets.setdefault(router(subnet), []).append(subnet)
        self.attached = {
            router(each): snapshot.targets(each, "subnetIds", _SUBNET) for each in snapshot.of_type(_ATTACHMENT)
        }
        self.default = dict(self._defaults(router))
        self._on: dict[str, Resource] = {}  # ACLs by URN of subnet
        for acl in snapshot.of_type(ACL, DEFAULT):
            self._put(acl, snapshot.targets(acl, "subnetIds", _SUBNET))
        for association in snapshot.of_type(ASSOCIATION):
            at = self._acl_of(association)
            self._put(at or association, [snapshot.target(association, "subnetId", _SUBNET) if at else None])

    def _defaults(self, router: Callable[[Resource], str]) -> Iterator[tuple[str, Resource]]:
        for acl in self.snapshot.of_type(DEFAULT):
            id_ = acl.get("defaultNetworkAclId")
            vpc = self.snapshot.refers(acl, "defaultNetworkAclId", id_, _VPC, by=("defaultNetworkAclId",))
            if vpc:
                yield router(vpc), acl
            else:
                self.made.finding("whose default network ACL this is is not known", acl.urn, "judge it with its VPC")

    def _put(self, acl: Resource, subnets: Iterable[Resource | None]) -> None:
        for subnet in subnets:
            if subnet:
                self._on[subnet.urn] = acl
            else:
                self.made.finding("a network ACL is on a subnet that is not known", acl.urn,
                                  "judge it with its subnets")  # fmt: skip

    def _acl_of(self, source: Resource) -> Resource | None:
        return self.snapshot.target(source, "networkAclId", ACL, DEFAULT)

    def filters(self, router: str, prefixes: Prefixes) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Keys of the filters that ACLs are to a VPC, of what comes in and of what goes out; none without ACLs."""
        some = [self._of(router, subnet) for subnet in self.subnets.get(router, ())]
        if not any((*some, self.default.get(router))):
            return (), ()
        found = {
            f"{router} acl in": self._own(router, prefixes, "ingress"),
            f"{router} acl out": self._own(router, prefixes, "egress"),
            f"{router} attachment acl in": self._attachment(router, "egress"),
            f"{router} attachment acl out": self._attachment(router, "ingress"),
        }
        for key, rules in found.items():
            if rules:
                self.made.filters[key] = Filter(key, rules, rules[0].origin, default="allow", stateful=False)
        keys = [key for key, rules in found.items() if rules]
        return tuple(k for k in keys if k.endswith(" in")), tuple(k for k in keys if k.endswith(" out"))

    def _of(self, router: str, subnet: Resource | None) -> Resource | None:
        return self._on.get(subnet.urn if subnet else "", self.default.get(router))

    def _own(self, router: str, prefixes: Prefixes, way: Way) -> tuple[Rule, ...]:
        """Of every subnet, about its own addresses; those in none that is known have the default ACL."""
        found: list[Rule] = []
        for subnet in self.subnets.get(router, ()):
            own = self.made.shared(subnet.known("cidrBlock"))
            acl = self._of(router, subnet)
            rules = [_about(rule, way, own) for rule in self.rules(acl, way)] if acl else [_passing(subnet, way, own)]
            found += self._spared(router, subnet, rules) if way == "ingress" else rules
        if acl := self.default.get(router):
            found += [_about(rule, way, prefixes) for rule in self.rules(acl, way)]
        return tuple(found)

    def _spared(self, router: str, subnet: Resource, rules: list[Rule]) -> list[Rule]:
        """What arrives in the attachment's own subnet is not judged: for certain where it has no other."""
        attached = self.attached.get(router, [])
        if subnet not in attached:
            return rules
        return [replace(rule, action="unknown" if len(attached) > 1 else "allow") if rule.action == "deny" else rule
                for rule in rules]  # fmt: skip

    def _attachment(self, router: str, way: Way) -> tuple[Rule, ...]:
        """Of the attachment's subnets, which must have the same rules: a packet may cross any of them."""
        attached = self.attached.get(router, [])
        acls = [self._of(router, subnet) for subnet in attached]
        ways = {tuple(replace(rule, origin="") for rule in self.rules(acl, way)) if acl else () for acl in acls}
        if len(ways) > 1:
            origin = next(acl.urn for acl in acls if acl)
            self.made.finding("an attachment's subnets have different network ACLs", origin, "put the same on them")
            return (Rule("unknown", origin),)
        if not ways or not acls[0]:
            return ()
        near = [self.made.shared(subnet.known("cidrBlock")) for subnet in attached if subnet]
        inside = [_passing(acls[0], "ingress", own) for own in near] if way == "egress" else []
        return (*inside, *self.rules(acls[0], way))

    def rules(self, acl: Resource, way: Way) -> tuple[Rule, ...]:
        """The rules of one direction by number, and the last one, which denies."""
        numbered = {int(each["ruleNo"]): _rule(self.made, each, way, acl.urn) for each in self._listed(acl, way)}
        for each in self.snapshot.of_type(RULE):
            if self._acl_of(each) is acl and bool(each.get("egress")) == (way == "egress"):
                said = {name: each.get(name) for name in ("protocol", "cidrBlock", "fromPort", "toPort", "icmpType",
                                                          "ipv6CidrBlock")}  # fmt: skip
                rule = _rule(self.made, {**said, "action": each.get("ruleAction")}, way, each.urn)
                numbered[int(each.get("ruleNumber"))] = rule
        return (*(rule for _, rule in sorted(numbered.items()) if rule), Rule("deny", f"{acl.urn}#*"))

    def _listed(self, acl: Resource, way: Way) -> Iterator[Mapping[str, Any]]:
        listed = acl.get(way, ())
        if listed is NOT_KNOWN:
            self.made.finding(f"the rules of a network ACL ({way}) are not known yet", acl.urn, "name them")
            return
        yield from listed


def _rule(made: Made, said: Mapping[str, Any], way: Way, origin: str) -> Rule | None:
    """One rule; None for one of IPv6. What cannot be read says "unknown" of all that it may be about."""
    if said.get("ipv6CidrBlock") and not said.get("cidrBlock"):
        return None
    cidr, protocol = said.get("cidrBlock"), _PROTOCOLS.get(str(said.get("protocol")).lower())
    peer: Prefixes = made.shared(cidr) if isinstance(cidr, str) else ()
    action = str(said.get("action")).lower()
    part_of_icmp = protocol == "icmp" and said.get("icmpType") not in (None, -1)
    read: Literal["allow", "deny", "unknown"] = "allow" if action == "allow" else "deny"
    if not peer or protocol is None or part_of_icmp or action not in ("allow", "deny"):
        made.finding("a rule of a network ACL is not read", origin, "name a prefix, and tcp, udp, icmp or all")
        read = "unknown"
    ports = (int(said["fromPort"]), int(said["toPort"])) if protocol in ("tcp", "udp") else ALL_PORTS
    sources, destinations = (peer, ()) if way == "ingress" else ((), peer)
    return Rule(read, origin, sources, destinations, protocol or "any", ports)


def _about(rule: Rule, way: Way, own: Prefixes) -> Rule:
    """The same about the addresses of one subnet."""
    return replace(rule, destinations=own) if way == "ingress" else replace(rule, sources=own)


def _passing(origin: Resource, way: Way, own: Prefixes) -> Rule:
    return _about(Rule("allow", origin.urn), way, own)
