"""Runs an unmodified Pulumi policy pack, in a process of its own, and asks it to judge resources.

The pack is started and spoken to as Pulumi's engine does it (pulumi/pkg/resource/plugin/analyzer_plugin.go),
so that a pack which works here works with `pulumi preview --policy-pack`, and the other way round.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, TypeGuard, TypeVar

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc

from hubspoke.local.engine import analyzer_wire as wire
from hubspoke.local.engine.analyzer_config import load_policy_config, reconcile
from hubspoke.local.engine.analyzer_pipe import PipeMethod
from hubspoke.local.engine.analyzer_process import PackProcess, read_manifest, stack_environment
from hubspoke.local.engine.analyzer_told import understood
from hubspoke.local.engine.analyzer_types import (
    AnalyzedProvider,
    AnalyzedResource,
    AnalyzerError,
    Level,
    PackInfo,
    Policy,
    PolicyPack,
    Violation,
)
from hubspoke.local.engine.messages import from_struct
from hubspoke.local.engine.values import Properties

__all__ = [
    "AnalyzedProvider",
    "AnalyzedResource",
    "Analyzer",
    "AnalyzerError",
    "Level",
    "PackInfo",
    "Policy",
    "PolicyPack",
    "Violation",
    "load_policy_config",
]

Response = TypeVar("Response")


class Analyzer:
    """A running policy pack. Make one with `Analyzer.start`; it may be used from several threads."""

    def __init__(self, process: PackProcess, manifest: dict[str, Any], call_timeout: float) -> None:
        self._process, self._timeout = process, call_timeout
        self._channel = process.channel()
        self._stub = analyzer_pb2_grpc.AnalyzerStub(self._channel)
        self._manifest = manifest
        self._name = manifest.get("name") or "policy pack"
        self.info: PackInfo

    @classmethod
    def start(
        cls,
        pack: PolicyPack,
        *,
        project: str,
        stack: str,
        organization: str = "organization",
        dry_run: bool = False,
        config: Mapping[str, str] | None = None,
        secret_keys: Iterable[str] = (),
        environment: Mapping[str, str] | None = None,
        start_timeout: float = 60.0,
        call_timeout: float = 300.0,
    ) -> "Analyzer":
        """Starts the pack and configures it. `config` is the stack's, plain, by full key ("aws:region"); `environment`
        is added to what the pack is started with.

        Raises AnalyzerError if the pack is missing or broken, does not come up within `start_timeout`
        seconds, or its configuration is not valid; later calls raise it when the pack fails or takes longer
        than `call_timeout` seconds.
        """
        folder = Path(pack.path).resolve()
        manifest = read_manifest(folder)
        env = {**stack_environment(project, stack, organization, dry_run, config or {}), **(environment or {})}
        analyzer = cls(PackProcess(folder, manifest, env, start_timeout), manifest, call_timeout)
        try:
            analyzer._configure(pack.config)
            analyzer.configure_stack(
                project=project, stack=stack, organization=organization, dry_run=dry_run, config=config,
                secret_keys=secret_keys,
            )  # fmt: skip
        except BaseException:
            analyzer.close()
            raise
        return analyzer

    def configure_stack(
        self,
        *,
        project: str,
        stack: str,
        organization: str = "organization",
        dry_run: bool = False,
        config: Mapping[str, str] | None = None,
        secret_keys: Iterable[str] = (),
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Turns the pack to another stack.

        The Python SDK (1.21) takes only `tags` from this, and the rest from the environment it started with:
        a pack that reads the stack's name or config needs a start per stack.
        """
        request = pb.AnalyzerStackConfigureRequest(
            project=project, stack=stack, organization=organization, dry_run=dry_run,
            config=dict(config or {}), config_secret_keys=list(secret_keys), tags=dict(tags or {}),
        )  # fmt: skip
        try:
            self._stub.ConfigureStack(request, timeout=self._timeout)
        except grpc.RpcError as error:
            if error.code() is not grpc.StatusCode.UNIMPLEMENTED:  # older SDKs read the environment only
                raise self._failure(error, f"stack {stack}") from None

    def analyze(self, resource: AnalyzedResource) -> list[Violation]:
        """What the pack's resource rules say of one resource and its inputs."""
        (found,) = self.analyze_all([resource])
        return found

    def analyze_all(self, resources: Sequence[AnalyzedResource]) -> Iterator[list[Violation]]:
        """The same of each of many, in order."""
        answers = self._answers(resources)
        for resource in resources:
            with self._failing(resource.urn):
                response = next(answers)
            yield [wire.violation(diagnostic, self.info, resource.urn) for diagnostic in response.diagnostics]

    def remediate(self, resource: AnalyzedResource) -> tuple[Properties | None, list[Violation]]:
        """New inputs if a rule at level "remediate" changed them; what was done, or could not be judged."""
        if all(policy.level != "remediate" for policy in self.info.policies):
            return None, []
        request = wire.analyze_request(resource, keep_internal=True)
        remediations = self._call(self._stub.Remediate, request, resource.urn).remediations
        changed = [from_struct(each.properties) for each in remediations if not each.diagnostic]
        notes = [wire.remediated(each, self.info, resource.urn) for each in remediations]
        return (changed[-1] if changed else None), notes  # each rule was given what the one before it made

    def analyze_stack(self, resources: Iterable[AnalyzedResource]) -> list[Violation]:
        """What the pack's stack rules say of all resources together."""
        with self._failing("the stack"):
            response = self._answer(list(resources))
        return [wire.violation(diagnostic, self.info, "") for diagnostic in response.diagnostics]

    def close(self) -> None:
        """Ends the pack's process. May be called twice."""
        self._channel.close()
        self._process.close()

    def __enter__(self) -> "Analyzer":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _configure(self, config: dict[str, Any] | None) -> None:
        response = self._call(self._stub.GetAnalyzerInfo, empty_pb2.Empty(), "its own description")
        version, description = (str(self._manifest.get(key) or "") for key in ("version", "description"))
        self._name = f"policy pack {response.name}"
        info = wire.pack_info(response, version=version, description=description)
        initial = {name: wire.configured(value) for name, value in response.initialConfig.items()}
        self.info, settings = reconcile(info, initial, config)
        if not response.supportsConfig:
            if config:
                raise AnalyzerError(f"{self._name} takes no configuration")
            return
        rules = self.info.policies
        values = {rule.name: wire.policy_config(rule.level, settings[rule.name]) for rule in rules}
        request = pb.ConfigureAnalyzerRequest(policyConfig=values)
        self._call(self._stub.Configure, request, "its configuration")

    def _call(self, method: Callable[..., Response], request: object, about: str) -> Response:
        with self._failing(about):
            return method(request, timeout=self._timeout)

    def _answers(self, resources: Sequence[AnalyzedResource]) -> Iterator[Any]:
        method = self._stub.Analyze
        if _takes_resources(method):
            return method.each(resources, self._timeout)
        return (method(wire.analyze_request(each), timeout=self._timeout) for each in resources)

    def _answer(self, resources: Sequence[AnalyzedResource]) -> Any:
        method = self._stub.AnalyzeStack
        if _takes_resources(method):
            return method.together(resources, self._timeout)
        request = pb.AnalyzeStackRequest(resources=map(wire.stack_resource, resources))
        return method(request, timeout=self._timeout)

    @contextmanager
    def _failing(self, about: str) -> Iterator[None]:
        try:
            yield
        except grpc.RpcError as error:
            raise self._failure(error, about) from None

    def _failure(self, error: grpc.RpcError, about: str) -> AnalyzerError:
        if error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
            return AnalyzerError(f"{self._name} took longer than {self._timeout:g} s on {about}")
        # A rule's traceback, or the last words of a dying pack, may come a moment after the answer.
        code = self._process.exit_code(wait=0.5)
        if code is not None:
            return AnalyzerError(f"{self._name} ended on {about} (exit code {code}){self._process.said()}")
        reason = str(error.details()).removeprefix("Exception calling application: ")
        return AnalyzerError(f"a rule of {self._name} failed on {about}: {reason}{self._process.said()}")


def _takes_resources(method: Any) -> TypeGuard[PipeMethod]:
    """Whether the pack is told of resources as they are, and not in messages."""
    return isinstance(method, PipeMethod) and understood()
