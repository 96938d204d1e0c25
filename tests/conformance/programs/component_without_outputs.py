"""A component that never registers its outputs, and one whose outputs are all unknown in a preview."""

import pulumi

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    silent = Group("silent")
    leaf = Thing("leaf", pulumi.ResourceOptions(parent=silent), size=stage)
    with Group("speaking") as speaking:
        speaking.outputs = {"token": leaf.token, "revision": leaf.revision, "secret": pulumi.Output.secret("s")}
    pulumi.export("silent", silent.urn)


STEPS = [preview(1), up(1), preview(2), up(2), up(2, expect_no_changes=True)]
