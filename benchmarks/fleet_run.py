"""`fleet_run.py FOLDER ENGINE STACKS`: `hubspoke preview --all` of the first so many stacks, pack included."""

import sys
from collections import Counter
from pathlib import Path

from hubspoke.cli.commands.operations import Operations
from hubspoke.cli.session import Engine, Session
from hubspoke.operate.result import Status


def main() -> None:
    session = Session.begin(Path(sys.argv[1]), Engine(sys.argv[2]), judged=True)
    stacks = session.chosen(None, True)[: int(sys.argv[3])]
    results = Operations(session, session.options([], None, 16)).preview(stacks)
    failed = [result for result in results if result.status is not Status.SUCCEEDED]
    if failed:
        raise SystemExit(f"{len(failed)} of {len(stacks)} failed, first: {failed[0].stack}: {failed[0].errors}")
    print("resources:", sum((Counter(result.changes) for result in results), Counter()))


if __name__ == "__main__":
    main()
