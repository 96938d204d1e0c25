"""A provider whose configuration is refused: nothing that it would manage is made."""

import pulumi

from tests.conformance.resources import Provider, Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    bad = Provider("bad", account="none" if stage == 1 else "some")
    Thing("managed", pulumi.ResourceOptions(provider=bad))


STEPS = [preview(1), up(1), up(2), preview(1)]
