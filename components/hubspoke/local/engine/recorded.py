"""The state before a run, for policy packs: a pack is told what a program wants, but not what is there.

HUBSPOKE_RECORDED_STATE names a file with what `pulumi stack export` would write. In place of each secret it has a
keyed digest (`digest`: BLAKE2b, 32 bytes, of the compact JSON), so that a pack can tell whether a secret changes and
nothing else. The key is in HUBSPOKE_RECORDED_STATE_KEY, in hexadecimal: without it no secret can be guessed at.
"""

import hashlib
import json
import secrets
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hubspoke.local.engine.forms import compact, to_json
from hubspoke.local.engine.state import State
from hubspoke.local.engine.values import Secret
from hubspoke.local.wire import SECRET_SIG, SIG


class RecordedFile:
    """Lives as long as the packs of one run, in a folder that only we may read."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="hubspoke-recorded-")
        self._path = Path(self._folder.name) / "state.json"
        self._key = secrets.token_bytes(32)

    @property
    def environment(self) -> dict[str, str]:
        """What packs are started with."""
        return {"HUBSPOKE_RECORDED_STATE": str(self._path), "HUBSPOKE_RECORDED_STATE_KEY": self._key.hex()}

    def write(self, resources: Iterable[State]) -> None:
        """To be called before the first pack is asked anything."""
        found = [self._resource(each) for each in resources]
        self._path.write_text(json.dumps({"version": 3, "deployment": {"resources": found}}))

    def close(self) -> None:
        self._folder.cleanup()

    def _resource(self, state: State) -> dict[str, Any]:
        values = {name: to_json(self._digested(getattr(state, name)), None) for name in ("inputs", "outputs")}
        flags = {name: getattr(state, name) for name in ("custom", "delete", "external")}
        return {"urn": state.urn, "type": state.type, "id": state.id, **flags, **values}

    def _digested(self, value: Any, secret: bool = False) -> Any:
        if isinstance(value, Secret):
            return self._digested(value.value, secret=True)
        if isinstance(value, dict):
            return {key: self._digested(each, secret) for key, each in value.items()}
        if isinstance(value, list):
            return [self._digested(each, secret) for each in value]
        return {SIG: SECRET_SIG, "digest": self._digest(value)} if secret else value

    def _digest(self, value: Any) -> str:
        text = compact(to_json(value, None))
        return hashlib.blake2b(text.encode(), key=self._key, digest_size=32).hexdigest()
