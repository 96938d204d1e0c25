"""What workers find imported whose packs are their forks: the policy SDK, and what speaks to it."""

import gc

import jsonschema
import pulumi_policy

import hubspoke.local.engine.analysis

LOADED = [jsonschema, pulumi_policy, hubspoke]

gc.freeze()
