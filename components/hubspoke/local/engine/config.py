"""Pulumi.<stack>.yaml: a stack's configuration and the salt of its secrets, read and written as the Pulumi CLI does."""

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from hubspoke.local.engine.backend import write_atomically
from hubspoke.local.engine.checkpoint import Unlock
from hubspoke.local.engine.errors import ProjectInvalid
from hubspoke.local.engine.project import Project, load_yaml, place, qualified
from hubspoke.local.engine.secrets import Crypter

_SALT = "encryptionsalt"


@dataclass(frozen=True)
class Config:
    """Values as the program gets them (text; objects as JSON) and the keys whose values are secret."""

    values: Mapping[str, str] = field(default_factory=dict)
    secret_keys: frozenset[str] = frozenset()
    recorded: Mapping[str, Any] = field(default_factory=dict)  # as in the file, secrets encrypted

    def package(self, package: str) -> dict[str, str]:
        """The entries of one namespace, without it."""
        prefix = f"{package}:"
        return {key.removeprefix(prefix): value for key, value in self.values.items() if key.startswith(prefix)}

    def secrets(self) -> Iterator[str]:
        for key in self.secret_keys:
            yield self.values[key]

    def blinded(self) -> dict[str, str]:
        return {key: "[secret]" if key in self.secret_keys else value for key, value in sorted(self.values.items())}


class StackFile:
    """One Pulumi.<stack>.yaml; it need not exist."""

    def __init__(self, project: Project, stack: str) -> None:
        self._project, self._stack = project, stack
        self.path = project.stack_file(stack)
        self._found = load_yaml(self.path) if self.path.exists() else CommentedMap()
        if self._found.get("secretsprovider") not in (None, "passphrase"):
            where = place(self._found, "secretsprovider", self.path)
            raise ProjectInvalid(f"{where}: the local engine knows the secrets provider `passphrase` only")

    @property
    def salt(self) -> str:
        return str(self._found.get(_SALT) or "")

    def load(self, unlock: Unlock) -> Config:
        """The stack's values over the project's defaults. `unlock` is called only where there are secrets.

        Raises `ProjectInvalid` and `WrongPassphrase`.
        """
        entries = self._entries()
        recorded = {qualified(key, self._project.name): value for key, value in entries.items()}
        reader = _Reader(self.path, self.salt, unlock)
        values = {key: reader.text(key, value) for key, value in recorded.items()}
        for each in self._project.declarations:
            if each.key in values:
                continue
            if each.required:
                raise ProjectInvalid(f"{self.path}: missing configuration value {each.key!r}")
            if each.default is not None:
                values[each.key] = reader.text(each.key, each.default)
        return Config(values, frozenset(reader.secret_keys), _plain(recorded))

    def _entries(self) -> CommentedMap:
        entries = self._found.get("config")
        if entries is None:
            return CommentedMap()
        if not isinstance(entries, CommentedMap):
            raise ProjectInvalid(f"{place(self._found, 'config', self.path)}: `config` must be a mapping")
        return entries

    def set_salt(self, salt: str) -> None:
        if self.salt != salt:
            self._found.pop(_SALT, None)
            self._found.insert(0, _SALT, salt)
            self._save()

    def set(self, key: str, value: str, crypter: Crypter | None) -> None:
        """Set a value, encrypted where `crypter` is given; comments, order and format of the rest stay."""
        if "config" not in self._found or self._found["config"] is None:
            self._found["config"] = CommentedMap()
        entries = self._entries()
        written = key if key in entries else qualified(key, self._project.name)
        entries[written] = CommentedMap(secure=crypter.encrypt(value)) if crypter else value
        self._save()

    def _save(self) -> None:
        yaml = YAML()
        yaml.preserve_quotes = True
        yaml.width = 1_000_000  # a folded ciphertext would still be read, but not be found by a person
        text = io.StringIO()
        yaml.dump(self._found, text)
        write_atomically(self.path, text.getvalue().encode())


class _Reader:
    def __init__(self, path: Path, salt: str, unlock: Unlock) -> None:
        self._path, self._salt, self._unlock = path, salt, unlock
        self._crypter: Crypter | None = None
        self.secret_keys: set[str] = set()

    def text(self, key: str, value: Any) -> str:
        if value is None:
            raise ProjectInvalid(f"{self._path}: {key} has no value")
        opened = self._open(key, value)
        if isinstance(opened, bool):
            return "true" if opened else "false"
        if isinstance(opened, (dict, list)):
            return json.dumps(opened, separators=(",", ":"), ensure_ascii=False)
        return str(opened)

    def _open(self, key: str, value: Any) -> Any:
        """The value with its encrypted parts decrypted."""
        if isinstance(value, Mapping):
            if set(value) == {"secure"} and isinstance(value["secure"], str):
                self.secret_keys.add(key)
                return self._decrypt(key, str(value["secure"]))
            return {str(name): self._open(key, each) for name, each in value.items()}
        return [self._open(key, each) for each in value] if isinstance(value, list) else value

    def _decrypt(self, key: str, ciphertext: str) -> str:
        if not self._salt:
            raise ProjectInvalid(f"{self._path}: {key} is encrypted, but there is no `{_SALT}`")
        self._crypter = self._crypter or self._unlock(self._salt)
        return self._crypter.decrypt(ciphertext)


def _plain(value: Any) -> Any:
    """Without ruamel's own types."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, (bool, int)) else str(value)
