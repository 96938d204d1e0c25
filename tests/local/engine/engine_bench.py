"""A cloud in memory, resources of it, and a bench on which programs are run against it."""
# ruff: noqa: ARG002, ARG005 - the provider protocol says what is passed, not what is used

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
from hubspoke.local.clouds.protocol import (
    CheckFailure,
    CheckResult,
    CloudError,
    Created,
    DiffKind,
    DiffResult,
    PartialError,
    Properties,
    ReadState,
    UnknownPackage,
)  # fmt: skip
from hubspoke.local.engine import EngineEvent, LocalStack, Outcome, Project, Workspace
from pulumi.runtime.rpc import UNKNOWN

VERSION = "1.2.3"


@dataclass
class Cloud:
    """What exists, and what was asked of it. `immutable` properties force a replacement; `fail` maps an operation and
    a resource's name to the error that it gets; `partial` names those whose creation or update goes half through."""

    things: dict[str, Properties] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    immutable: set[str] = field(default_factory=lambda: {"size"})
    delete_first: bool = False
    fail: dict[tuple[str, str], str] = field(default_factory=dict)
    partial: set[str] = field(default_factory=set)
    delay: float = 0.0
    company: threading.Barrier | None = None
    at_once: int = 0
    most_at_once: int = 0
    before: Callable[[str, str], None] = lambda operation, name: None
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def named(self, name: str) -> Properties:
        return next(thing for id_, thing in self.things.items() if self.owners[id_].endswith(f"::{name}"))

    def await_company(self, count: int) -> None:
        """From now on a call goes on only when as many are there: with fewer at once, it fails."""
        self.most_at_once, self.company = 0, threading.Barrier(count, timeout=10)

    def made(self) -> list[str]:
        return [name for operation, name in self.calls if operation == "create"]


