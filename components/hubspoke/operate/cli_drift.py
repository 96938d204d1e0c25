"""Drift of one stack by the Pulumi CLI: a copy of its state is refreshed in a shadow, and judged there.

One read of each resource, and nothing written to the stack: neither its state nor its lock, history or file.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hubspoke.network.snapshot import Snapshot, from_export
from hubspoke.operate.cli_analysis import analyze
from hubspoke.operate.cli_shadow import Shadow, shadow
from hubspoke.operate.cli_stack import CliStack
from hubspoke.operate.errors import OperateError
from hubspoke.operate.findings import Finding, Report, extra, from_refresh
from hubspoke.operate.inventory import MANAGED_CONTAINERS, Found, Inventory
from hubspoke.operate.project import Paths
from hubspoke.operate.result import Status, Violation
from hubspoke.operate.stack import OnEvent, Options, PackRef

Resource = Mapping[str, Any]


@dataclass(frozen=True)
class CliLook:
    """One look at one stack.

    `states` are the exports of it and of all that its own are to be told from; `inventory` is None where there is none
    of these clouds: what is extra there is then not known, and the report says so.
    """

    paths: Paths
    stack: str
    states: Mapping[str, Mapping[str, Any]]
    inventory: Inventory | None
    packs: tuple[PackRef, ...] = ()
    parallel: int = 16

    def report(self, on_event: OnEvent) -> Report:
        """Refresh a copy of the state, look into the managed containers, and judge what is found."""
        started = time.monotonic()
        with shadow(self.paths, self.stack, self.states) as place:
            copy = CliStack(self.paths, self.stack, at=place)
            refreshed = copy.refresh(on_event, Options(parallel=self.parallel))
            if refreshed.status is not Status.SUCCEEDED:
                errors = refreshed.errors or (f"the refresh {refreshed.status}",)
                return Report(self.stack, 0, errors=errors, seconds=time.monotonic() - started)
            resources = place.state(self.stack).get("resources") or []
            managed = [each for each in resources if _is_managed(each)]
            findings = [*from_refresh(refreshed), *self._extras(managed)]
            violations, errors = self._judge(copy, place, findings)
        return Report(
            self.stack, len(managed), tuple(findings), violations, errors, time.monotonic() - started, refreshed.steps,
            unknown=self._unknown(managed),
        )  # fmt: skip

    def snapshot(self, on_event: OnEvent) -> Snapshot:
        """What the clouds hold: a refreshed copy of the state, and where there is an inventory, what is in managed
        containers and nobody's; `blind` says what was not looked for. Raises OperateError where they cannot be read.
        """
        with shadow(self.paths, self.stack, self.states) as place:
            refreshed = CliStack(self.paths, self.stack, at=place).refresh(on_event, Options(parallel=self.parallel))
            if refreshed.status is not Status.SUCCEEDED:
                raise OperateError(f"{self.stack} cannot be looked at: {'; '.join(refreshed.errors)}")
            managed = [each for each in place.state(self.stack).get("resources") or [] if _is_managed(each)]
            return from_export({"deployment": self._whole(place, list(self._extras(managed)))})

    @property
    def unseen(self) -> str:
        """What is not looked for; "" where there is an inventory."""
        return "" if self.inventory else _unseen("")

    def _extras(self, managed: list[Resource]) -> Iterator[Finding]:
        owned = {(each["type"], each.get("id", "")) for state in self.states.values() for each in _resources(state)}
        for each in managed if self.inventory else ():
            if self.inventory and each["type"] in MANAGED_CONTAINERS:
                members = self.inventory.members(each["type"], each["id"], each["outputs"])
                yield from (extra(self.stack, each["urn"], m) for m in members if (m.type, m.id) not in owned)

    def _unknown(self, managed: list[Resource]) -> tuple[str, ...]:
        containers = sum(each["type"] in MANAGED_CONTAINERS for each in managed)
        if self.inventory or not containers:
            return ()
        return (_unseen(f"{containers} "),)

    def _judge(
        self, copy: CliStack, place: Shadow, findings: list[Finding]
    ) -> tuple[tuple[Violation, ...], tuple[str, ...]]:
        try:
            return analyze(copy.workspace(), self._whole(place, findings), self.packs), ()
        except OperateError as error:
            return (), (str(error),)

    def _whole(self, place: Shadow, findings: list[Finding]) -> dict[str, Any]:
        """The deployment, with what nobody's stack made."""
        deployment = place.state(self.stack)
        extras = [_as_resource(f.found, f.urn) for f in findings if f.found]
        return {**deployment, "resources": [*deployment.get("resources", ()), *extras]}


def _unseen(how_many: str) -> str:
    return (
        f"what others put into {how_many}managed route tables, security groups and tunnels was not looked for: "
        "there is no inventory of real clouds, and a refresh sees only what a stack records"
    )


def _resources(exported: Mapping[str, Any]) -> list[Resource]:
    return [each for each in exported["deployment"].get("resources") or () if each["custom"]]


def _is_managed(resource: Resource) -> bool:
    unmanaged = resource.get("external") or resource.get("delete")
    return bool(resource["custom"] and not unmanaged and not resource["type"].startswith("pulumi:providers:"))


def _as_resource(found: Found, container: str) -> dict[str, Any]:
    """A resource that nobody's stack made, as if it were in the one whose container it is in."""
    urn = f"{container.rsplit('::', 2)[0]}::{found.type}::{found.id}"
    inputs = dict(found.inputs)
    outputs = {**inputs, "id": found.id}
    return {"urn": urn, "custom": True, "id": found.id, "type": found.type, "inputs": inputs, "outputs": outputs}
