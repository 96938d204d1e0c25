"""What can go wrong in the local engine.

EngineError
|-- ProjectInvalid      Pulumi.yaml or Pulumi.<stack>.yaml cannot be used; names the file and line
|-- StackNotFound
|-- StackExists
|-- StackLocked         another run holds the stack
|-- WrongPassphrase
|-- StateDamaged        the state cannot be read, or could not be written; the old one is whole
|-- Unsupported         a feature this engine does not have, by name
|-- RunFailed           the run ended in errors, already reported as diagnostics
|   |-- ProgramFailed   the user's program raised
|   |-- ResourceFailed  a provider refused
|   |-- PolicyBlocked   a mandatory policy was violated
|   |-- UnexpectedChanges
|   `-- Cancelled
"""

from collections.abc import Mapping, Sequence
from typing import Protocol


class EngineError(Exception):
    """What every error of the engine is."""


class ProjectInvalid(EngineError):
    pass


class StackNotFound(EngineError):
    pass


class StackExists(EngineError):
    pass


class StackLocked(EngineError):
    def __init__(self, stack: str, pid: int, host: str, user: str, since: str, path: str) -> None:
        super().__init__(
            f"stack {stack!r} is locked by {user}@{host} (pid {pid}) since {since}. Wait for that run to end; "
            f"if it is known to be dead, delete {path} or run `pulumi cancel {stack}`."
        )
        self.stack, self.pid, self.host, self.user, self.since, self.path = stack, pid, host, user, since, path


class WrongPassphrase(EngineError):
    pass


class StateDamaged(EngineError):
    pass


class Unsupported(EngineError):
    def __init__(self, feature: str, remedy: str = "use the Pulumi CLI for it") -> None:
        super().__init__(f"the local engine does not support {feature}; {remedy}")
        self.feature = feature


class RunFailed(EngineError):
    """`changes` counts what was done (or planned) before the run ended."""

    def __init__(self, message: str, changes: Mapping[str, int] | None = None) -> None:
        super().__init__(message)
        self.changes: dict[str, int] = dict(changes or {})


class ProgramFailed(RunFailed):
    """The message ends with the traceback, shortened to the user's own frames."""


class ResourceFailed(RunFailed):
    def __init__(self, urn: str, message: str) -> None:
        super().__init__(f"{urn}: {message}" if urn else message)
        self.urn, self.reason = urn, message


class Violated(Protocol):
    """What `PolicyBlocked` needs to know of a violation."""

    @property
    def policy(self) -> str: ...
    @property
    def urn(self) -> str: ...
    @property
    def message(self) -> str: ...


class PolicyBlocked(RunFailed):
    def __init__(self, violations: Sequence[Violated]) -> None:
        lines = [f"  {each.policy}: {each.urn or 'stack'}: {each.message.strip()}" for each in violations]
        super().__init__("\n".join([f"{len(lines)} mandatory policy violation(s)", *lines]))
        self.violations = tuple(violations)


class UnexpectedChanges(RunFailed):
    pass


class Cancelled(RunFailed):
    pass
