"""What the intent comes to must stay within the clouds' quotas, as raised in `limits`."""

from collections.abc import Iterator

from hubspoke.intent.checks.counts import aws, azure, gcp, shared
from hubspoke.intent.limits import LIMITS, limit_of
from hubspoke.intent.model import Wan
from hubspoke.intent.names import suggest
from hubspoke.intent.problem import Issue


def check_quotas(wan: Wan) -> Iterator[Issue]:
    yield from _overrides(wan)
    for counts in (shared.counts, aws.counts, azure.counts, gcp.counts):
        for at, name, count in counts(wan):
            limit, most = LIMITS[name], limit_of(name, wan.limits)
            if count > most:
                raised = f", or have the quota raised and write it as limits.{name}" if limit.adjustable else ""
                what = f"this needs {count} {limit.unit}, {most} are allowed ({limit.source})"
                yield Issue(at, what, f"use fewer{raised}")


def _overrides(wan: Wan) -> Iterator[Issue]:
    adjustable = sorted(limit.name for limit in LIMITS.values() if limit.adjustable)
    for name in wan.limits:
        if name not in adjustable:
            yield Issue(("limits", name), f"no quota {name!r} can be raised", suggest(name, adjustable, "those"))
