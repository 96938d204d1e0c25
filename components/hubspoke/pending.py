"""Stacks that a preview takes as not deployed yet, so that their outputs are unknown to those that need them."""

import os
from collections.abc import Iterable

PENDING = "HUBSPOKE_PENDING_STACKS"


def pending_stacks() -> frozenset[str]:
    """The stacks that the environment names as pending."""
    return frozenset(filter(None, os.environ.get(PENDING, "").split(",")))


def as_environment(stacks: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The environment that says so to a program."""
    return ((PENDING, ",".join(sorted(stacks))),)
