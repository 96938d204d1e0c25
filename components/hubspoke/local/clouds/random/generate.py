"""How each random resource makes its value, and what it refuses.

Sources: terraform-provider-random, internal/provider/resource_*.go and internal/random, read 2026-08.
"""

import base64
import functools
import secrets
import string
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random, SystemRandom
from typing import Any

import bcrypt

from ..protocol import Properties
from .words import ADJECTIVES, ADVERBS, NAMES

Made = tuple[str, Properties]
_RANDOM = SystemRandom()
_BCRYPT_COST, _BCRYPT_BYTES = 10, 72  # golang.org/x/crypto/bcrypt: DefaultCost; generateHash of resource_password.go
_SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
_CLASSES = (("lower", "minLower", string.ascii_lowercase), ("upper", "minUpper", string.ascii_uppercase),
            ("numeric", "minNumeric", string.digits), ("special", "minSpecial", _SPECIAL))  # fmt: skip


@dataclass(frozen=True)
class Limit:
    """What the provider refuses. `problem` says what is wrong with inputs, or None."""

    says: str
    problem: Callable[[Properties], str | None]


@dataclass(frozen=True)
class Generator:
    """One type. `make` gives an id and outputs; `adopt` the inputs and outputs that an id tells, if it does."""

    make: Callable[[Properties], Made]
    source: str  # file of the provider
    defaults: Properties = field(default_factory=dict)
    limits: tuple[Limit, ...] = ()
    adopt: Callable[[str], tuple[Properties, Properties]] | None = None

    def problems(self, inputs: Properties) -> list[str]:
        """What is wrong with inputs; the unknown is not wrong."""
        return [found for limit in self.limits if (found := limit.problem(inputs))]


def _alphabet(inputs: Properties, switch: str, characters: str) -> str:
    if switch == "special" and inputs.get("overrideSpecial"):
        return str(inputs["overrideSpecial"])
    return characters


def random_text(inputs: Properties) -> str:
    """Characters of the classes that are switched on, with at least as many of each as is asked for."""
    allowed, picked = "", []
    for switch, least, characters in _CLASSES:
        alphabet = _alphabet(inputs, switch, characters)
        picked += [secrets.choice(alphabet) for _ in range(int(inputs.get(least) or 0))]
        allowed += alphabet if _on(inputs, switch) else ""
    picked += [secrets.choice(allowed) for _ in range(int(inputs["length"]) - len(picked))]
    _RANDOM.shuffle(picked)
    return "".join(picked)


def _on(inputs: Properties, switch: str) -> bool:
    if switch == "numeric" and inputs.get("number") is False:
        return False
    return bool(inputs.get(switch, True))


def _too_short(inputs: Properties) -> str | None:
    length, least = inputs.get("length"), [inputs.get(m) or 0 for _, m, _ in _CLASSES]
    if not isinstance(length, int) or not all(isinstance(n, int) for n in least) or sum(least) <= length:
        return None
    return f"length must be at least {sum(least)}, the sum of minLower, minUpper, minNumeric and minSpecial"


def _all_off(inputs: Properties) -> str | None:
    on = any(_on(inputs, switch) for switch, _, _ in _CLASSES)
    return None if on else "at least one of lower, upper, numeric and special must be on"


def _password(inputs: Properties) -> Made:
    text = random_text(inputs)
    return "none", {"result": text, "bcryptHash": bcrypt_hash(text)}


def bcrypt_hash(text: str) -> str:
    """Of the first 72 bytes, which are all that bcrypt takes, at Go's default cost."""
    return bcrypt.hashpw(text.encode()[:_BCRYPT_BYTES], bcrypt.gensalt(_BCRYPT_COST, prefix=b"2a")).decode()


def _string(inputs: Properties) -> Made:
    text = random_text(inputs)
    return text, {"result": text}


def _id(inputs: Properties) -> Made:
    return _encodings(secrets.token_bytes(int(inputs["byteLength"])), str(inputs.get("prefix") or ""))


def _encodings(raw: bytes, prefix: str) -> Made:
    url = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return url, {
        "b64Url": prefix + url, "b64Std": prefix + base64.b64encode(raw).decode(), "hex": prefix + raw.hex(),
        "dec": prefix + str(int.from_bytes(raw, "big")),
    }  # fmt: skip


