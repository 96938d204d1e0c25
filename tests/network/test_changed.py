"""A network that is another but for some parts is made, and compared, without a look at all the others."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from hubspoke.network.alike import in_words_of
from hubspoke.network.changed import Changed, Over, from_base, unchanged
from hubspoke.network.intended.context import Made
from hubspoke.network.model import Keyed, Link, Network, Table
from hypothesis import given
from hypothesis import strategies as st

from tests.network.test_intended import example, network

KEYS = ("a", "b", "c", "d")
SPOKES = next(account for account in example().accounts if len(account.spokes) > 1)


def table(key: str, origin: str = "plan: hub use1") -> Table:
    return Table(key, "router", "aws tgw", (), origin)


tables = st.dictionaries(st.sampled_from(KEYS), st.sampled_from([table("x"), table("y"), table("z")]))


@given(tables, st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from([None, table("x"), table("new")]))))
def test_parts_over_others_are_what_a_dictionary_would_be(
    base: dict[str, Table], changes: list[tuple[str, Table | None]]
) -> None:
    """But for the order, which is the base's where a part comes back that was gone."""
    before, there, over = dict(base), dict(base), Over(base)
    for key, part in changes:
        for mapping in (there, over):
            if part is not None:
                mapping[key] = part
            elif key in mapping:
                del mapping[key]
    assert (dict(over), len(over), base) == (there, len(there), before)
    assert [key for key in over if key in base] == [key for key in base if key in there]
    assert dict(over.differs()) == there


@given(st.permutations(network().tables), st.sets(st.integers(0, len(network().links) - 1)))
def test_any_network_is_its_own_base_with_changes(rows: list[Table], gone: set[int]) -> None:
    links = tuple(link for at, link in enumerate(network().links) if at not in gone)
    other = replace(network(), tables=tuple(rows), links=links)
    assert from_base(network(), other).network == replace(network(), links=links)


def test_a_network_with_no_change_is_the_very_same() -> None:
    assert unchanged(network()).network is network()
    assert from_base(network(), replace(network())).network is network()


def test_a_table_that_is_a_shell_is_a_change_from_the_start() -> None:
    there = Network(tables=(table("full"), table("shell", origin="")))
    assert unchanged(there).tables.other == {"shell": table("shell", origin="")}


class Watched(Mapping[str, Any]):
    """An index that must not be gone through."""

    def __init__(self, parts: Mapping[str, Any]) -> None:
        self._parts = parts

    def __getitem__(self, key: str) -> Any:
        return self._parts[key]

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("all parts are gone through")

    def __len__(self) -> int:
        return len(self._parts)


def test_what_one_stack_makes_is_compared_without_going_through_what_others_do() -> None:
    """The stack makes its links by resources of its own, and all else as planned."""
    made = Made(example(), network())
    with patch("hubspoke.network.intended.context.Over", lambda base, other: Over(Watched(base), other)):
        left = made.without([SPOKES.key])
    links: dict[str, Link | None] = {
        key: replace(network().link[key], origin="urn:link") for key in left.links.other
    }  # fmt: skip
    assert links
    there = Changed(
        left.base, _as_planned(left.tables), Over(left.links.base, links), _as_planned(left.endpoints),
        _as_planned(left.filters), _as_planned(left.sessions), left.findings, left.quota,
    )  # fmt: skip
    assert in_words_of(network(), there) is network()


def _as_planned(parts: Over[Keyed]) -> Over[Keyed]:
    return Over(parts.base, {key: parts.base[key] for key in parts.other})
