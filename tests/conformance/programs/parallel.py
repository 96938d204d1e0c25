"""Many at once, slow ones among them: independent ones overlap, dependent ones wait."""

from tests.conformance.resources import Thing
from tests.conformance.steps import destroy, up


def program(stage: int) -> None:
    bases = [Thing(f"base-{i}", size=i) for i in range(4)]
    for base, name in zip(bases, "abcd", strict=True):
        Thing(f"user-{name}", label=base.token, fixed=stage)
    Thing("all", labels=[base.token for base in bases])


SLOW = {f"create base-{i}": "slow" for i in (0, 2)} | {"delete user-a-1": "slow"}
STEPS = [up(1, faults=SLOW), up(2, faults=SLOW), up(2, parallel=1), destroy(faults=SLOW)]
