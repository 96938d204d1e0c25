"""Configuration: plain, objects and secrets, and what is made from them."""

import pulumi

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    config = pulumi.Config()
    Thing("plain", label=config.require("plain"), size=config.require_int("number"))
    Thing("secret", label=config.require_secret("secret"))
    secret = config.require_secret("secret")
    pulumi.export("length", secret.apply(len))
    pulumi.export("object", config.get_object("object"))
    pulumi.export("default", config.get("missing", "default"))
    if stage == 2:
        config.require("missing")


STEPS = [
    preview(1, config={"plain": "p", "number": "5", "object": '{"a": [1, null]}'}, secret_config={"secret": "hidden"}),
    up(1), up(1, expect_no_changes=True), up(1, secret_config={"secret": "other"}), preview(2), up(2),
]  # fmt: skip
