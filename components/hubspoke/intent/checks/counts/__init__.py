"""How much of each quota the intent needs, cloud by cloud: places, names of limits, and counts."""
