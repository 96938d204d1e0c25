"""The Plan: everything that is decided before a cloud is spoken to. Imports neither pulumi nor a cloud SDK."""

from hubspoke.plan.allocate import AllocationMissing, allocate
from hubspoke.plan.build import make_plan
from hubspoke.plan.files import allocate_files, load_plan
from hubspoke.plan.lock import Lock, load_lock, lock_text, write_lock
from hubspoke.plan.model import (
    AccountPlan,
    AdoptedNetwork,
    CloudflarePlan,
    Connection,
    FilterRule,
    FlowPlan,
    HubPlan,
    Plan,
    SegmentTable,
    SpokePlan,
    StaticRoute,
    Subnet,
    Tunnel,
)
from hubspoke.plan.show import (
    AccountTable,
    AllocationChange,
    HubRow,
    SpokeRow,
    TunnelRow,
    account_rows,
    explain_allocations,
    plan_rows,
    plan_to_dict,
)

__all__ = [
    "AccountPlan",
    "AccountTable",
    "AdoptedNetwork",
    "AllocationChange",
    "AllocationMissing",
    "CloudflarePlan",
    "Connection",
    "FilterRule",
    "FlowPlan",
    "HubPlan",
    "HubRow",
    "Lock",
    "Plan",
    "SegmentTable",
    "SpokePlan",
    "SpokeRow",
    "StaticRoute",
    "Subnet",
    "Tunnel",
    "TunnelRow",
    "account_rows",
    "allocate",
    "allocate_files",
    "explain_allocations",
    "load_lock",
    "load_plan",
    "lock_text",
    "make_plan",
    "plan_rows",
    "plan_to_dict",
    "write_lock",
]
