"""Pulumi's checkpoint: the document that holds a stack's last deployment."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from hubspoke.local.engine import urns
from hubspoke.local.engine.errors import EngineError, StateDamaged, Unsupported
from hubspoke.local.engine.forms import compact
from hubspoke.local.engine.secrets import Crypter
from hubspoke.local.engine.state import FEATURES, State, now, state_from_json, state_to_json
from hubspoke.local.engine.values import Cipher, Properties

# The newest schema: 3, or 4 where a feature that older engines lack is in use.
_BASE, _WITH_FEATURES = 3, 4
_FENCE = "hubspoke-journal"  # how the feature begins that no other engine has
Unlock = Callable[[str], Crypter]


class _NoCipher:
    """Of a stack without a secrets provider, which can have no secrets."""

    salt = ""

    def encrypt(self, _: str) -> str:
        raise StateDamaged("the stack has secrets but no secrets provider; initialise it with a passphrase")

    decrypt = encrypt


NO_CIPHER: Cipher = _NoCipher()


@dataclass(eq=False)
class Operation:
    """Something that was begun and is not known to have ended."""

    state: State
    type: str  # creating, updating, deleting, reading, importing


@dataclass
class Deployment:
    """A stack's resources, in an order in which each comes after all it depends on."""

    resources: list[State] = field(default_factory=list)
    pending: list[Operation] = field(default_factory=list)
    crypter: Crypter | None = None


def engine_version() -> str:
    return f"v{version('pulumi')}"


def deployment_to_json(deployment: Deployment) -> tuple[Properties, list[str]]:
    """The deployment, and the features that it needs of a reader."""
    cipher = deployment.crypter or NO_CIPHER
    found: Properties = {"manifest": _manifest()}
    if deployment.crypter:
        found["secrets_providers"] = {"type": "passphrase", "state": {"salt": deployment.crypter.salt}}
    if deployment.resources:
        found["resources"] = [state_to_json(state, cipher) for state in deployment.resources]
    if deployment.pending:
        found["pending_operations"] = [
            {"resource": state_to_json(each.state, cipher), "type": each.type} for each in deployment.pending
        ]
    found["metadata"] = {}
    return found, _features(deployment.resources)


def _manifest() -> Properties:
    name = engine_version()
    return {"time": now(), "magic": hashlib.sha256(name.encode()).hexdigest(), "version": name}


def _features(resources: Iterable[State]) -> list[str]:
    return sorted({name for state in resources for attribute, name in FEATURES.items() if getattr(state, attribute)})


def versioned(body_name: str, body: Any, features: Sequence[str]) -> Properties:
    """`{"version": ..., <body_name>: ...}`, as checkpoints and exports are wrapped."""
    if features:
        return {"version": _WITH_FEATURES, "features": list(features), body_name: body}
    return {"version": _BASE, body_name: body}


def checkpoint_text(stack: str, deployment: Deployment) -> str:
    body, features = deployment_to_json(deployment)
    return compact(versioned("checkpoint", {"stack": stack, "latest": body}, features))


def fenced(text: bytes, stack: str) -> bytes:
    """The checkpoint as it is while a journal goes with it. Of a feature that it does not have the Pulumi CLI says the
    name and does nothing: so it neither misses what only the journal has, nor makes it again."""
    document = json.loads(text)
    name = f"{_FENCE} of {stack}: a run of it goes on, or was killed; then run `hubspoke recover --stack {stack}`"
    return compact(versioned("checkpoint", document["checkpoint"], [*_features_of(document), name])).encode()


def is_fenced(text: bytes) -> bool:
    """Whether the checkpoint is only whole with its journal. Features stand before all else, as `fenced` writes it."""
    return _FENCE.encode() in text.partition(b'"checkpoint"')[0]


def _features_of(document: Properties) -> list[str]:
    return [each for each in document.get("features") or () if not each.startswith(_FENCE)]


def parse_checkpoint(text: bytes, path: str) -> Properties:
    """The latest deployment's JSON, {} where there was none. Raises `StateDamaged` naming `path`."""
    try:
        document = json.loads(text)
        check_version(document)
        latest = document["checkpoint"].get("latest") or {}
        _check_resources(latest.get("resources") or ())
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise StateDamaged(
            f"{path} is no checkpoint ({problem}); the one before it is in {path}.bak, and older ones are in "
            ".pulumi/backups"
        ) from problem
    return dict(latest)


