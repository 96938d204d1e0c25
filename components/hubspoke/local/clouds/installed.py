"""Which providers' SDKs are installed, told without importing them."""

import functools
import importlib.metadata


class UnknownType(Exception):
    """No such resource type in the package; the message names the nearest."""


@functools.cache
def sdk_version(package: str) -> str:
    """The version of the installed SDK, such as "7.51.1"."""
    return importlib.metadata.version(sdk_name(package))


def sdk_name(package: str) -> str:
    """The Python package of a Pulumi package: azure-native -> pulumi_azure_native."""
    return f"pulumi_{package.replace('-', '_')}"
