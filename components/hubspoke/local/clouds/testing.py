"""For tests, yours as well as ours: a simulated cloud used directly, as an engine uses it."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .clock import Clock
from .packages import package
from .protocol import CheckResult, DiffResult, ReadState
from .provider import SimulatedProvider
from .random import RandomProvider
from .store import Cloud


class Refused(Exception):
    """A provider's check refused the inputs; the message is what it said."""


@dataclass(frozen=True)
class Made:
    """What an engine knows of a resource that it created."""

    type: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]


def urn(type_: str, name: str) -> str:
    """The URN of a resource of a stack called dev of a project called wan."""
    return f"urn:pulumi:dev::wan::{type_}::{name}"


class CloudAccount:
    """One configured provider, with short ways to call it. Properties have the wire's names."""

    def __init__(self, provider: SimulatedProvider | RandomProvider) -> None:
        self.provider = provider
        self._count = 0

    def check(self, type_: str, name: str = "x", /, **inputs: Any) -> CheckResult:
        return self.provider.check(urn(type_, name), type_, None, inputs, b"seed")

    def checked(self, type_: str, name: str = "x", /, **inputs: Any) -> dict[str, Any]:
        """The inputs as the provider completes them. Raises Refused."""
        result = self.check(type_, name, **inputs)
        if result.failures:
            raise Refused("; ".join(failure.reason for failure in result.failures))
        return dict(result.inputs)

    def failures(self, type_: str, /, **inputs: Any) -> list[str]:
        """What is wrong with the inputs."""
        return [failure.reason for failure in self.check(type_, **inputs).failures]

    def create(self, type_: str, /, **inputs: Any) -> Made:
        """Creates a resource under the next name: r1, r2, .... Raises Refused or CloudError."""
        self._count += 1
        name = f"r{self._count}"
        checked = self.checked(type_, name, **inputs)
        created = self.provider.create(urn(type_, name), type_, checked, preview=False, timeout=0.0)
        return Made(type_, created.id, checked, created.outputs)

    def read(self, made: Made) -> ReadState | None:
        return self.provider.read(urn(made.type, "x"), made.type, made.id, made.inputs, made.outputs)

    def seen(self, made: Made) -> ReadState:
        """What a refresh finds. Raises LookupError if that is nothing."""
        found = self.read(made)
        if found is None:
            raise LookupError(f"{made.type} {made.id} is gone")
        return found

    def diff(self, made: Made, ignore: tuple[str, ...] = (), /, **inputs: Any) -> DiffResult:
        new = self.checked(made.type, **inputs)
        return self.provider.diff(urn(made.type, "x"), made.type, made.id, made.inputs, made.outputs, new, ignore)

    def update(self, made: Made, /, **changes: Any) -> Made:
        """Updates a resource to its inputs with some of them changed; None takes one away."""
        before = {name: value for name, value in made.inputs.items() if not name.startswith("__")}
        new = self.checked(made.type, **{**before, **changes})
        outputs = self.provider.update(
            urn(made.type, "x"), made.type, made.id, made.inputs, made.outputs, new,
            preview=False, timeout=0.0, ignore_changes=(),
        )  # fmt: skip
        return Made(made.type, made.id, new, outputs)

    def delete(self, made: Made) -> None:
        self.provider.delete(urn(made.type, "x"), made.type, made.id, made.inputs, made.outputs, 0.0)


def aws_account(
    folder: Path, account: str, region: str, *, scale: float = 0.0, clock: Clock = time, **config: Any
) -> CloudAccount:
    """A provider that assumes a role in an AWS account, over the simulated clouds of a folder."""
    provider = SimulatedProvider(package("aws"), Cloud(folder, clock).store("aws"), scale)
    roles = f'[{{"roleArn":"arn:aws:iam::{account}:role/deploy"}}]'
    provider.configure({"region": region, "assumeRoles": roles, **config})
    return CloudAccount(provider)


def azure_account(
    folder: Path, subscription: str, location: str, *, scale: float = 0.0, clock: Clock = time, **config: Any
) -> CloudAccount:
    """A provider in an Azure subscription, over the simulated clouds of a folder."""
    provider = SimulatedProvider(package("azure-native"), Cloud(folder, clock).store("azure-native"), scale)
    provider.configure({"subscriptionId": subscription, "location": location, **config})
    return CloudAccount(provider)


def gcp_project(
    folder: Path, project: str, region: str, *, scale: float = 0.0, clock: Clock = time, **config: Any
) -> CloudAccount:
    """A provider of a Google Cloud project, over the simulated clouds of a folder."""
    provider = SimulatedProvider(package("gcp"), Cloud(folder, clock).store("gcp"), scale)
    provider.configure({"project": project, "region": region, **config})
    return CloudAccount(provider)


def cloudflare_account(folder: Path) -> CloudAccount:
    """A provider with an API token, over the simulated clouds of a folder."""
    provider = SimulatedProvider(package("cloudflare"), Cloud(folder).store("cloudflare"))
    provider.configure({"apiToken": "token"})
    return CloudAccount(provider)


def random_values() -> CloudAccount:
    """A provider of the random package, which keeps nothing anywhere."""
    return CloudAccount(RandomProvider())
