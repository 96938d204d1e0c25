"""Cloudflare's network firewall: lists of prefixes, and an account's rulesets that speak of them by name."""

import re
import secrets
from collections.abc import Iterator
from typing import Any

from ..networks import any_cidr, one_of
from ..protocol import CloudError, Properties
from ..records import Record
from ..table import Computed, Reference, Rule, Source, TypeTable, Validation, immutables
from ..view import View

LIST = "cloudflare:index/list:List"
ITEM = "cloudflare:index/listItem:ListItem"
RULESET = "cloudflare:index/ruleset:Ruleset"

_REFUSED = "400 Bad Request"
_READ = "2026-11"
_LIST_FILE = Source("terraform-provider-cloudflare, internal/services/list/schema.go", _READ)
_ITEM_FILE = Source("terraform-provider-cloudflare, internal/services/list_item/schema.go", _READ)
_RULESET_FILE = Source("terraform-provider-cloudflare, internal/services/ruleset/schema.go", _READ)
_LIST_API = Source("Cloudflare API, rules/lists", _READ)
_RULESET_API = Source("Cloudflare API, rulesets", _READ)
_FIREWALL_DOCS = Source("cloudflare-docs, Cloudflare Network Firewall, Add custom policies", _READ)
_LIST_DOCS = Source("cloudflare-docs, Cloudflare Network Firewall, Use IP lists", _READ)

_NAME = re.compile(r"[a-zA-Z0-9_]{1,50}\Z")
_USED = re.compile(r"\$([a-zA-Z0-9_]+)(?![\w.])")  # a managed list's name has a dot: $cf.anonymizer
_KINDS = ("ip", "redirect", "hostname", "asn")
_ACTIONS = ("block", "skip", "log", "execute")  # of the phase magic_transit
_DEFAULT_LIMIT = 200


def _new_id(_: View, __: Record) -> str:
    return secrets.token_hex(16)


def _list_name(value: Any) -> str | None:
    return None if _NAME.match(value) else "must be 1 to 50 letters, digits and underscores"


def _item_address(value: Any) -> str | None:
    """A list keeps an address without a prefix length; a block with one, and no bits behind it."""
    if str(value).endswith("/32"):
        return f"IPv4 /32 CIDRs should have the /32 suffix stripped: {value}"
    return any_cidr(value)


def _own_name(view: View, draft: Record, _: Record | None) -> None:
    for other in view.marked(_named(draft.account, draft.inputs["name"]), LIST):
        if other.key != draft.key:
            raise CloudError(_REFUSED, f"a list named {draft.inputs['name']} exists already")


def _named(account: str, name: str) -> str:
    return f"{account} list {name}"


def _unused(view: View, record: Record, _: Record | None) -> None:
    users = view.marked(_using(record.account, record.inputs["name"]), RULESET)
    if users:
        raise CloudError(_REFUSED, f"list {record.inputs['name']} is used by ruleset {users[0].inputs['name']}")


def _using(account: str, name: str) -> str:
    return f"{account} uses {name}"


def _users(view: View, record: Record) -> int:
    return len(view.marked(_using(record.account, record.inputs["name"]), RULESET))


def _empty(view: View, record: Record) -> None:
    """A list takes its items with it."""
    for item in view.referring(record, ITEM, "listId"):
        view.records.remove(item)


LIST_ROWS = TypeTable(
    LIST,
    new_id=_new_id,
    immutable=immutables(_LIST_FILE, "accountId", "kind", "name"),
    validations=(
        Validation("kind", one_of(*_KINDS), _LIST_FILE, "ip, redirect, hostname or asn"),
        Validation("name", _list_name, _LIST_API, "1 to 50 letters, digits and underscores"),
    ),
    rules=(Rule("its name is unique in the account", _own_name, _LIST_API),),
    deletion_rules=(Rule("no ruleset uses it", _unused, _LIST_API),),
    computed=(
        Computed("numItems", lambda v, r: len(v.referring(r, ITEM, "listId")), _LIST_FILE),
        Computed("numReferencingFilters", _users, _LIST_FILE),
    ),
    marks=lambda record: [_named(record.account, record.inputs["name"])],
    removed=_empty,
)


