"""Files from outside, bounded before they are parsed: JSON by its size and depth, a card's picture by its chunks."""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from core.game.card import FILE_MOST
from core.game.refusal import Refusal

DEPTH_MOST: Final = 32
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_CHUNKS_MOST: Final = 4_000
_MARKS: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)


def json_of(data: bytes) -> Any:
    """Return what an uploaded file says as plain JSON values.

    Raises Refusal `file_too_large`, `not_a_lorebook` for what is neither JSON nor a card's picture.
    """
    if len(data) > FILE_MOST:
        raise Refusal("file_too_large", n=len(data), most=FILE_MOST)
    raw = _card_in(data) if data.startswith(_PNG) else data.removeprefix(b"\xef\xbb\xbf")
    if _depth(raw) > DEPTH_MOST:
        raise Refusal("not_a_lorebook")
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Refusal("not_a_lorebook") from error


def _depth(raw: bytes) -> int:
    """Return how deep arrays and objects lie in each other."""
    depth = deepest = 0
    for mark in _MARKS.finditer(raw):
        first = raw[mark.start()]
        if first in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif first in b"]}":
            depth -= 1
    return deepest


def _card_in(data: bytes) -> bytes:
    """Return the card that a picture carries: of version 3 if it has one, else of version 2."""
    texts = dict(_texts(data))
    found = texts.get(b"ccv3") or texts.get(b"chara")
    if found is None:
        raise Refusal("no_lore_in_file")
    try:
        return base64.b64decode(found, validate=True)
    except binascii.Error as error:
        raise Refusal("not_a_lorebook") from error


def _texts(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield a PNG's text chunks as (keyword, text); the picture itself is never looked at."""
    at = len(_PNG)
    for _ in range(_CHUNKS_MOST):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if len(kind) < 4 or kind == b"IEND" or at + 12 + length > len(data):
            return
        if kind == b"tEXt":
            keyword, _, text = data[at + 8 : at + 8 + length].partition(b"\0")
            yield keyword.lower(), text
        at += 12 + length
