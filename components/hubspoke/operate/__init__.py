"""Running the WAN: two engines behind one interface, a fleet of stacks, and drift.

project -> stack (local_stack | cli_stack) -> fleet -> drift -> revert
"""