def _once(view: View, draft: Record, _: Record | None) -> None:
    for other in view.referring(str(draft.inputs["listId"]), ITEM, "listId"):
        if other.key != draft.key and other.inputs.get("ip") == draft.inputs.get("ip"):
            raise CloudError(_REFUSED, f"the list has an item {draft.inputs.get('ip')} already")


ITEM_ROWS = TypeTable(
    ITEM,
    new_id=_new_id,
    immutable=immutables(_ITEM_FILE, "accountId", "listId", "asn", "comment", "ip"),
    references=(Reference("listId", (LIST,), _REFUSED, "could not find list {id}", _LIST_API),),
    validations=(Validation("ip", _item_address, _ITEM_FILE, "an address, or a canonical block shorter than /32"),),
    rules=(Rule("no second item equal to it in its list", _once, _LIST_API),),
)


def _rules(record: Record) -> list[Properties]:
    return list(record.inputs.get("rules") or [])


def _lists_of(record: Record) -> Iterator[str]:
    """The names of the account's lists that its rules speak of."""
    for rule in _rules(record):
        yield from _USED.findall(str(rule.get("expression", "")))


def _lists_exist(view: View, draft: Record, _: Record | None) -> None:
    for name in _lists_of(draft):
        if not view.marked(_named(draft.account, name), LIST):
            raise CloudError(_REFUSED, f"the list ${name} does not exist")


def _one_entry_point(view: View, draft: Record, before: Record | None) -> None:
    mark = _phase_mark(draft)
    for other in view.marked(mark, RULESET) if mark and before is None else []:
        raise CloudError(
            _REFUSED,
            f"a root ruleset of phase {draft.inputs['phase']} exists already, {other.id}: a similar configuration "
            "with rules already exists and overwriting will have unintended consequences",
        )


def _phase_mark(record: Record) -> str | None:
    if record.inputs.get("kind") != "root":
        return None
    return f"{record.account} root of {record.inputs.get('phase')}"


def _sound_rules(_: View, draft: Record, __: Record | None) -> None:
    """What the firewall's phase takes: these actions, and a skip of the rest of its own ruleset."""
    if draft.inputs.get("phase") != "magic_transit":
        return
    for rule in _rules(draft):
        action, parameters = rule.get("action"), rule.get("actionParameters") or {}
        if action not in _ACTIONS:
            raise CloudError(_REFUSED, f"'{action}' is not a valid value for action in phase magic_transit")
        if action == "skip" and parameters.get("ruleset") != "current":
            raise CloudError(_REFUSED, "a skip action in phase magic_transit needs the parameter ruleset: current")


def _few_enough(_: View, draft: Record, __: Record | None) -> None:
    if len(_rules(draft)) > _DEFAULT_LIMIT:
        raise CloudError(_REFUSED, f"exceeded maximum number of rules: {_DEFAULT_LIMIT}")


def _marks(record: Record) -> list[str]:
    phase = _phase_mark(record)
    return [*([phase] if phase else []), *(_using(record.account, name) for name in sorted({*_lists_of(record)}))]


RULESET_ROWS = TypeTable(
    RULESET,
    new_id=_new_id,
    immutable=immutables(_RULESET_FILE, "accountId", "zoneId", "kind", "phase"),
    validations=(
        Validation("kind", one_of("managed", "custom", "root", "zone"), _RULESET_FILE, "managed, custom, root or zone"),
    ),
    rules=(
        Rule("the lists that it speaks of exist", _lists_exist, _LIST_DOCS),
        Rule("one root ruleset for a phase of an account", _one_entry_point, _RULESET_API),
        Rule("its firewall rules block, skip the rest, log or execute", _sound_rules, _FIREWALL_DOCS),
        Rule("at most 200 firewall rules, unless more are agreed", _few_enough, _FIREWALL_DOCS),
    ),
    computed=(Computed("version", lambda _, r: str(r.version), _RULESET_FILE),),
    marks=_marks,
)

TABLES = (LIST_ROWS, ITEM_ROWS, RULESET_ROWS)
