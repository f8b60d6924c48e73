"""The CDN's files: bytes by attachment id, and URLs that are signed and expire."""

import hashlib
import hmac
import secrets
import struct
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from playground.world.message import Attachment

if TYPE_CHECKING:
    from playground.world.changes import Changes

URL_LIFETIME_S: Final = 24 * 3600
KEEP_BYTES: Final = 256 * 1024 * 1024


class FileStore:
    """Keeps the newest files up to a total size."""

    def __init__(self, keep_bytes: int = KEEP_BYTES) -> None:
        self.base_url = ""
        self.lifetime_s: float = URL_LIFETIME_S
        self.secret = secrets.token_bytes(16)
        self.changes: Changes | None = None
        self._keep = keep_bytes
        self._total = 0
        self._files: OrderedDict[str, tuple[Attachment, bytes]] = OrderedDict()

    def put(self, attachment: Attachment, data: bytes) -> None:
        """Store a file; the oldest files go when the total size is exceeded."""
        self._files[attachment.id] = (attachment, data)
        self._total += len(data)
        self._note(attachment.id)
        while self._total > self._keep and len(self._files) > 1:
            key, (_, gone) = self._files.popitem(last=False)
            self._total -= len(gone)
            self._note(key)

    def _note(self, attachment_id: str) -> None:
        if self.changes is not None:
            self.changes.files.add(attachment_id)

    def remove_others(self, kept: set[str]) -> None:
        """Forget every file that is not among these."""
        for key in self._files.keys() - kept:
            self._total -= len(self._files.pop(key)[1])
            self._note(key)

    def get(self, attachment_id: str) -> tuple[Attachment, bytes] | None:
        """Return a file, or None when it was never there or has gone."""
        return self._files.get(attachment_id)

    def url(self, attachment: Attachment) -> str:
        """Return a URL for the attachment that is valid for `lifetime_s` from now."""
        now = int(time.time())
        until = now + int(self.lifetime_s)
        kind = "ephemeral-attachments" if attachment.ephemeral else "attachments"
        path = f"/{kind}/{attachment.channel_id}/{attachment.id}/{attachment.filename}"
        signature = self._sign(attachment.id, until, now)
        return f"{self.base_url}{path}?ex={until:x}&is={now:x}&hm={signature}"

    def valid(self, attachment_id: str, ex: str, since: str, signature: str) -> bool:
        """Tell whether a URL's query was made here and has not expired."""
        try:
            until, start = int(ex[:16], 16), int(since[:16], 16)
        except ValueError:
            return False
        fresh = time.time() < until
        return fresh and hmac.compare_digest(self._sign(attachment_id, until, start).encode(), signature.encode())

    def _sign(self, attachment_id: str, until: int, since: int) -> str:
        text = f"{attachment_id}.{until}.{since}".encode()
        return hmac.new(self.secret, text, hashlib.sha256).hexdigest()


def image_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels of a PNG, GIF, JPEG or WebP, else None."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if data[:6] in {b"GIF87a", b"GIF89a"} and len(data) >= 10:
        width, height = struct.unpack("<HH", data[6:10])
        return width, height
    if data[:2] == b"\xff\xd8":
        return _jpeg_size(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP" and len(data) >= 30:
        return _webp_size(data)
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width, height
        place += 2 + max(length, 2)
    return None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if kind == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    return None
