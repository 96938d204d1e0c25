"""What operating can refuse. UsageError: the person asked for something that cannot be (exit code 2)."""


class OperateError(Exception):
    """Anything that stops a command, in words for its user."""


class UsageError(OperateError):
    """The command cannot be run as given."""


class Unsupported(OperateError):
    """This engine or cloud does not do that; the message says what does."""


def shorten(text: str) -> str:
    """The CLI's own error lines, out of everything it printed."""
    lines = [line.strip().removeprefix("stderr:").strip() for line in text.splitlines()]
    errors = [line.removeprefix("error:").strip() for line in lines if line.startswith("error:")]
    return "\n".join(dict.fromkeys(errors or [line for line in lines if line][-5:]))
