"""The table of changes beside the simulated clouds: what one calls a replacement is one to the other.

Azure's provider is left out: it says "update" of what its cloud does not change, which is why the table is there.
"""

from fnmatch import fnmatchcase

import pytest
from hubspoke.local.clouds.aws import Aws
from hubspoke.local.clouds.cloudflare import Cloudflare
from hubspoke.local.clouds.gcp import Gcp
from hubspoke.plan.changes import RULES, Effect

REPLACED = {
    table.type: {each.property for each in table.immutable} | ({"region"} if table.regional else set())
    for cloud in (Aws, Cloudflare, Gcp)
    for table in cloud().load_tables()
}
TYPES = sorted({rule.type for rule in RULES} & set(REPLACED))


def about(kind: str, name: str) -> set[Effect]:
    """What the table says of changes to a property, or to a part of it."""
    fitting = (
        rule for rule in RULES
        if rule.type == kind and (fnmatchcase(name, rule.path) or rule.path.startswith(f"{name}."))
    )  # fmt: skip
    return {rule.effect for rule in fitting}


@pytest.mark.parametrize("kind", TYPES)
def test_what_a_provider_replaces_is_in_the_table(kind: str) -> None:
    missing = [
        name for name in sorted(REPLACED[kind] - {"region"})
        if not about(kind, name) & {Effect.REPLACES, Effect.REFUSED}
    ]  # fmt: skip
    assert missing == []


@pytest.mark.parametrize("kind", TYPES)
def test_what_the_table_calls_a_replacement_is_one_to_the_provider(kind: str) -> None:
    paths = [rule.path.split(".")[0] for rule in RULES if rule.type == kind and rule.effect is Effect.REPLACES]
    assert [path for path in paths if not any(fnmatchcase(name, path) for name in REPLACED[kind])] == []