def _adopt_id(id_: str) -> tuple[Properties, Properties]:
    prefix, _, url = id_.rpartition(",")
    raw = base64.urlsafe_b64decode(url + "=" * (-len(url) % 4))
    return {"byteLength": len(raw), **({"prefix": prefix} if prefix else {})}, _encodings(raw, prefix)[1]


def _bytes(inputs: Properties) -> Made:
    raw = secrets.token_bytes(int(inputs["length"]))
    return "none", {"base64": base64.b64encode(raw).decode(), "hex": raw.hex()}


def _seeded(inputs: Properties) -> Random:
    return Random(str(inputs["seed"])) if inputs.get("seed") else _RANDOM


def _integer(inputs: Properties) -> Made:
    number = _seeded(inputs).randint(int(inputs["min"]), int(inputs["max"]))
    return str(number), {"result": number}


def _empty_range(inputs: Properties) -> str | None:
    low, high = inputs.get("min"), inputs.get("max")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        return f"the minimum ({low}) must be at most the maximum ({high})"
    return None


def _pet(inputs: Properties) -> Made:
    count = int(inputs["length"])
    words = [secrets.choice(ADVERBS) for _ in range(count - 2)]
    words += [secrets.choice(ADJECTIVES)] if count > 1 else []
    words += [secrets.choice(NAMES)] if count else []
    text = str(inputs["separator"]).join([*([str(inputs["prefix"])] if inputs.get("prefix") else []), *words])
    return text, {}


def _shuffle(inputs: Properties) -> Made:
    source, chooser = list(inputs["inputs"]), _seeded(inputs)
    wanted = int(inputs.get("resultCount") or len(source))
    results: list[Any] = []
    while source and len(results) < wanted:
        results += chooser.sample(source, len(source))
    return "-", {"results": results[:wanted]}


def _uuid4(_: Properties) -> Made:
    text = str(uuid.uuid4())
    return text, {"result": text}


def _uuid7(_: Properties) -> Made:
    """RFC 9562: 48 bits of milliseconds, then randomness."""
    value = (int(time.time() * 1000) << 80) | secrets.randbits(80)
    value = value & ~(0xF << 76) & ~(0x3 << 62) | (7 << 76) | (2 << 62)
    text = str(uuid.UUID(int=value))
    return text, {"result": text}


def _result_is_id(id_: str) -> tuple[Properties, Properties]:
    return {}, {"result": id_}


def _at_least(name: str, least: int) -> Limit:
    def problem(inputs: Properties) -> str | None:
        value = inputs.get(name)
        return f"{name} must be at least {least}" if isinstance(value, int) and value < least else None

    return Limit(f"{name} is at least {least}", problem)


_TEXT = {"lower": True, "upper": True, "numeric": True, "number": True, "special": True,
         "minLower": 0, "minUpper": 0, "minNumeric": 0, "minSpecial": 0}  # fmt: skip


_TEXT_LIMITS = (
    _at_least("length", 1),
    Limit("length is at least the sum of minLower, minUpper, minNumeric and minSpecial", _too_short),
    Limit("one of lower, upper, numeric and special is on", _all_off),
)


@functools.cache
def generators() -> Mapping[str, Generator]:
    """The simulated types, by token."""
    made = {
        "RandomPassword": Generator(_password, "resource_password.go", _TEXT, _TEXT_LIMITS),
        "RandomString": Generator(_string, "resource_string.go", _TEXT, _TEXT_LIMITS),
        "RandomId": Generator(_id, "resource_id.go", {}, (_at_least("byteLength", 1),), _adopt_id),
        "RandomBytes": Generator(_bytes, "resource_bytes.go", {}, (_at_least("length", 1),)),
        "RandomInteger": Generator(_integer, "resource_integer.go", {}, (Limit("min is at most max", _empty_range),)),
        "RandomPet": Generator(_pet, "resource_pet.go", {"length": 2, "separator": "-"}, (_at_least("length", 1),)),
        "RandomShuffle": Generator(_shuffle, "resource_shuffle.go"),
        "RandomUuid": Generator(_uuid4, "resource_uuid.go", adopt=_result_is_id),
        "RandomUuid4": Generator(_uuid4, "resource_uuid4.go", adopt=_result_is_id),
        "RandomUuid7": Generator(_uuid7, "resource_uuid7.go", adopt=_result_is_id),
    }
    return {f"random:index/{name[0].lower()}{name[1:]}:{name}": generator for name, generator in made.items()}
