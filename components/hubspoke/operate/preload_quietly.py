"""What the server imports first: from here on Python looks for no cycles of garbage, as modules are none.

A fifth of the time that the SDKs' modules take is that search. Workers are forks, and end before there is garbage worth
looking for.
"""

import gc

gc.disable()
