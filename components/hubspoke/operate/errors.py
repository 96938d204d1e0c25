"""What operating can refuse. UsageError: the person asked for something that cannot be (exit code 2)."""


class OperateError(Exception):
    """Anything that stops a command, in words for its user."""


class UsageError(OperateError):
    """The command cannot be run as given."""


class Unsupported(OperateError):
    """This engine or cloud does not do that; the message says what does."""
