"""Exit codes, and the one place where errors become messages."""

import sys
from collections.abc import Callable, Iterable
from enum import IntEnum

import typer

from hubspoke.intent import IntentError
from hubspoke.operate.errors import OperateError, UsageError
from hubspoke.operate.result import Result, Status


class Exit(IntEnum):
    """Exit codes. DIFFERS is Pulumi's own for unexpected changes."""

    CLEAN = 0
    FAILED = 1
    USAGE = 2
    BLOCKED = 3
    DIFFERS = 7


def exit_code(results: Iterable[Result]) -> Exit:
    """One code for many stacks: failures outrank blocks."""
    statuses = {result.status for result in results}
    if statuses & {Status.FAILED, Status.CANCELLED}:
        return Exit.FAILED
    if Status.BLOCKED in statuses:
        return Exit.BLOCKED
    return Exit.FAILED if Status.SKIPPED in statuses else Exit.CLEAN


def run(app: Callable[[], None]) -> None:
    """Run the command line; what a person can mend is said in a few lines, without a traceback."""
    from hubspoke.local.clouds.protocol import CloudError
    from hubspoke.local.engine.errors import EngineError, ProjectInvalid

    try:
        app()
    except KeyboardInterrupt:
        fail("interrupted", Exit.FAILED)
    except (IntentError, UsageError, ProjectInvalid) as error:
        fail(str(error), Exit.USAGE)
    except (OperateError, EngineError, CloudError) as error:
        fail(str(error), Exit.FAILED)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output left, as `| head` does
    except OSError as error:
        fail(": ".join(str(part) for part in (error.filename, error.strerror or error) if part), Exit.FAILED)


def fail(message: str, code: Exit) -> None:
    """Say why, and end."""
    typer.secho("error: ", fg="red", bold=True, err=True, nl=False)
    typer.echo(message, err=True)
    raise SystemExit(int(code))
