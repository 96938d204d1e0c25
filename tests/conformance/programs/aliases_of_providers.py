"""A renamed provider is the same one: what it manages is left alone."""

from pulumi import Alias, ResourceOptions

from tests.conformance.resources import Provider, Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    if stage == 1:
        provider = Provider("old", account="one")
    else:
        provider = Provider("new", ResourceOptions(aliases=[Alias(name="old")]), account="one")
    Thing("a", ResourceOptions(provider=provider), label=f"l{stage}" if stage == 3 else "l")


STEPS = [up(1), preview(2), up(2, expect_no_changes=True), up(3)]
