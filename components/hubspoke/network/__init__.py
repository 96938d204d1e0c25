"""One vendor-neutral network: its tables, links and filters; routes to a fixed point; and what is proven of it.

network = intended(plan)                         # or actual(from_export(document), context(plan, ["prod-apps"]))
verdicts = prove(network, questions(plan))       # proven, refuted with an example, or unknown
verdicts = prove_failures(network, questions(plan))   # again, with each thing failed in turn
print(trace(settle(network).network, Packet("10.16.0.9", "10.4.0.1", "udp", (53, 53))))
differences = compare(intended(plan), network)   # table by table
"""

from hubspoke.network.compare import Difference, compare
from hubspoke.network.convert import actual
from hubspoke.network.failures import fail, prove_failures
from hubspoke.network.intended import context, intended, questions
from hubspoke.network.model import Finding, Network
from hubspoke.network.packet import Packet
from hubspoke.network.prove import prove
from hubspoke.network.questions import (
    Example,
    Isolated,
    LoopFree,
    Question,
    Reaches,
    Routed,
    SameWayBack,
    Verdict,
)
from hubspoke.network.settle import Oscillation, settle
from hubspoke.network.snapshot import Resource, Snapshot, from_export
from hubspoke.network.trace import Trace, answers, trace

__all__ = [
    "Difference",
    "Example",
    "Finding",
    "Isolated",
    "LoopFree",
    "Network",
    "Oscillation",
    "Packet",
    "Question",
    "Reaches",
    "Resource",
    "Routed",
    "SameWayBack",
    "Snapshot",
    "Trace",
    "Verdict",
    "actual",
    "answers",
    "compare",
    "context",
    "fail",
    "from_export",
    "intended",
    "prove",
    "prove_failures",
    "questions",
    "settle",
    "trace",
]
