"""Faults that can be switched on: what goes wrong in real clouds, for a while or a number of times."""

import sqlite3
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from .clock import Clock
from .protocol import CloudError
from .store import Store


class FaultKind(StrEnum):
    THROTTLE = "throttle"  # refused; `seconds` is when to try again
    DENIED = "denied"  # refused for want of permission
    UNAVAILABLE = "unavailable"  # the service or region is down
    FAIL = "fail"  # an internal error, nothing done
    SLOW = "slow"  # the call takes `seconds` longer; what a create made is not ready before
    PARTIAL = "partial"  # a create or update is done in part and says so
    LOST = "lost"  # a change is done, but its answer never arrives
    HIDDEN = "hidden"  # a read finds nothing for `seconds` after creation; at all, if there are none
    TUNNEL_DOWN = "tunnel-down"  # a tunnel has no session; on AWS `action` is "1" or "2", or nothing for both


ACTIONS = ("create", "read", "update", "delete", "invoke")
_ONLY = {
    FaultKind.PARTIAL: ("create", "update"), FaultKind.LOST: ("create", "update", "delete"),
    FaultKind.HIDDEN: ("read",), FaultKind.TUNNEL_DOWN: (),
}  # fmt: skip


@dataclass(frozen=True)
class Call:
    """One request to a cloud."""

    account: str
    region: str
    type: str
    action: str  # one of ACTIONS
    id: str = ""
    actor: str = ""  # as whom it was made


@dataclass(frozen=True)
class Fault:
    """What goes wrong and for which calls: None matches any. It ends after `remaining` uses or at the time `until`."""

    kind: FaultKind
    account: str | None = None
    region: str | None = None
    type: str | None = None
    action: str | None = None
    id: str | None = None
    remaining: int | None = None
    until: float | None = None
    seconds: float = 0.0
    key: int = 0


REFUSALS = {
    "aws": {
        FaultKind.THROTTLE: ("RequestLimitExceeded", "Request limit exceeded."),
        FaultKind.DENIED: ("UnauthorizedOperation", "You are not authorized to perform this operation."),
        FaultKind.UNAVAILABLE: ("ServiceUnavailable", "The service is unavailable. Please try again shortly."),
        FaultKind.FAIL: ("InternalError", "An internal error has occurred."),
    },
    "azure-native": {
        FaultKind.THROTTLE: ("TooManyRequests", "The request is being throttled."),
        FaultKind.DENIED: ("AuthorizationFailed", "The client does not have authorization to perform this action."),
        FaultKind.UNAVAILABLE: ("ServiceUnavailable", "The service is temporarily unavailable."),
        FaultKind.FAIL: ("InternalServerError", "An error occurred."),
    },
    "gcp": {
        FaultKind.THROTTLE: ("rateLimitExceeded", "Rate Limit Exceeded"),
        FaultKind.DENIED: ("forbidden", "Required permission is missing for this resource."),
        FaultKind.UNAVAILABLE: ("backendError", "The service is currently unavailable."),
        FaultKind.FAIL: ("internalError", "Internal error. Please try again or contact Google Support."),
    },
    "cloudflare": {
        FaultKind.THROTTLE: ("429 Too Many Requests", "Rate limited. Please wait and consider throttling."),
        FaultKind.DENIED: ("403 Forbidden", "Authentication error"),
        FaultKind.UNAVAILABLE: ("503 Service Unavailable", "The service is unavailable."),
        FaultKind.FAIL: ("500 Internal Server Error", "An internal error has occurred."),
    },
}
_REMEDIES = {
    FaultKind.THROTTLE: "Ask again later, or for less at a time.",
    FaultKind.DENIED: "Nothing was done. Give {actor} that right in account {account}, then run the command again.",
    FaultKind.UNAVAILABLE: "Nothing was done. Run the command again when the service answers in {place}.",
    FaultKind.FAIL: "Nothing was done. Run the command again.",
}
_COLUMNS = [field.name for field in fields(Fault)]
_MATCHED = ("account", "region", "type", "action", "id")


