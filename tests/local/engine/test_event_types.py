"""The engine's events are those of Pulumi's Automation API: a difference in a new version of the SDK shows here."""

import inspect
import pickle
from enum import Enum
from typing import Any

import pytest
from hubspoke.local.clouds.protocol import DiffKind
from hubspoke.local.engine import event_types as own
from pulumi.automation import events as sdk

ENUMS = [own.OpType, DiffKind]
OWN = [each for each in vars(own).values() if isinstance(each, type) and each.__module__ == own.__name__]
EVENTS = [each for each in OWN if each not in ENUMS]


def _parameters(cls: type) -> list[tuple[str, Any]]:
    return [(name, each.default) for name, each in inspect.signature(cls).parameters.items()]


@pytest.mark.parametrize("cls", EVENTS, ids=lambda cls: cls.__name__)
def test_an_event_is_made_of_what_the_sdks_is_made_of(cls: type) -> None:
    theirs = getattr(sdk, cls.__name__)
    assert _parameters(cls) == _parameters(theirs)
    given = {name: object() for name, _ in _parameters(theirs)}
    made = cls(**given)
    assert {name: getattr(made, name) for name in vars(theirs(**given))} == given
    assert made, "true, as the SDK's is: who takes events asks which of them is there"


@pytest.mark.parametrize("cls", ENUMS, ids=lambda cls: cls.__name__)
def test_the_words_are_the_sdks(cls: type[Enum]) -> None:
    theirs = getattr(sdk, cls.__name__)
    assert {each.name: each.value for each in cls} == {each.name: each.value for each in theirs}
    assert list(cls) == list(theirs), "equal, as both are text"


def test_an_event_is_the_same_in_another_process() -> None:
    difference = {"tags.Name": own.PropertyDiff(DiffKind.UPDATE, False)}
    metadata = own.StepEventMetadata(own.OpType.UPDATE, "urn", "type", "provider", detailed_diff=difference)
    events = [
        own.EngineEvent(0, 1, cancel_event=own.CancelEvent()),
        own.EngineEvent(1, 1, res_outputs_event=own.ResOutputsEvent(metadata, False)),
    ]
    assert pickle.loads(pickle.dumps(events)) == events
