"""The intent: one WAN as people write it, read from its file and checked."""

from hubspoke.intent.check import check
from hubspoke.intent.limits import LIMITS, Limit
from hubspoke.intent.load import load_wan
from hubspoke.intent.model import (
    Account,
    Adopted,
    Cloudflare,
    Flow,
    Hub,
    OnRamp,
    Peering,
    Segment,
    Site,
    Spoke,
    Wan,
)
from hubspoke.intent.problem import IntentError, Issue, Problem

__all__ = [
    "LIMITS",
    "Account",
    "Adopted",
    "Cloudflare",
    "Flow",
    "Hub",
    "IntentError",
    "Issue",
    "Limit",
    "OnRamp",
    "Peering",
    "Problem",
    "Segment",
    "Site",
    "Spoke",
    "Wan",
    "check",
    "load_wan",
]
