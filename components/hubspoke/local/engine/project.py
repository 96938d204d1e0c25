"""Pulumi.yaml: what the project is called, where its program is, and its configuration defaults."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from hubspoke.local.engine.errors import ProjectInvalid, Unsupported

Program = Callable[[], object]  # one that is run in place of the project's own


@dataclass(frozen=True)
class ConfigDeclaration:
    """One entry of the project's `config`: a default, or a typed key that every stack must set."""

    key: str  # with its namespace, "project:name"
    default: Any = None
    required: bool = False
    secret: bool = False


@dataclass(frozen=True)
class Project:
    root: Path
    name: str
    main: Path  # file or folder that is run
    config_dir: Path  # where Pulumi.<stack>.yaml are
    declarations: tuple[ConfigDeclaration, ...] = field(default=())

    @classmethod
    def load(cls, root: Path) -> "Project":
        """Raises `ProjectInvalid` naming file and line, and `Unsupported` for another language than Python."""
        path = root.resolve() / "Pulumi.yaml"
        found = load_yaml(path)
        name = _text(found, "name", path)
        _check_runtime(found, path)
        main = path.parent / str(found.get("main") or ".")
        config_dir = path.parent / str(found.get("stackConfigDir") or found.get("config-dir") or ".")
        return cls(path.parent, name, main.resolve(), config_dir.resolve(), _declarations(found, name, path))

    def stack_file(self, stack: str) -> Path:
        return self.config_dir / f"Pulumi.{stack}.yaml"

    @property
    def program_dir(self) -> Path:
        """The working directory of the program."""
        return self.main if self.main.is_dir() else self.main.parent


def load_yaml(path: Path) -> CommentedMap:
    """A mapping with its comments and positions. Raises `ProjectInvalid`."""
    yaml = YAML()
    yaml.preserve_quotes = True
    try:
        found = yaml.load(path)
    except OSError as problem:
        raise ProjectInvalid(f"{path}: cannot be read: {problem.strerror}") from problem
    except MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise ProjectInvalid(f"{path}:{line}: {problem.problem}") from problem
    except (YAMLError, UnicodeDecodeError) as problem:
        raise ProjectInvalid(f"{path}: {problem}") from problem
    if found is None:
        return CommentedMap()
    if not isinstance(found, CommentedMap):
        raise ProjectInvalid(f"{path}:1: expected `key: value` entries, found {type(found).__name__}")
    return found


def place(found: CommentedMap, key: str, path: Path) -> str:
    line = found.lc.data[key][0] + 1 if key in found else 1
    return f"{path}:{line}"


def _text(found: CommentedMap, key: str, path: Path) -> str:
    value = found.get(key)
    if not isinstance(value, str) or not value:
        raise ProjectInvalid(f"{place(found, key, path)}: `{key}` must be set to a text")
    return str(value)


def _check_runtime(found: CommentedMap, path: Path) -> None:
    runtime = found.get("runtime")
    name = runtime.get("name") if isinstance(runtime, Mapping) else runtime
    if not name:
        raise ProjectInvalid(f"{place(found, 'runtime', path)}: `runtime` must be set, to `python`")
    if name != "python":
        raise Unsupported(f"programs in {name} ({place(found, 'runtime', path)})")


def _declarations(found: CommentedMap, project: str, path: Path) -> tuple[ConfigDeclaration, ...]:
    entries = found.get("config") or {}
    if not isinstance(entries, Mapping):
        if isinstance(entries, str):  # the old spelling of stackConfigDir
            return ()
        raise ProjectInvalid(f"{place(found, 'config', path)}: `config` must be a mapping")
    return tuple(_declaration(qualified(key, project), value) for key, value in entries.items())


def _declaration(key: str, value: Any) -> ConfigDeclaration:
    if not isinstance(value, Mapping):
        return ConfigDeclaration(key, value)
    default = value.get("value", value.get("default"))
    return ConfigDeclaration(key, default, "type" in value and default is None, bool(value.get("secret")))


def qualified(key: str, project: str) -> str:
    """A configuration key with its namespace; one without belongs to the project."""
    return key if ":" in key else f"{project}:{key}"