def add(store: Store, fault: Fault) -> int:
    """Switches a fault on; gives the key by which it can be switched off."""
    row = {name: value for name, value in asdict(fault).items() if name != "key"}
    marks = ", ".join("?" * len(row))
    with store.writing() as connection:
        cursor = connection.execute(f"INSERT INTO faults ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
    return int(cursor.lastrowid or 0)


def active(store: Store) -> list[Fault]:
    """Those that can still happen."""
    return _live(store.connection)


def clear(store: Store, key: int | None = None) -> None:
    """Switches one fault off, or all of them."""
    with store.writing() as connection:
        connection.execute("DELETE FROM faults WHERE ? IS NULL OR key = ?", (key, key))


def actions(kind: FaultKind) -> tuple[str, ...]:
    """The actions that a kind of fault can hit."""
    return _ONLY.get(kind, ACTIONS)


def take(store: Store, call: Call) -> list[Fault]:
    """The faults that hit this call; each use counts."""
    hit = [f for f in _live(store.connection) if matches(f, call)]
    if all(f.remaining is None for f in hit):
        return hit
    with store.writing() as connection:
        return [f for f in hit if f.remaining is None or _use(connection, f)]


def _use(connection: sqlite3.Connection, fault: Fault) -> bool:
    """Counts one use, unless calls made meanwhile have used it up."""
    statement = "UPDATE faults SET remaining = remaining - 1 WHERE key = ? AND remaining > 0"
    return connection.execute(statement, (fault.key,)).rowcount > 0


def matches(fault: Fault, call: Call) -> bool:
    same = all(getattr(fault, name) in (None, getattr(call, name)) for name in _MATCHED)
    return same and call.action in actions(fault.kind)


def delay(faults: list[Fault]) -> float:
    """How much longer a call takes, in seconds."""
    return sum(fault.seconds for fault in faults if fault.kind is FaultKind.SLOW)


def refuse(faults: list[Fault], cloud: str, call: Call, clock: Clock) -> None:
    """Raises the refusal among these faults in the cloud's words, if there is one, after the delay, if there is one.

    A creation is delayed later, by what it makes being ready later.
    """
    if call.action != "create" and delay(faults):
        clock.sleep(delay(faults))
    for fault in faults:
        if fault.kind in REFUSALS[cloud]:
            code, message = REFUSALS[cloud][fault.kind]
            after = fault.seconds if fault.kind is FaultKind.THROTTLE else None
            raise CloudError(code, f"{message} {explained(fault, cloud, call)}", retry_after=after)


def explained(fault: Fault, cloud: str, call: Call) -> str:
    """What was asked for, what to do now, and which fault it was."""
    place = " ".join(part for part in (call.account, call.region) if part)
    remedy = _REMEDIES[fault.kind].format(actor=call.actor, account=call.account, place=place)
    return f"({call.action} {call.type} in {place}) {remedy} Simulated: `hubspoke sim fault clear {cloud}-{fault.key}`"


def tunnels_down(connection: sqlite3.Connection, id_: str) -> set[str]:
    """Which tunnels of a VPN connection or Cloudflare tunnel ("1", "2") a fault holds down."""
    down = [f for f in _live(connection) if f.kind is FaultKind.TUNNEL_DOWN and f.id in (None, id_)]
    return {slot for fault in down for slot in ("1", "2") if fault.action in (None, slot)}


def _live(connection: sqlite3.Connection) -> list[Fault]:
    rows: list[Any] = connection.execute(
        f"SELECT {', '.join(_COLUMNS)} FROM faults"
        " WHERE (remaining IS NULL OR remaining > 0) AND (until IS NULL OR until > cloud_time())"
    ).fetchall()
    return [Fault(FaultKind(row[0]), *row[1:]) for row in rows]
