"""What the server imports first: how it is to import the rest, and what its workers are not to.

From here on Python looks for no cycles of garbage, as modules are none: a fifth of the time that the SDKs' modules take
is that search. Workers are forks, and end before there is garbage worth looking for.

`multiprocessing` has each worker run the script that started it, in case its work is defined there. It is not, and the
command line takes as long to import as many a stack to preview: a worker that finds the script's name does without.
"""

import gc
import os
import sys

from hubspoke.operate.workers import MAIN

gc.disable()
if _main := os.environ.get(MAIN):
    sys.modules["__main__"].__file__ = _main
