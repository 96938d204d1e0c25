"""Runs a Pulumi program in this process, in the calling thread, on an event loop of its own."""

import asyncio
import contextlib
import contextvars
import io
import os
import runpy
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional, TextIO

import pulumi
from pulumi.runtime import Settings, configure, run_in_stack
from pulumi.runtime.config import set_all_config
from pulumi.runtime.settings import ROOT, SETTINGS, _shutdown_callbacks

from hubspoke.local.engine.backend import ORGANIZATION
from hubspoke.local.engine.config import Config
from hubspoke.local.engine.errors import ProgramFailed
from hubspoke.local.engine.project import Program, Project
from hubspoke.local.engine.thrift import thrifty
from hubspoke.local.engine.turns import Turns

# A worker that gives up the interpreter to wait for a file or the journal gets it back after one such interval, while
# the loop is busy: Python's own 5 ms makes minutes of a thousand resources.
_SWITCH_INTERVAL = 1e-4
_INTERNAL = tuple(str(Path(file).parent) for file in (pulumi.__file__, asyncio.__file__, __file__))


@dataclass(frozen=True)
class Surroundings:
    project: Project
    stack: str
    config: Config
    dry_run: bool
    parallel: int
    monitor: Any
    engine: Any
    say: Callable[[str, str], None]  # severity and line, for what the program prints
    in_listener: Callable[[], bool]  # whether it is not the program that prints


def run_program(program: Program | None, around: Surroundings) -> None:
    """Runs `program`, or the project's own where it is None, to its end.

    Raises `ProgramFailed` with what the program or the SDK puts in words (`pulumi.RunError`), or else with the user's
    part of the traceback, and SystemExit where the program asks for one with a code other than 0.
    """
    run = contextvars.copy_context().run
    entry = program or (lambda: _run_file(around.project))
    if _loop_is_running():
        _in_thread(lambda: run(_run, entry, around))
    else:
        run(_run, entry, around)


def _loop_is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _in_thread(call: Callable[[], None]) -> None:
    failures: list[BaseException] = []

    def run() -> None:
        try:
            call()
        except BaseException as problem:
            failures.append(problem)

    thread = threading.Thread(target=run, name="pulumi-program")
    thread.start()
    thread.join()
    if failures:
        raise failures[0]


def _run(entry: Program, around: Surroundings) -> None:
    ROOT.set(None)
    configure(
        Settings(
            project=around.project.name, stack=around.stack, monitor=around.monitor, engine=around.engine,
            parallel=around.parallel, dry_run=around.dry_run, organization=ORGANIZATION,
            root_directory=str(around.project.root),
        )
    )  # fmt: skip
    set_all_config(dict(around.config.values), list(around.config.secret_keys))
    with (
        _switching(),
        thrifty(),
        _captured(around),
        _loop(around.parallel) as loop,
    ):
        try:
            loop.run_until_complete(_until_first_failure(run_in_stack(_started(entry))))
        except SystemExit as exit_:
            if exit_.code:
                raise
        except ProgramFailed:
            raise
        except pulumi.RunError as problem:
            raise ProgramFailed(str(problem)) from problem
        except Exception as problem:
            raise ProgramFailed(f"Program failed with an unhandled exception:\n{user_traceback(problem)}") from problem


def _started(entry: Program) -> Callable[[], Optional[Awaitable[None]]]:  # noqa: UP045 - as the SDK has it
    async def call() -> None:
        result = entry()
        if isinstance(result, Awaitable):
            await result
        # Registrations begin with the loop's next turn. The SDK waits for those that have begun one after the other;
        # where it finds none it waits for all outputs at once, again after each, which is quadratic.
        await asyncio.sleep(0)

    return call


