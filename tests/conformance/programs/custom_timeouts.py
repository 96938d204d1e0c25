"""Timeouts that the program gives, as they reach the provider and as they are recorded."""

from pulumi import CustomTimeouts, ResourceOptions

from tests.conformance.resources import Thing
from tests.conformance.steps import destroy, up


def program(stage: int) -> None:
    timeouts = CustomTimeouts(create="1h30m", update="90s", delete="1.5s") if stage < 3 else CustomTimeouts(update="2m")
    Thing("timed", ResourceOptions(custom_timeouts=timeouts), type_="Timed", size=stage)
    Thing("default", type_="Timed", size=stage)


STEPS = [up(1), up(2), up(3), destroy()]
