"""Pulumi's engine, in this process: the same programs, policy packs and state, against simulated clouds."""

from hubspoke.local.engine.analyzer_types import PolicyPack, Violation
from hubspoke.local.engine.errors import (
    Cancelled,
    EngineError,
    PolicyBlocked,
    ProgramFailed,
    ProjectInvalid,
    ResourceFailed,
    RunFailed,
    StackExists,
    StackLocked,
    StackNotFound,
    StateDamaged,
    UnexpectedChanges,
    Unsupported,
    WrongPassphrase,
)
from hubspoke.local.engine.event_types import EngineEvent
from hubspoke.local.engine.operation import Outcome
from hubspoke.local.engine.project import Project
from hubspoke.local.engine.stack import LocalStack, list_stacks
from hubspoke.local.engine.values import Secret
from hubspoke.local.engine.workspace import Workspace

__all__ = [
    "Cancelled",
    "EngineError",
    "EngineEvent",
    "LocalStack",
    "Outcome",
    "PolicyBlocked",
    "PolicyPack",
    "ProgramFailed",
    "Project",
    "ProjectInvalid",
    "ResourceFailed",
    "RunFailed",
    "Secret",
    "StackExists",
    "StackLocked",
    "StackNotFound",
    "StateDamaged",
    "UnexpectedChanges",
    "Unsupported",
    "Violation",
    "Workspace",
    "WrongPassphrase",
    "list_stacks",
]
