"""Resource names: `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>`, and references to providers."""

from functools import lru_cache

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"


@lru_cache(maxsize=65536)
def parts(urn: str) -> tuple[str, str, str, str]:
    """Stack, project, qualified type and name. The name may itself contain "::"."""
    if not urn.startswith("urn:pulumi:") or urn.count("::") < 3:
        raise ValueError(f"invalid URN {urn!r}")
    stack, project, qualified, name = urn[len("urn:pulumi:") :].split("::", 3)
    return stack, project, qualified, name


def qualified_type(urn: str) -> str:
    return parts(urn)[2]


def type_of(urn: str) -> str:
    return qualified_type(urn).rsplit("$", 1)[-1]


def name_of(urn: str) -> str:
    return parts(urn)[3]


def make(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """The URN of a resource; `parent` is a URN or "". The stack is never part of the qualified type."""
    prefix = qualified_type(parent) if parent else ""
    qualified = type_ if prefix in ("", STACK_TYPE) else f"{prefix}${type_}"
    return f"urn:pulumi:{stack}::{project}::{qualified}::{name}"


def stack_urn(stack: str, project: str) -> str:
    return make(stack, project, "", STACK_TYPE, f"{project}-{stack}")


def is_provider_type(type_: str) -> bool:
    return type_.startswith(PROVIDER_PREFIX)


def provider_package(type_: str) -> str:
    return type_.removeprefix(PROVIDER_PREFIX)


def is_default_provider(urn: str) -> bool:
    return is_provider_type(type_of(urn)) and name_of(urn).startswith("default")


def provider_ref(urn: str, id_: str) -> str:
    return f"{urn}::{id_}"


def split_ref(ref: str) -> tuple[str, str]:
    """The URN and id of a provider reference."""
    urn, separator, id_ = ref.rpartition("::")
    if not separator or not id_:
        raise ValueError(f"expected a provider reference <urn>::<id>, got {ref!r}")
    return urn, id_


def package_of(type_: str) -> str:
    return type_.split(":", 1)[0]
