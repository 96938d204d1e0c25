"""Properties that come without a message, as a policy pack's process keeps them until a rule looks at them."""

from collections.abc import Callable
from typing import Any

Properties = dict[str, Any]


class Plain:
    """Properties in place of a message with them, read once: whoever changes what was read takes a copy."""

    def __init__(self, as_dict: Callable[[], Properties]) -> None:
        self._as_dict = as_dict
        self._made: Any = None

    def read(self, read: Callable[[Properties], Any]) -> Any:
        """What the SDK makes of them."""
        if self._made is None:
            self._made = read(self._as_dict())
        return self._made