_OF_EVERY_RESOURCE = {"urn": str, "type": str, "custom": bool}


def _check_resources(resources: Iterable[Any]) -> None:
    """Raises `ValueError` where one lacks what everything that reads a state looks for."""
    for number, each in enumerate(resources):
        if not isinstance(each, dict):
            raise ValueError(f"resources.{number} is no object")
        for name, kind in _OF_EVERY_RESOURCE.items():
            if not isinstance(each.get(name), kind):
                raise ValueError(f"resources.{number} has no {name}")


def check_version(document: Properties) -> None:
    """Raises `Unsupported` where the document is older or newer than this engine, or uses what it lacks."""
    found = document.get("version")
    if found not in (_BASE, _WITH_FEATURES):
        raise Unsupported(f"state of version {found}", "bring it to version 3 with `pulumi stack export` and `import`")
    lacking = sorted(set(_features_of(document)) - set(FEATURES.values()))
    if lacking:
        raise Unsupported(f"the state feature(s) {', '.join(lacking)}")


def deployment_from_json(found: Properties, unlock: Unlock) -> Deployment:
    """Raises `WrongPassphrase` and `StateDamaged`; `unlock` is called with the salt where the state has one."""
    crypter = _crypter(found, unlock)
    cipher = crypter or NO_CIPHER
    try:
        resources = [state_from_json(each, cipher) for each in found.get("resources") or ()]
        pending = [
            Operation(state_from_json(each["resource"], cipher), each["type"])
            for each in found.get("pending_operations") or ()
        ]
    except EngineError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise StateDamaged(f"the stack's state cannot be read: {problem}") from problem
    verify(resources)
    return Deployment(resources, pending, crypter)


def _crypter(found: Properties, unlock: Unlock) -> Crypter | None:
    provider = found.get("secrets_providers")
    if not provider:
        return None
    if provider.get("type") != "passphrase":
        raise Unsupported(f"the secrets provider {provider.get('type')!r}", "it knows `passphrase`")
    return unlock(provider["state"]["salt"])


def verify(resources: list[State]) -> None:
    """Raises `StateDamaged` where a resource comes before something that it depends on, or has no such thing."""
    seen: set[str] = set()
    for state in resources:
        needed = [*state.all_dependency_urns(), *([state.provider_urn()] if state.provider else ())]
        for urn in needed:
            if urn not in seen:
                raise StateDamaged(
                    f"snapshot integrity failure: resource {state.urn} refers to {urn}, which is not in the state "
                    "before it; repair it with `pulumi state repair`"
                )
        seen.add(state.urn)


def normalized(resources: list[State]) -> list[State]:
    """The same resources, every reference to a renamed one (`aliases`) by its new name, in place.

    Those that a run has not come to still refer to the old names; a child of a renamed parent is renamed with it.
    """
    renamed: dict[str, str] = {}
    for state in resources:
        renamed.update(dict.fromkeys(state.aliases, state.urn))
        parent = renamed.get(state.parent)
        if parent and urns.qualified_type(parent) != urns.STACK_TYPE:
            stack, project, _, name = urns.parts(state.urn)
            renamed[state.urn] = urns.make(stack, project, parent, state.type, name)
    if renamed:
        for state in resources:
            _rename(state, renamed)
    return resources


def _rename(state: State, renamed: dict[str, str]) -> None:
    state.aliases = []
    state.urn = renamed.get(state.urn, state.urn)
    state.parent = renamed.get(state.parent, state.parent)
    state.deleted_with = renamed.get(state.deleted_with, state.deleted_with)
    state.dependencies = [renamed.get(urn, urn) for urn in state.dependencies]
    state.replace_with = [renamed.get(urn, urn) for urn in state.replace_with]
    state.property_dependencies = {
        key: [renamed.get(urn, urn) for urn in found] for key, found in state.property_dependencies.items()
    }
    if state.provider:
        urn, id_ = urns.split_ref(state.provider)
        state.provider = urns.provider_ref(renamed.get(urn, urn), id_)
