"""What every worker finds imported: the engine, and the tables of the clouds that every WAN has.

Loaded here, what workers share costs a fleet once, and not once a stack.
"""

import gc

import hubspoke.operate.local_stack
from hubspoke.local.clouds.packages import package

CLOUDS: list[str] = []  # of which all is loaded


def simulated(name: str) -> list[object]:
    """The tables of a simulated cloud, each complete with what the SDK says of its type."""
    CLOUDS.append(name)
    cloud = package(name)
    return [cloud.invokes, *(cloud.table(type_) for type_ in cloud.tables)]


LOADED = [hubspoke.operate.local_stack, *simulated("aws"), *simulated("cloudflare")]

# What is loaded stays: workers need not look through it for garbage, nor copy its pages to do so.
gc.freeze()
