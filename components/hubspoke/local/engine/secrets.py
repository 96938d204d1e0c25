"""Pulumi's passphrase secrets provider: AES-256-GCM under a key derived by PBKDF2-SHA256 with 1,000,000 rounds.

Its state is `v1:<base64 salt>:<"pulumi", encrypted>`; a ciphertext is `v1:<base64 nonce>:<base64 text and tag>`.
Source: pulumi/pulumi pkg/secrets/passphrase/manager.go, sdk/go/common/resource/config/crypt.go.
"""

import os
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import cached_property, lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from hubspoke.local.engine.errors import StateDamaged, WrongPassphrase

_ROUNDS = 1_000_000
_CHECK = "pulumi"


@lru_cache(maxsize=256)
def _key(passphrase: str, salt: bytes) -> bytes:
    # A quarter of a second: kept for the life of the process.
    return PBKDF2HMAC(SHA256(), 32, salt, _ROUNDS).derive(passphrase.encode())


class Crypter:
    """Encrypts and decrypts under one salt, which is the provider's state, as stack files and checkpoints hold it.

    The key is derived when it is first needed: a stack without secrets never waits for it, and needs no passphrase.
    """

    def __init__(self, passphrase: Callable[[], str], salt: str) -> None:
        self._passphrase, self.salt = passphrase, salt
        self._deriving: threading.Thread | None = None

    @classmethod
    def new(cls, passphrase: Callable[[], str]) -> "Crypter":
        salt = os.urandom(8)
        crypter = cls(passphrase, "")
        crypter._cipher = AESGCM(_key(passphrase(), salt))
        crypter.salt = f"v1:{b64encode(salt).decode()}:{crypter.encrypt(_CHECK)}"
        return crypter

    def _parts(self) -> tuple[bytes, str]:
        version, _, rest = self.salt.partition(":")
        encoded, _, check = rest.partition(":")
        if version != "v1" or not check:
            raise StateDamaged(f"encryption salt {self.salt[:12]!r}... is malformed: expected v1:<salt>:<check>")
        return b64decode(encoded), check

    def begin(self) -> None:
        """Derive the key in a thread of its own, where it will be needed after much else: Python goes on meanwhile.

        Raises `StateDamaged` for a salt that is none.
        """
        salt, _ = self._parts()
        self._deriving = threading.Thread(target=_key, args=(self._passphrase(), salt))
        self._deriving.start()

    @cached_property
    def _cipher(self) -> AESGCM:
        salt, check = self._parts()
        if self._deriving:
            self._deriving.join()
        cipher = AESGCM(_key(self._passphrase(), salt))
        if not _matches(cipher, check):
            raise WrongPassphrase(
                "incorrect passphrase: set PULUMI_CONFIG_PASSPHRASE (or PULUMI_CONFIG_PASSPHRASE_FILE) to the one "
                "that this stack was made with; if it is lost, and the stack's state too, take encryptionsalt and all "
                "that is secret out of its Pulumi.<stack>.yaml"
            )
        return cipher

    def verify(self) -> None:
        """Raises `WrongPassphrase`, or `StateDamaged` for a salt that is none."""
        _ = self._cipher

    def encrypt(self, plaintext: str) -> str:
        nonce = os.urandom(12)
        sealed = self._cipher.encrypt(nonce, plaintext.encode(), None)
        return f"v1:{b64encode(nonce).decode()}:{b64encode(sealed).decode()}"

    def decrypt(self, ciphertext: str) -> str:
        """Raises `StateDamaged` where the text was not encrypted under this key, or was changed since."""
        try:
            return _open(self._cipher, ciphertext)
        except (ValueError, InvalidTag) as problem:
            raise StateDamaged("a secret cannot be decrypted with the stack's passphrase") from problem


def _open(cipher: AESGCM, ciphertext: str) -> str:
    version, nonce, sealed = ciphertext.split(":")
    if version != "v1":
        raise ValueError(f"ciphertext of version {version}")
    return cipher.decrypt(b64decode(nonce), b64decode(sealed), None).decode()


def _matches(cipher: AESGCM, check: str) -> bool:
    try:
        return _open(cipher, check) == _CHECK
    except (ValueError, InvalidTag):
        return False
