"""What may change while in use: the clouds' rules as a table, and the judgement of a run by it.

Pure, and light to import: a policy pack uses it too. It takes a recorded state and the steps an engine is about to do.
"""

from hubspoke.plan.changes.differences import changed_paths, differences
from hubspoke.plan.changes.judge import AT_ONCE, Judge
from hubspoke.plan.changes.model import (
    Assessment,
    ChangeRule,
    Effect,
    HubCount,
    JudgedStep,
    Reason,
    Step,
    Touch,
    Tunnel,
)
from hubspoke.plan.changes.recorded import Recorded, RecordedState, value_at
from hubspoke.plan.changes.table import RULES, TYPES

__all__ = [
    "AT_ONCE",
    "RULES",
    "TYPES",
    "Assessment",
    "ChangeRule",
    "Effect",
    "HubCount",
    "Judge",
    "JudgedStep",
    "Reason",
    "Recorded",
    "RecordedState",
    "Step",
    "Touch",
    "Tunnel",
    "changed_paths",
    "differences",
    "value_at",
]