async def _until_first_failure(run: Coroutine[Any, Any, None]) -> None:
    """The run, broken off when an output fails: the SDK alone would see that after all registrations."""
    running, failing = asyncio.ensure_future(run), asyncio.ensure_future(_first_failure())
    await asyncio.wait((running, failing), return_when=asyncio.FIRST_EXCEPTION)
    if running.done():
        failing.cancel()
        return running.result()
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    return failing.result()


async def _first_failure() -> None:
    """Raises what the first output failed of; returns once none is outstanding."""
    await asyncio.sleep(0)
    while outputs := list(SETTINGS.outputs):
        done, _ = await asyncio.wait(outputs, return_when=asyncio.FIRST_EXCEPTION)
        for output in done:
            output.result()


@contextlib.contextmanager
def _loop(parallel: int) -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    # As many as Pulumi's own language host: registrations wait in these threads for one another.
    workers = Turns(loop, max(parallel, 1) * 4)
    loop.set_default_executor(workers)
    # It complains, whenever the collector finds them, of futures that nobody looked at: so every failed run ends.
    loop.set_exception_handler(lambda _loop, _context: None)
    asyncio.set_event_loop(loop)
    try:
        yield loop
    finally:
        workers.shutdown(wait=True)  # steps under way end, and are recorded
        loop.run_until_complete(_shutdown_callbacks())  # type: ignore[no-untyped-call]  # a run broken off has not
        _abandon_tasks(loop)
        asyncio.set_event_loop(None)
        loop.close()


def _abandon_tasks(loop: asyncio.AbstractEventLoop) -> None:
    # What still waits for a resource that failed will wait for ever.
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))


@contextlib.contextmanager
def _switching() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_INTERVAL)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


@contextlib.contextmanager
def _captured(around: Surroundings) -> Iterator[None]:
    out, err = _Lines("info", around, sys.stdout), _Lines("info#err", around, sys.stderr)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            yield
        finally:
            out.finish()
            err.finish()


class _Lines(io.TextIOBase):
    """Hands on what the program writes, line by line; what a listener writes goes where it would without a program."""

    def __init__(self, severity: str, around: Surroundings, behind: TextIO) -> None:
        self._severity, self._around, self._behind, self._rest = severity, around, behind, ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self._around.in_listener():
            return self._behind.write(text)
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._around.say(self._severity, line)
        return len(text)

    def finish(self) -> None:
        if self._rest:
            self._around.say(self._severity, self._rest)
            self._rest = ""


def _run_file(project: Project) -> None:
    """The project's program, in its folder, as `python <main>` would run it; then all is as it was before."""
    if not project.main.exists():
        raise pulumi.RunError(f"the program {project.main} does not exist; `main` in Pulumi.yaml says where it is")
    if project.main.is_dir() and not (project.main / "__main__.py").exists():
        raise pulumi.RunError(f"unable to find main python program `__main__.py` in `{project.main}`")
    directory = project.program_dir
    cwd, argv, path, modules = Path.cwd(), sys.argv, list(sys.path), set(sys.modules)
    os.chdir(directory)
    sys.argv = [str(project.main)]
    try:
        runpy.run_path(str(project.main), run_name="__main__")
    finally:
        os.chdir(cwd)
        sys.argv, sys.path[:] = argv, path
        _forget_modules(directory, modules)


def _forget_modules(directory: Path, before: set[str]) -> None:
    # A later run in this process must see the program as it is by then.
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None)
        if file and Path(file).is_relative_to(directory) and "site-packages" not in file:
            del sys.modules[name]


def user_traceback(problem: BaseException) -> str:
    """The traceback without the frames of Pulumi, of this engine and of what runs them."""
    frames = traceback.extract_tb(problem.__traceback__)
    own = [frame for frame in frames if not _is_internal(frame.filename)]
    lines = ["Traceback (most recent call last):\n", *traceback.format_list(own)] if own else []
    return "".join([*lines, *traceback.format_exception_only(problem)]).rstrip()


def _is_internal(filename: str) -> bool:
    return filename.startswith(("<frozen", *_INTERNAL)) or filename == runpy.__file__
