"""What a button carries: `y1.{verb}.{session}.{seq}.{arg}.{key}{mac}`, signed, at most 90 characters.

Ids, never words. The session is in base 62; `key` names the signing key by one character, `mac` are 12 characters
of its HMAC-SHA256 over everything before. Any process with the keys can answer any button of any age.
"""

import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Final

from msgspec import Struct

LENGTH_MOST: Final = 90
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUES: Final = {digit: value for value, digit in enumerate(_DIGITS)}
_SHAPE: Final = re.compile(
    r"(?P<signed>y1\.(?P<verb>[a-z_]{1,12})\.(?P<session>[0-9A-Za-z]{1,11})\.(?P<seq>[0-9]{1,9})\."
    r"(?P<arg>[0-9A-Za-z_:-]{0,40})\.(?P<key>[0-9A-Za-z]))(?P<mac>[0-9A-Za-z_-]{12})"
)


class BadCustomId(Exception):  # noqa: N818 - it names what came in, not a fault of the program
    """Not one of ours: another shape, or the signature does not fit."""


class CustomId(Struct, frozen=True):
    """What a button means: a verb on a session (0: none) as of row `seq`; `arg` is the verb's own."""

    verb: str
    session: int = 0
    seq: int = 0
    arg: str = ""


class Signer:
    """Writes and reads custom ids. The first key signs, all of them verify, so keys can be changed."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) < 16 for key in keys):
            raise ValueError("a signing key has at least 16 bytes")
        self._keys = [(_DIGITS[sha256(key).digest()[0] % 62], key) for key in keys]

    def write(self, verb: str, session: int = 0, seq: int = 0, arg: str = "") -> str:
        """Return the custom id. Raises ValueError when a part does not fit the shape."""
        letter, key = self._keys[0]
        signed = f"y1.{verb}.{base62(session)}.{seq}.{arg}.{letter}"
        written = signed + _mac(key, signed)
        if len(written) > LENGTH_MOST or not _SHAPE.fullmatch(written):
            raise ValueError(f"does not fit a custom id: {verb!r} {session} {seq} {arg!r}")
        return written

    def read(self, custom_id: str) -> CustomId:
        """Return what a custom id means. Raises BadCustomId."""
        found = _SHAPE.fullmatch(custom_id) if len(custom_id) <= LENGTH_MOST else None
        if found is None:
            raise BadCustomId
        for letter, key in self._keys:
            if letter == found["key"] and compare_digest(_mac(key, found["signed"]), found["mac"]):
                return CustomId(found["verb"], unbase62(found["session"]), int(found["seq"]), found["arg"])
        raise BadCustomId


def base62(number: int) -> str:
    """Return a number of at least 0 in base 62."""
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = _DIGITS[digit] + digits
    return digits or "0"


def unbase62(text: str) -> int:
    """Return the number that `text` says in base 62. Raises BadCustomId for anything else."""
    number = 0
    for digit in text:
        if digit not in _VALUES:
            raise BadCustomId
        number = number * 62 + _VALUES[digit]
    return number


def _mac(key: bytes, signed: str) -> str:
    return urlsafe_b64encode(digest(key, signed.encode("ascii"), "sha256")[:9]).decode("ascii")
