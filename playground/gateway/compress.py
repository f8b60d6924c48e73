"""Transport compression: one context a connection."""

import zlib
from typing import TYPE_CHECKING, Protocol

import zstandard

if TYPE_CHECKING:
    from collections.abc import Callable


class Compressor(Protocol):
    """Turns one payload into one frame."""

    def __call__(self, payload: bytes) -> bytes:
        """Return the compressed frame of a payload."""
        ...


class ZlibStream:
    """zlib-stream: every frame ends with 00 00 ff ff."""

    def __init__(self) -> None:
        self._context = zlib.compressobj(level=1)

    def __call__(self, payload: bytes) -> bytes:
        """Return the frame of one payload."""
        return self._context.compress(payload) + self._context.flush(zlib.Z_SYNC_FLUSH)


class ZstdStream:
    """zstd-stream: one message holds one payload, the zstd frame never ends."""

    def __init__(self) -> None:
        self._context = zstandard.ZstdCompressor(level=1).compressobj()

    def __call__(self, payload: bytes) -> bytes:
        """Return the frame of one payload."""
        return self._context.compress(payload) + self._context.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)


def compressor(name: str | None) -> Compressor | None:
    """Return the compressor of the query's `compress`; None without; raises KeyError for an unknown one."""
    if not name:
        return None
    kinds: dict[str, Callable[[], Compressor]] = {"zlib-stream": ZlibStream, "zstd-stream": ZstdStream}
    return kinds[name]()
