"""What went half through and is to be replaced for that."""

from pulumi import ResourceOptions

from tests.conformance.resources import Thing
from tests.conformance.steps import destroy, preview, up


def program(stage: int) -> None:
    Thing("half", ResourceOptions(replace_on_changes=["#initerror"]), size=stage)


STEPS = [up(1, faults={"create half": "partial: not ready"}), preview(1), up(1), destroy()]
