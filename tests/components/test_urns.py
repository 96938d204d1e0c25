"""The URNs of the example's stacks are frozen: a changed one is a resource replaced in every network there is."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import World


@pytest.mark.parametrize("stack", ["network", "dev-apps", "prod-apps", "shared-services"])
def test_the_urns_are_those_kept(deployed: "World", stack: str, golden: Callable[[str, str], None]) -> None:
    golden(f"urns/{stack}.txt", "".join(f"{urn}\n" for urn in sorted(deployed.resources(stack))))
