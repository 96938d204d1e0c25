"""The random package: values are really random and as the inputs ask for."""

import base64
import string
import uuid
from collections import Counter
from typing import Any

import bcrypt
import pytest
from hubspoke.local.clouds.protocol import CloudError, DiffResult
from hubspoke.local.clouds.testing import CloudAccount
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.rpc import UNKNOWN


def token(name: str) -> str:
    return f"random:index/{name[0].lower()}{name[1:]}:{name}"


PASSWORD, STRING, PET = token("RandomPassword"), token("RandomString"), token("RandomPet")


def test_a_password_is_as_long_as_asked_and_new_each_time(random: CloudAccount) -> None:
    made = [random.create(PASSWORD, length=40, special=False).outputs["result"] for _ in range(20)]
    assert len(set(made)) == 20
    assert {len(text) for text in made} == {40}
    assert set("".join(made)) <= set(string.ascii_letters + string.digits)


@pytest.mark.parametrize("length", [20, 72, 100])
def test_a_password_has_its_bcrypt_hash(random: CloudAccount, length: int) -> None:
    made = random.create(PASSWORD, length=length).outputs
    hash_ = made["bcryptHash"].encode()
    assert hash_.startswith(b"$2a$10$")
    assert bcrypt.checkpw(made["result"].encode()[:72], hash_)
    assert not bcrypt.checkpw(made["result"].encode()[1:72], hash_)


@given(
    least=st.fixed_dictionaries({n: st.integers(0, 5) for n in ("minLower", "minUpper", "minNumeric", "minSpecial")}),
    more=st.integers(1, 20),
)
def test_a_text_has_what_is_asked_for(least: dict[str, int], more: int) -> None:
    from hubspoke.local.clouds.random.generate import random_text

    length = sum(least.values()) + more
    text = random_text({"length": length, "overrideSpecial": "._", **least})
    kinds = Counter(
        "minLower" if c.islower() else "minUpper" if c.isupper() else "minNumeric" if c.isdigit() else "minSpecial"
        for c in text
    )
    assert len(text) == length
    assert all(kinds[name] >= count for name, count in least.items())
    assert {c for c in text if not c.isalnum()} <= {".", "_"}


def test_texts_that_cannot_be_made_are_refused(random: CloudAccount) -> None:
    assert random.failures(STRING, length=4, minUpper=2, minLower=2) == []
    assert "at least 5" in random.failures(STRING, length=4, minUpper=3, minLower=2)[0]
    off = {"lower": False, "upper": False, "numeric": False, "special": False}
    assert "must be on" in random.failures(STRING, length=4, **off)[0]
    assert "at least 1" in random.failures(STRING, length=0)[0]


def test_keepers_make_a_new_value_and_defaults_do_not(random: CloudAccount) -> None:
    made = random.create(PASSWORD, length=20, keepers={"epoch": "1"})
    assert random.diff(made, length=20, keepers={"epoch": "2"}).replaces == ("keepers",)
    assert random.diff(made, length=21, keepers={"epoch": "1"}).replaces == ("length",)
    assert random.diff(made, length=20, keepers={"epoch": "1"}, special=True) == DiffResult()


def test_a_preview_makes_no_value(random: CloudAccount) -> None:
    planned = random.provider.create("u", PASSWORD, {"length": 20}, preview=True, timeout=0.0)
    assert (planned.outputs["result"], planned.outputs["length"]) == (UNKNOWN, 20)


def test_the_state_is_the_record(random: CloudAccount) -> None:
    made = random.create(STRING, length=12)
    assert made.id == made.outputs["result"]
    assert random.seen(made).outputs == made.outputs
    random.delete(made)


def test_ids_and_bytes_say_one_thing_in_all_encodings(random: CloudAccount) -> None:
    made = random.create(token("RandomId"), byteLength=8, prefix="wan-").outputs
    raw = bytes.fromhex(made["hex"].removeprefix("wan-"))
    assert len(raw) == 8
    assert made["b64Std"] == "wan-" + base64.b64encode(raw).decode()
    assert made["dec"] == f"wan-{int.from_bytes(raw, 'big')}"
    more = random.create(token("RandomBytes"), length=5).outputs
    assert base64.b64decode(more["base64"]).hex() == more["hex"]


def test_an_id_can_be_imported(random: CloudAccount) -> None:
    made = random.create(token("RandomId"), byteLength=8)
    state = random.provider.read("u", made.type, made.id, None, None)
    assert state is not None
    assert (state.inputs, state.outputs) == ({"byteLength": 8}, made.outputs)
    with pytest.raises(CloudError, match="cannot be read from its id"):
        random.provider.read("u", PASSWORD, "none", None, None)


def test_integers_lie_in_their_range(random: CloudAccount) -> None:
    made = {random.create(token("RandomInteger"), min=3, max=5).outputs["result"] for _ in range(60)}
    assert made == {3, 4, 5}
    assert "must be at most" in random.failures(token("RandomInteger"), min=5, max=3)[0]


def test_pets_have_words(random: CloudAccount) -> None:
    made = random.create(PET, length=3, prefix="wan", separator=".")
    assert len(made.id.split(".")) == 4
    assert made.id.startswith("wan.")
    assert len(random.create(PET).id.split("-")) == 2


def test_shuffles_are_permutations_and_repeat_if_need_be(random: CloudAccount) -> None:
    items = ["a", "b", "c"]
    assert sorted(random.create(token("RandomShuffle"), inputs=items).outputs["results"]) == items
    seven = random.create(token("RandomShuffle"), inputs=items, resultCount=7).outputs["results"]
    assert len(seven) == 7
    assert sorted(seven[:3]) == sorted(seven[3:6]) == items
    same = [random.create(token("RandomShuffle"), inputs=items, seed="s").outputs["results"] for _ in range(2)]
    assert same[0] == same[1]


@pytest.mark.parametrize(("name", "version"), [("RandomUuid", 4), ("RandomUuid4", 4), ("RandomUuid7", 7)])
def test_uuids(random: CloudAccount, name: str, version: int) -> None:
    made = [random.create(token(name)).outputs["result"] for _ in range(5)]
    assert len(set(made)) == 5
    assert {uuid.UUID(text).version for text in made} == {version}
    assert {uuid.UUID(text).variant for text in made} == {uuid.RFC_4122}


def test_what_is_not_there_is_refused(random: CloudAccount) -> None:
    result: Any = random.check("random:index/randomDice:RandomDice")
    assert "has no resource type" in result.failures[0].reason
    with pytest.raises(CloudError, match="no functions"):
        random.provider.invoke("random:index/get:get", {})
