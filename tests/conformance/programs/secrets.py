"""Secrets: in inputs, nested, in outputs that repeat them, asked for, and in all that depends on them."""

import pulumi
from pulumi import Output, ResourceOptions

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import destroy, preview, up


def program(stage: int) -> None:
    secret = Output.secret(f"s{stage}")
    source = Thing("source", label=secret, tags={"open": "o", "closed": secret}, items=["x", secret])
    Thing("reader", label=source.label, size=1)
    joined = Output.concat("with ", source.label, " and ", source.token)
    Thing("joined", label=joined, plain=source.token)
    opened = Output.unsecret(source.label)
    Thing("opened", label=opened)
    asked = Thing("asked", ResourceOptions(additional_secret_outputs=["token", "revision", "missing"]), size=stage)
    Thing("after", label=asked.token, other=asked.account)
    with Group("group", hidden=secret) as group:
        group.outputs = {"inner": {"secret": secret, "open": 1}}
    pulumi.export("label", source.label)
    pulumi.export("tokens", [source.token, asked.token])


STEPS = [preview(1), up(1), up(1, expect_no_changes=True), preview(2), up(2), destroy()]
