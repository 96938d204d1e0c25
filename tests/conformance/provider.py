"""The suite's provider: few rules, each there to make an engine show what it does.

Any type of the package takes any properties. `fixed` cannot be changed in place; an `Exclusive` must be deleted before
it is replaced; a `Timed` says in its outputs which timeout it was given. `token` is made by the cloud at creation,
`revision` counts changes, `account` is that of the provider. `size` must not be negative and is 1 by default.
"""
# ruff: noqa: ARG002 - the provider protocol says what is passed, not what is used

import json
import time
from dataclasses import replace
from pathlib import Path

from hubspoke.local.clouds.diff import diff_properties
from hubspoke.local.clouds.protocol import (
    CheckFailure,
    CheckResult,
    CloudError,
    Created,
    DiffResult,
    PartialError,
    Properties,
    ProviderFactory,
    ReadState,
    UnknownPackage,
)  # fmt: skip
from pulumi.runtime.rpc import UNKNOWN

from tests.conformance.cloud import Cloud

PACKAGE = "conformance"
_SLOW = 0.15  # seconds


def provider_factory(folder: Path) -> ProviderFactory:
    def make(package: str, version: str) -> "ConformanceProvider":
        if package != PACKAGE:
            raise UnknownPackage(f"no simulated cloud for {package}; there is: {PACKAGE}")
        return ConformanceProvider(Cloud(folder), version)

    return make


class ConformanceProvider:
    package = PACKAGE

    def __init__(self, cloud: Cloud, version: str) -> None:
        self.cloud, self.version = cloud, version
        self.config: Properties = {}

    def check_config(self, inputs: Properties) -> CheckResult:
        failures = (CheckFailure("account", "there is no such account"),) if inputs.get("account") == "none" else ()
        return CheckResult(inputs, failures)

    def diff_config(self, old: Properties, new: Properties) -> DiffResult:
        return diff_properties(old, new, immutable={"account"})

    def configure(self, inputs: Properties) -> None:
        self.config = inputs

    def check(self, urn: str, type_: str, olds: Properties | None, news: Properties, seed: bytes) -> CheckResult:
        size = news.get("size")
        negative = isinstance(size, (int, float)) and size < 0
        failures = (CheckFailure("size", "must not be negative"),) if negative else ()
        return CheckResult({"size": 1, **news}, failures)

    def diff(
        self, urn: str, type_: str, id_: str, old_inputs: Properties, old_outputs: Properties, news: Properties,
        ignore_changes: tuple[str, ...],
    ) -> DiffResult:  # fmt: skip
        found = diff_properties(old_inputs, news, immutable={"fixed"}, ignore_changes=ignore_changes)
        return replace(found, delete_before_replace=type_.endswith(":Exclusive"))

    def create(self, urn: str, type_: str, news: Properties, *, preview: bool, timeout: float) -> Created:
        if preview:
            return Created("", {**self._outputs(type_, UNKNOWN, news, 1), "token": UNKNOWN})
        name = urn.rsplit("::", 1)[-1]
        fault = self._called("create", name, urn)
        with self.cloud.open() as content:
            content["made"][name] = made = content["made"].get(name, 0) + 1
            id_ = f"{name}-{made}"
            content["things"][id_] = {"type": type_, "inputs": news, "revision": 1}
        outputs = self._outputs(type_, id_, news, 1, timeout)
        if fault:
            raise PartialError("Half", fault, id_, outputs, news)
        return Created(id_, outputs)

    def read(
        self, urn: str, type_: str, id_: str, inputs: Properties | None, outputs: Properties | None
    ) -> ReadState | None:
        self._called("read", id_, urn)
        with self.cloud.open() as content:
            thing = content["things"].get(id_)
        if thing is None:
            return None
        return ReadState(id_, thing["inputs"], self._outputs(type_, id_, thing["inputs"], thing["revision"]))

    def update(
        self, urn: str, type_: str, id_: str, old_inputs: Properties, old_outputs: Properties, news: Properties,
        *, preview: bool, timeout: float, ignore_changes: tuple[str, ...],
    ) -> Properties:  # fmt: skip
        if preview:
            return {**self._outputs(type_, id_, news, 0, timeout), "revision": UNKNOWN}
        fault = self._called("update", id_, urn)
        with self.cloud.open() as content:
            thing = content["things"][id_]
            thing["inputs"], revision = news, thing["revision"] + 1
            thing["revision"] = revision
        outputs = self._outputs(type_, id_, news, revision, timeout)
        if fault:
            raise PartialError("Half", fault, id_, outputs, news)
        return outputs

    def delete(self, urn: str, type_: str, id_: str, inputs: Properties, outputs: Properties, timeout: float) -> None:
        self._called("delete", id_, urn)
        with self.cloud.open() as content:
            content["things"].pop(id_, None)

    def invoke(self, token: str, args: Properties) -> Properties:
        if "fail" in args:
            raise CloudError("NotFound", str(args["fail"]))
        return {"found": {**args}, "account": self.config.get("account", "default")}

    def _outputs(self, type_: str, id_: str, inputs: Properties, revision: int, timeout: float = 0.0) -> Properties:
        own = {"token": f"{id_}!", "revision": revision, "account": self.config.get("account", "default")}
        timed = {"timeout": timeout} if type_.endswith(":Timed") else {}
        return {**json.loads(json.dumps(inputs)), **own, **timed}

    def _called(self, operation: str, subject: str, urn: str) -> str:
        """Writes the call down; the reason of a partial failure, if there is to be one. Raises CloudError."""
        with self.cloud.open() as content:
            content["calls"].append(f"{operation} {subject} {urn}")
            fault = str(content["faults"].get(f"{operation} {subject}", ""))
        if fault == "slow":
            time.sleep(_SLOW)
            return ""
        if fault and not fault.startswith("partial: "):
            raise CloudError("Refused", fault)
        return fault.removeprefix("partial: ")