class MemoryProvider:
    """A provider of `Cloud`. `name` is the only required property; `token` is made by the cloud."""

    def __init__(self, cloud: Cloud, package: str, version: str) -> None:
        self.cloud, self.package, self.version = cloud, package, version
        self.config: Properties = {}

    def check_config(self, inputs: Properties) -> CheckResult:
        return CheckResult(inputs)

    def diff_config(self, old: Properties, new: Properties) -> DiffResult:
        changed = {key: DiffKind.UPDATE for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
        return DiffResult(changed, ("region",) if "region" in changed else ())

    def configure(self, inputs: Properties) -> None:
        self.config = inputs

    def check(self, urn: str, type_: str, olds: Properties | None, news: Properties, seed: bytes) -> CheckResult:
        failures = () if "name" in news else (CheckFailure("name", "is required"),)
        return CheckResult({"flavor": "plain", **news}, failures)

    def diff(
        self, urn: str, type_: str, id_: str, old_inputs: Properties, old_outputs: Properties, news: Properties,
        ignore_changes: tuple[str, ...],
    ) -> DiffResult:  # fmt: skip
        detailed: dict[str, DiffKind] = {}
        for key in sorted(old_inputs.keys() | news.keys()):
            if key in ignore_changes or old_inputs.get(key) == news.get(key):
                continue
            kind = (
                DiffKind.UPDATE
                if key in old_inputs and key in news
                else DiffKind.ADD
                if key in news
                else DiffKind.DELETE
            )
            detailed[key] = DiffKind(f"{kind}-replace") if key in self.cloud.immutable else kind
        replaces = tuple(key for key in detailed if key in self.cloud.immutable)
        return DiffResult(detailed, replaces, self.cloud.delete_first)

    def create(self, urn: str, type_: str, news: Properties, *, preview: bool, timeout: float) -> Created:
        if preview:
            return Created("", {**news, "token": UNKNOWN})
        with self._call("create", urn):
            id_ = f"id-{next(self.cloud.numbers)}"
            outputs = {**news, "token": f"token-{id_}"}
            self.cloud.things[id_], self.cloud.owners[id_] = outputs, urn
            if _name(urn) in self.cloud.partial:
                raise PartialError("Half", "made in part", id_, outputs, news)
        return Created(id_, dict(outputs))

    def read(
        self, urn: str, type_: str, id_: str, inputs: Properties | None, outputs: Properties | None
    ) -> ReadState | None:
        with self._call("read", urn):
            thing = self.cloud.things.get(id_)
        if thing is None:
            return None
        return ReadState(id_, {key: value for key, value in thing.items() if key != "token"}, dict(thing))

    def update(
        self, urn: str, type_: str, id_: str, old_inputs: Properties, old_outputs: Properties, news: Properties,
        *, preview: bool, timeout: float, ignore_changes: tuple[str, ...],
    ) -> Properties:  # fmt: skip
        outputs = {**news, "token": old_outputs.get("token")}
        if preview:
            return outputs
        with self._call("update", urn):
            self.cloud.things[id_] = outputs
            if _name(urn) in self.cloud.partial:
                raise PartialError("Half", "updated in part", id_, outputs, news)
        return dict(outputs)

    def delete(self, urn: str, type_: str, id_: str, inputs: Properties, outputs: Properties, timeout: float) -> None:
        with self._call("delete", urn):
            self.cloud.things.pop(id_, None)

    def invoke(self, token: str, args: Properties) -> Properties:
        self.cloud.calls.append(("invoke", token))
        if token == "mem:index:fail":
            raise CloudError("NoSuchThing", "there is none")
        return {"echo": args, "region": self.config.get("region")}

    def find_created(self, urn: str, type_: str) -> ReadState | None:
        found = [id_ for id_, owner in self.cloud.owners.items() if owner == urn and id_ in self.cloud.things]
        return self.read(urn, type_, found[-1], None, None) if found else None

    def _call(self, operation: str, urn: str) -> "_Call":
        return _Call(self.cloud, operation, _name(urn))


def _name(urn: str) -> str:
    return urn.rsplit("::", 1)[-1]


class _Call:
    """One call: counted, slowed down, failed where asked for."""

    def __init__(self, cloud: Cloud, operation: str, name: str) -> None:
        self.cloud, self.operation, self.name = cloud, operation, name

    def __enter__(self) -> None:
        self.cloud.before(self.operation, self.name)
        with self.cloud.lock:
            self.cloud.calls.append((self.operation, self.name))
            self.cloud.at_once += 1
            self.cloud.most_at_once = max(self.cloud.most_at_once, self.cloud.at_once)
        if self.cloud.company:
            self.cloud.company.wait()
        if self.cloud.delay:
            time.sleep(self.cloud.delay)
        reason = self.cloud.fail.get((self.operation, self.name))
        if reason:
            self.__exit__()
            raise CloudError("Refused", reason)

    def __exit__(self, *_: object) -> None:
        with self.cloud.lock:
            self.cloud.at_once -= 1


class Thing(pulumi.CustomResource):
    """A resource of the memory cloud."""

    token: pulumi.Output[str]
    size: pulumi.Output[Any]
    label: pulumi.Output[Any]
    flavor: pulumi.Output[str]

    def __init__(self, resource_name: str, opts: pulumi.ResourceOptions | None = None, **props: Any) -> None:
        own = {"token": None, "flavor": None, "size": None, "label": None, **props}
        own.setdefault("name", resource_name)
        merged = pulumi.ResourceOptions.merge(pulumi.ResourceOptions(version=VERSION), opts)
        super().__init__("mem:index:Thing", resource_name, own, merged)


class Group(pulumi.ComponentResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None, **outputs: Any) -> None:
        super().__init__("test:index:Group", name, {}, opts)
        self.closing = outputs

    def close(self, **outputs: Any) -> "Group":
        self.register_outputs(outputs)
        return self


class MemProvider(pulumi.ProviderResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None, **props: Any) -> None:
        super().__init__(
            "mem", name, props, pulumi.ResourceOptions.merge(pulumi.ResourceOptions(version=VERSION), opts)
        )


@dataclass
class Bench:
    """A project with a file backend, and a cloud. Each run's events are kept."""

    root: Path
    cloud: Cloud
    passphrase: str = "open sesame"
    events: list[EngineEvent] = field(default_factory=list)

    def workspace(self) -> Workspace:
        return Workspace(Project.load(self.root), self.root / "state", lambda: self.passphrase, self.provider)

    def provider(self, package: str, version: str) -> MemoryProvider:
        if package != "mem":
            raise UnknownPackage(f"no simulated cloud for {package}; there is: mem")
        return MemoryProvider(self.cloud, package, version)

    def stack(self, name: str = "dev") -> LocalStack:
        stack = LocalStack(self.workspace(), name)
        return stack if stack.exists() else LocalStack.init(self.workspace(), name)

    def up(self, program: Callable[[], object] | None = None, stack: str = "dev", **options: Any) -> Outcome:
        self.begin()
        return self.stack(stack).up(on_event=self.events.append, program=program, **options)

    def preview(self, program: Callable[[], object] | None = None, stack: str = "dev", **options: Any) -> Outcome:
        self.begin()
        return self.stack(stack).preview(on_event=self.events.append, program=program, **options)

    def refresh(self, stack: str = "dev", **options: Any) -> Outcome:
        self.begin()
        return self.stack(stack).refresh(on_event=self.events.append, **options)

    def destroy(self, stack: str = "dev", **options: Any) -> Outcome:
        self.begin()
        return self.stack(stack).destroy(on_event=self.events.append, **options)

    def begin(self) -> None:
        self.events.clear()
        self.cloud.calls.clear()

    def resources(self, stack: str = "dev") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.stack(stack).export_stack()["deployment"].get("resources", [])
        return found

    def resource(self, name: str, stack: str = "dev") -> dict[str, Any]:
        return next(each for each in self.resources(stack) if each["urn"].endswith(f"::{name}"))

    def names(self, stack: str = "dev") -> list[str]:
        return [each["urn"].rsplit("::", 1)[-1] for each in self.resources(stack)]

    def ops(self) -> list[tuple[str, str]]:
        """The steps of the last run: operation and name, providers and the stack left out."""
        before = (event.resource_pre_event for event in self.events)
        steps = [(event.metadata.op.value, event.metadata.urn) for event in before if event]
        return [
            (op, _name(urn)) for op, urn in steps if "pulumi:providers" not in urn and "pulumi:pulumi:Stack" not in urn
        ]

    def messages(self, severity: str = "error") -> list[str]:
        found = (event.diagnostic_event for event in self.events)
        return [each.message.strip() for each in found if each and each.severity == severity]
