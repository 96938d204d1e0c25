"""Refreshes and replacements of some resources only."""

from tests.conformance.resources import Thing, urn
from tests.conformance.steps import preview, refresh, up


def program(_: int) -> None:
    base = Thing("base", label="l")
    Thing("user", label=base.token)
    Thing("other", label="l")


STEPS = [
    up(1),
    refresh(targets=(urn("base"),), edit={each: {"label": "theirs"} for each in ("base-1", "user-1", "other-1")}),
    refresh(targets=(urn("base"),), target_dependents=True),
    preview(1, replace=(urn("base"),)), up(1, replace=(urn("other"),)), up(1, replace=(urn("nothing"),)), up(1),
]  # fmt: skip
