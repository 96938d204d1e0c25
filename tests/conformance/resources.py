"""What the programs are made of: plain SDK classes with the suite's type tokens."""

from typing import Any

import pulumi
from pulumi import ResourceOptions

_COMPUTED = ("token", "revision", "account", "size", "label", "fixed", "timeout")


class Thing(pulumi.CustomResource):
    """Any type of the package: `Thing`, `Exclusive`, `Timed`, or whatever `type_` says."""

    token: pulumi.Output[str]
    revision: pulumi.Output[int]
    account: pulumi.Output[str]
    size: pulumi.Output[Any]
    label: pulumi.Output[Any]
    fixed: pulumi.Output[Any]
    timeout: pulumi.Output[float]

    def __init__(self, name: str, opts: ResourceOptions | None = None, type_: str = "Thing", **properties: Any) -> None:
        super().__init__(f"conformance:index:{type_}", name, {**dict.fromkeys(_COMPUTED), **properties}, opts)


class Provider(pulumi.ProviderResource):
    """A provider of the package; another `account` is a replacement, another `note` an update."""

    def __init__(self, name: str, opts: ResourceOptions | None = None, **properties: Any) -> None:
        super().__init__("conformance", name, properties, opts)


class Group(pulumi.ComponentResource):
    """A component, to be used as a context: it registers its outputs as it closes."""

    def __init__(self, name: str, opts: ResourceOptions | None = None, type_: str = "Group", **inputs: Any) -> None:
        super().__init__(f"conformance:index:{type_}", name, inputs, opts)
        self.outputs: dict[str, Any] = {}

    def __enter__(self) -> "Group":
        return self

    def __exit__(self, *_: object) -> None:
        self.register_outputs(self.outputs)

    def options(self, **more: Any) -> ResourceOptions:
        """Those of a child."""
        return ResourceOptions(parent=self, **more)


def lookup(opts: pulumi.InvokeOptions | None = None, **args: Any) -> Any:
    return pulumi.runtime.invoke("conformance:index:lookup", args, opts).value


def lookup_output(opts: pulumi.InvokeOutputOptions | None = None, **args: Any) -> pulumi.Output[Any]:
    return pulumi.runtime.invoke_output("conformance:index:lookup", args, opts)


def urn(name: str, type_: str = "Thing", parents: str = "", stack: str = "dev") -> str:
    """The URN of one of the package's resources; `parents` are types, such as "Group$Group$"."""
    above = "".join(f"conformance:index:{each}$" for each in parents.split("$") if each)
    return f"urn:pulumi:{stack}::conformance::{above}conformance:index:{type_}::{name}"
