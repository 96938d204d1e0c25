"""What every worker finds imported: the engine, the program's own imports, and the SDKs it uses.

The SDKs make their modules lazy, and looking into one loads it. Loaded here, they cost a fleet once, and no two threads
of a worker can load one at the same time, which lazy modules do not survive before Python 3.12.
"""

import gc
import warnings

import jsonschema
import pulumi_aws
import pulumi_cloudflare
import pulumi_policy
import pulumi_random

import hubspoke.aws.hub
import hubspoke.aws.spoke
import hubspoke.compose.aws
import hubspoke.local.engine.host
import hubspoke.operate.local_stack
from hubspoke.local.clouds.packages import package

CLOUDS: list[str] = []  # of which all is loaded


def loaded(sdk: object, *modules: str) -> list[object]:
    """Lazy modules of an SDK: one is loaded by looking into it."""
    return [getattr(getattr(sdk, name), "_utilities", None) for name in modules]


def simulated(name: str) -> list[object]:
    """The tables of a simulated cloud, each complete with what the SDK says of its type."""
    CLOUDS.append(name)
    cloud = package(name)
    return [cloud.invokes, *(cloud.table(type_) for type_ in cloud.tables)]


with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of the SDKs, about themselves
    LOADED = loaded(pulumi_aws, "cloudwatch", "ec2", "ec2transitgateway", "iam", "ram", "vpc")
    LOADED += [jsonschema, pulumi_cloudflare, pulumi_policy, pulumi_random, hubspoke]
    LOADED += [*simulated("aws"), *simulated("cloudflare")]

# What is loaded stays: workers need not look through it for garbage, nor copy its pages to do so.
gc.freeze()
