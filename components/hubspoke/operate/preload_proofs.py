"""The plan of a whole fleet and its proofs, found once: workers, and the packs that are their forks, go on from there.

The project is named by an environment variable, as all of a server's preloading is.
"""

import gc
import os
from contextlib import suppress
from pathlib import Path

import hubspoke.local.pack_thrift
import hubspoke.network.advice
import hubspoke.network.judge
import hubspoke.network.told
import hubspoke.plan.changes
from hubspoke.intent import IntentError
from hubspoke.network import Oscillation
from hubspoke.network.kept import share
from hubspoke.operate.project import Paths
from hubspoke.operate.workers import PROVEN
from hubspoke.plan.handed import OFFICE

LOADED = [hubspoke.local.pack_thrift, hubspoke.network, hubspoke.plan.changes]  # what packs import
_root = os.environ.get(PROVEN, "")
if _root:
    _paths = Paths(Path(_root))
    with suppress(IntentError, Oscillation):  # told by the program and the pack themselves, with all that belongs to it
        share(OFFICE.plan(_paths.wan, _paths.lock))
    gc.freeze()
