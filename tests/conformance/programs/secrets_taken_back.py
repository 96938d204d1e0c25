"""A value that becomes secret, and one that is none any more."""

from pulumi import Output, ResourceOptions

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, refresh, up


def program(stage: int) -> None:
    Thing("becomes", label="v" if stage == 1 else Output.secret("v"))
    Thing("was", label=Output.secret("v") if stage == 1 else "v")
    Thing("asked", ResourceOptions(additional_secret_outputs=["token"] if stage == 1 else []))


STEPS = [up(1), preview(2), up(2), refresh(edit={"becomes-1": {"label": "drifted"}}), up(2)]
