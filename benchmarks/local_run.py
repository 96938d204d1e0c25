"""One operation of the local engine in this process: `local_run.py FOLDER STACK OPERATION [TIMES]`.

With TIMES it is done as often, and the seconds of each are printed: what it costs a process that is warm. As in the
workers of `hubspoke preview` and `up`, the garbage collector is off before anything is imported.
"""

import gc
import sys
import time
from pathlib import Path


def main() -> None:
    gc.disable()
    from hubspoke.local.clouds import simulated_provider_factory
    from hubspoke.local.engine import LocalStack, Project, Workspace

    root, name, operation = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    clouds = simulated_provider_factory(root / "clouds")
    workspace = Workspace(Project.load(root), root / "state", lambda: "benchmark", clouds)
    stack = LocalStack(workspace, name)
    if not stack.exists():
        stack = LocalStack.init(workspace, name)
    for _ in range(int(sys.argv[4]) if len(sys.argv) > 4 else 1):
        started = time.perf_counter()
        getattr(stack, operation)(on_event=lambda _: None)
        print(time.perf_counter() - started)


if __name__ == "__main__":
    main()
