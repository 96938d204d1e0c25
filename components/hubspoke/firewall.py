"""Cloudflare's network firewall: segments are kept apart there too, by default deny."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import pulumi
import pulumi_cloudflare as cf

from hubspoke.args import FirewallArgs, parse_cloudflare, parse_firewall
from hubspoke.plan.model import FirewallPlan


class CloudflareFirewall(pulumi.ComponentResource):
    """The account's firewall rules for what passes between the WAN's networks.

    Every segment has a list of its prefixes, and a rule that lets it send to the segments it reaches; the last rule
    drops all else between the WAN's prefixes. The firewall is stateless, so that an answer passes by its own sender's
    rule, and whatever matches no rule passes (cloudflare-docs, Network Firewall, "Ruleset logic", 2026-11): traffic
    with an end outside the WAN is none of its business. A network more is an item more, and no rule changes.

    An account has one such ruleset: one that is there already is imported, or refused by Cloudflare.
    """

    ruleset_id: pulumi.Output[str]
    """Id of the ruleset."""
    list_ids: dict[str, pulumi.Output[str]]
    """Ids of the lists, by segment."""

    def __init__(self, name: str, args: FirewallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("hubspoke:index:CloudflareFirewall", name, {}, opts)
        self._account = parse_cloudflare(args).account
        plan = parse_firewall(args)
        lists = {key: self._list(key) for key, _ in plan.segments}
        items = [self._item(key, prefix, lists[key]) for key, prefixes in plan.segments for prefix in prefixes]
        # Nothing is dropped before every list is filled; and the ruleset goes first when all is taken down.
        self.ruleset_id = self._ruleset(name, plan, [*lists.values(), *items]).id
        self.list_ids = {key: made.id for key, made in lists.items()}
        self.register_outputs(self.outputs())

    def outputs(self) -> dict[str, Any]:
        """What is known of the firewall, as the stack exports it."""
        return {"ruleset_id": self.ruleset_id, "list_ids": self.list_ids}

    def _list(self, segment: str) -> cf.List:
        return cf.List(
            segment,
            account_id=self._account,
            kind="ip",
            name=list_name(segment),
            description=f"prefixes of segment {segment}",
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _item(self, segment: str, prefix: str, to: cf.List) -> cf.ListItem:
        return cf.ListItem(
            f"{segment}/{prefix}",
            account_id=self._account,
            list_id=to.id,
            ip=prefix.removesuffix("/32"),  # a list keeps an address without its length, and differs for ever with it
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _ruleset(self, name: str, plan: FirewallPlan, after: list[pulumi.Resource]) -> cf.Ruleset:
        return cf.Ruleset(
            name,
            account_id=self._account,
            kind="root",
            phase="magic_transit",
            name="hubspoke",
            description="what passes between the segments of the WAN",
            rules=[*(_pass(sender, targets) for sender, targets in _reach(plan)), _drop(plan.wan_prefixes)],
            opts=pulumi.ResourceOptions(parent=self, depends_on=after),
        )


def list_name(segment: str) -> str:
    """The name of a segment's list, which holds letters, digits and underscores. A segment's key has no underscore."""
    return f"hubspoke_{segment.replace('-', '_')}"


def _reach(plan: FirewallPlan) -> Iterator[tuple[str, list[str]]]:
    """Every segment that sends, with those it may send to."""
    for sender, pairs in groupby(plan.allowed, key=lambda pair: pair[0]):
        yield sender, [target for _, target in pairs]


def _pass(sender: str, targets: Iterable[str]) -> cf.RulesetRuleArgs:
    reached = " or ".join(f"ip.dst in ${list_name(target)}" for target in targets)
    return cf.RulesetRuleArgs(
        ref=list_name(sender),
        description=f"segment {sender} to those it reaches",
        expression=f"ip.src in ${list_name(sender)} and ({reached})",
        action="skip",
        action_parameters=cf.RulesetRuleActionParametersArgs(ruleset="current"),
        enabled=True,
    )


def _drop(prefixes: Iterable[str]) -> cf.RulesetRuleArgs:
    within = f"{{{' '.join(prefixes)}}}"
    return cf.RulesetRuleArgs(
        ref="hubspoke_default_deny",
        description="all else within the WAN",
        expression=f"ip.src in {within} and ip.dst in {within}",
        action="block",
        enabled=True,
    )
