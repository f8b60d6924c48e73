"""Encryption of what people write: a key per person, a key per session, both wrapped by the master key.

Destroying a wrapped key makes every text under it unreadable for ever (law 13). AES-256-GCM; a sealed value is
`nonce (12 bytes) + ciphertext + tag (16 bytes)`, and so is a wrapped key.
"""

import os
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
_NONCE: Final = 12


class Unreadable(Exception):  # noqa: N818 - it names the text, not a fault of the program
    """The value cannot be read: its key was destroyed or is another one."""


class Vault:
    """Wraps keys and seals texts. The first master key wraps; all of them unwrap, so keys can be changed."""

    def __init__(self, master_keys: Sequence[bytes]) -> None:
        if not master_keys or any(len(key) != KEY_BYTES for key in master_keys):
            raise ValueError(f"a master key is {KEY_BYTES} bytes")
        self._masters = [AESGCM(key) for key in master_keys]

    def new_key(self) -> bytes:
        """Return a wrapped new key."""
        return self.wrap(os.urandom(KEY_BYTES))

    def wrap(self, secret: bytes) -> bytes:
        """Encrypt a secret under the newest master key."""
        nonce = os.urandom(_NONCE)
        return nonce + self._masters[0].encrypt(nonce, secret, b"yourtale")

    def unwrap(self, wrapped: bytes) -> bytes:
        """Decrypt a secret. Raises Unreadable when no master key fits."""
        for master in self._masters:
            try:
                return master.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], b"yourtale")
            except InvalidTag:
                continue
        raise Unreadable

    def seal(self, wrapped: bytes, text: str, about: str) -> bytes:
        """Encrypt a text under a wrapped key; `about` says where it belongs and must be the same to open it."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self.unwrap(wrapped)).encrypt(nonce, text.encode(), about.encode())

    def open(self, wrapped: bytes | None, sealed: bytes, about: str) -> str:
        """Decrypt a text. Raises Unreadable when the key was destroyed (None) or is another one."""
        if wrapped is None:
            raise Unreadable
        try:
            return AESGCM(self.unwrap(wrapped)).decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode()).decode()
        except InvalidTag:
            raise Unreadable from None
