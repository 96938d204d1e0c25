"""The tables of simulated Google Cloud, for the workers of a WAN with Google Cloud in it."""

import gc

from hubspoke.operate.preload import simulated

LOADED = simulated("gcp")

gc.freeze()
