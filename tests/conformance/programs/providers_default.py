"""Default providers: one per version, configured by the stack, changed with its configuration."""

import pulumi

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    Thing("plain", pulumi.ResourceOptions(version="1.0.0" if stage < 3 else "1.0.1-beta.2"))
    if stage < 3:
        Thing("versioned", pulumi.ResourceOptions(version="1.0.0"))
    if stage > 1:
        Thing("newer", pulumi.ResourceOptions(version="1.0.1-beta.2"))


STEPS = [
    up(1, config={"conformance:note": "n"}),
    up(2, config={"conformance:note": "m"}),
    preview(2, config={"conformance:account": "a"}),
    up(2),
    up(3, secret_config={"conformance:note": "secret"}),
]
