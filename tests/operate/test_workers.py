"""Workers are forks of a server that has imported what all of them need."""

import os
import subprocess
import sys
from pathlib import Path

from hubspoke.operate.example import copy_example

SCRIPT = """
import sys
from pathlib import Path

with open("ran", "a") as file:
    file.write(f"as {__name__}\\n")

if __name__ == "__main__":
    from hubspoke.operate import workers
    from hubspoke.operate.local_stack import LocalStackRunner
    from hubspoke.operate.project import Paths
    from hubspoke.operate.stack import Options

    workers.prewarm()
    result = LocalStackRunner(Paths(Path("project").resolve()), "network").preview(lambda _: None, Options())
    print(result.status, *result.errors)
"""


def test_no_worker_runs_the_script_that_started_it(tmp_path: Path) -> None:
    copy_example(tmp_path / "project")
    (tmp_path / "script.py").write_text(SCRIPT)
    environment = {**os.environ, "HUBSPOKE_PENDING_STACKS": "network"}
    said = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
    )
    assert said.stdout == "succeeded\n", said.stdout + said.stderr
    assert (tmp_path / "ran").read_text() == "as __main__\n"
