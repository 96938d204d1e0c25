"""A plan made in one process, for the many that run its stacks: each would else read the whole WAN for its own part.

It is a hand-over, not a cache: nothing is kept between commands, and whoever takes it checks that the files are still
those that it was made from.
"""

import hashlib
import threading
from dataclasses import dataclass, replace
from pathlib import Path

from hubspoke.plan.files import load_plan
from hubspoke.plan.model import AccountPlan, Plan


@dataclass(frozen=True)
class HandedPlan:
    """As much of a plan as one account's stack needs, and the digest of the files that it was made from."""

    digest: str
    account: str
    plan: Plan


class PlanOffice:
    """Makes plans once and hands out the parts. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: tuple[str, Plan] | None = None

    def plan(self, wan_path: Path, lock_path: Path) -> Plan:
        """As `load_plan`, but the same files are read once. Raises IntentError or AllocationMissing."""
        with self._lock:
            digest = _digest(wan_path, lock_path)
            if self._last is None or self._last[0] != digest:
                self._last = (digest, load_plan(wan_path, lock_path))
            return self._last[1]

    def part(self, wan_path: Path, lock_path: Path, account: str) -> HandedPlan:
        """Raises KeyError for what is no account, and as `plan`."""
        plan = self.plan(wan_path, lock_path)
        return HandedPlan(_digest(wan_path, lock_path), account, _part(plan, plan.account(account)))


OFFICE = PlanOffice()
_taken: list[HandedPlan] = []


def take(handed: HandedPlan | None) -> None:
    """What `plan_of` in this process is to go by."""
    _taken[:] = [handed] if handed else []


def plan_of(wan_path: Path, lock_path: Path, account: str) -> Plan:
    """The plan, whole or as much of it as the account needs. Raises IntentError or AllocationMissing."""
    for handed in _taken:
        if handed.account == account and handed.digest == _digest(wan_path, lock_path):
            return handed.plan
    return load_plan(wan_path, lock_path)


def _part(plan: Plan, account: AccountPlan) -> Plan:
    """The account, and of those it depends on what a provider there needs: nothing that is in them."""
    others = (
        replace(each, hubs=(), spokes=(), onramps=(), firewall=None)
        for each in plan.accounts
        if each.key in account.depends_on
    )
    return replace(plan, accounts=tuple(sorted((account, *others), key=lambda each: each.key)), sites=(), flows=())


def _digest(*paths: Path) -> str:
    """Of the files' names and contents; of a missing one, that it is missing."""
    found = hashlib.sha256()
    for path in paths:
        content = path.read_bytes() if path.is_file() else None
        found.update(f"{path.resolve()} {None if content is None else len(content)}\n".encode())
        found.update(content or b"")
    return found.hexdigest()
