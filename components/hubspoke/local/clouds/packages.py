"""The simulated packages, by name."""

import functools
from collections.abc import Callable

from .aws import Aws
from .azure import Azure
from .cloudflare import Cloudflare
from .gcp import Gcp
from .package import Package
from .random.table import random_facts
from .table import Fact

_MAKE: dict[str, Callable[[], Package]] = {"aws": Aws, "azure-native": Azure, "gcp": Gcp, "cloudflare": Cloudflare}
STORED = tuple(_MAKE)  # those whose things live in a store
SIMULATED = (*STORED, "random")


@functools.cache
def package(name: str) -> Package:
    """The one instance of a package that has a store. Raises KeyError for any other name."""
    return _MAKE[name]()


def facts() -> list[Fact]:
    """Every row of every cloud's tables, for people, with those that all types of a package share."""
    stored = [fact for name in STORED for table in package(name).own_tables() for fact in table.facts()]
    return [*stored, *random_facts()]


def package_of(type_: str) -> Package:
    """The package of a resource type. Raises KeyError."""
    return package(type_.split(":", 1)[0])
