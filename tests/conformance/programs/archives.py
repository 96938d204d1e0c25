"""Archives. (Only as outputs: the suite's provider, as all of hubspoke's, takes none.)"""

import pulumi
from pulumi import AssetArchive, StringAsset

from tests.conformance.resources import Thing
from tests.conformance.steps import up

REFUSED = "archives"


def program(stage: int) -> None:
    Thing("thing")
    pulumi.export("archive", AssetArchive({"a/b": StringAsset(f"text {stage}"), "c": StringAsset("y")}))


STEPS = [up(1), up(2)]
