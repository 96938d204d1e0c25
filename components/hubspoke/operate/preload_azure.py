"""The tables of simulated Azure, for the workers of a WAN with Azure in it."""

import gc

from hubspoke.operate.preload import simulated

LOADED = simulated("azure-native")

gc.freeze()
