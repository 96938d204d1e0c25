"""A refresh in which a provider refuses to answer for one resource."""

from tests.conformance.resources import Thing
from tests.conformance.steps import refresh, up


def program(_: int) -> None:
    first = Thing("first", label="l")
    second = Thing("second", label=first.token)
    Thing("third", label=second.token)


STEPS = [
    up(1),
    refresh(edit={"first-1": {"label": "theirs"}}, faults={"read second-1": "denied"}, parallel=1),
    refresh(),
]
