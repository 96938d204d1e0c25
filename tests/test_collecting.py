"""The search for cycles of garbage rests while a network is worked out, and what it made counts as old then."""

import gc
from collections.abc import Iterator

import pytest
from hubspoke.collecting import uncollected

MANY = gc.get_threshold()[0] * 2


class Thing:
    """What the collector looks through."""


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """On, with nothing young and nothing frozen, as it is in a process that has done nothing of late."""
    gc.unfreeze()
    gc.enable()
    gc.collect()
    yield
    gc.unfreeze()
    gc.enable()


def in_generation(number: int) -> int:
    return sum(isinstance(each, Thing) for each in gc.get_objects(generation=number))


def test_it_rests_meanwhile_and_goes_on_after() -> None:
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_where_the_work_fails() -> None:
    with pytest.raises(KeyError), uncollected():
        raise KeyError
    assert gc.isenabled()


def test_where_it_was_off_it_stays_so() -> None:
    gc.disable()
    with uncollected(), uncollected():
        pass
    assert not gc.isenabled()


@pytest.mark.parametrize(("made", "old"), [(MANY * 2, MANY * 2), (MANY // 4, 0)])
def test_what_was_made_is_old_where_it_would_be_searched_at_once(made: int, old: int) -> None:
    with uncollected():
        kept = [Thing() for _ in range(made)]
        assert in_generation(0) == made
    assert in_generation(2) == old
    assert gc.get_freeze_count() == 0
    assert len(kept) == made


def test_what_is_garbage_soon_stays_young() -> None:
    with uncollected(kept=False):
        made = [Thing() for _ in range(MANY * 2)]
    assert in_generation(2) == 0
    assert len(made) == MANY * 2


def test_what_is_frozen_for_forks_stays_frozen() -> None:
    gc.freeze()
    frozen = gc.get_freeze_count()
    with uncollected():
        kept = [Thing() for _ in range(MANY * 2)]
    assert gc.get_freeze_count() == frozen
    assert in_generation(2) == 0
    assert len(kept) == MANY * 2
