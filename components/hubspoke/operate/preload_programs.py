"""What workers that run programs find imported: the programs' own imports, and the SDKs that they use.

The SDKs make their modules lazy, and looking into one loads it. Loaded here, they cost a fleet once, and no two threads
of a worker can load one at the same time, which lazy modules do not survive before Python 3.12.
"""

import gc
import warnings

import pulumi_aws
import pulumi_cloudflare
import pulumi_random

import hubspoke.aws.hub
import hubspoke.aws.spoke
import hubspoke.compose.aws
import hubspoke.local.engine.host


def loaded(sdk: object, *modules: str) -> list[object]:
    """Lazy modules of an SDK: one is loaded by looking into it."""
    return [getattr(getattr(sdk, name), "_utilities", None) for name in modules]


with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of the SDKs, about themselves
    LOADED = loaded(pulumi_aws, "cloudwatch", "ec2", "ec2transitgateway", "iam", "ram", "vpc")
    LOADED += [pulumi_cloudflare, pulumi_random, hubspoke]

gc.freeze()
