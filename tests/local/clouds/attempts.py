"""Attempts at what a cloud refuses, as functions of a world."""

from collections.abc import Callable
from typing import Any

import pytest
from hubspoke.local.clouds.protocol import CloudError

from tests.local.clouds.fact_bench import World

Attempt = Callable[[World], object]


def refusal(code: str) -> Any:
    """Expects the cloud to refuse with this error code."""
    return pytest.raises(CloudError, match=f"^{code}:")


def creating(type_: str, account: str = "hub", **given: Any) -> Attempt:
    """Creates a thing in an account of the world."""

    def attempt(world: World) -> object:
        inputs = {name: _resolved(world, value) for name, value in given.items()}
        return getattr(world, account).create(type_, **inputs)

    return attempt


class Id(str):
    """The label of a thing whose id is meant."""


def _resolved(world: World, value: Any) -> Any:
    if isinstance(value, Id):
        return world.id(value)
    if isinstance(value, dict):
        return {name: _resolved(world, each) for name, each in value.items()}
    return [_resolved(world, each) for each in value] if isinstance(value, list) else value


def updating(label: str, **changes: Any) -> Attempt:
    def attempt(world: World) -> object:
        made = world.things[label]
        return world.account(made).update(made, **changes)

    return attempt


def first(*attempts: Attempt) -> Attempt:
    """Several one after the other; the last is the one that is refused."""
    return lambda world: [attempt(world) for attempt in attempts][-1]
