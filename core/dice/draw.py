"""Fair draws that anyone can compute again.

Die `k` (from 0) of roll `i` (from 0) comes from a seed kept secret until it is revealed. Let
`digest = HMAC-SHA256(seed, "i:k:a")`, with the three numbers in decimal ASCII and `a` = 0, and let `x` be
the first eight bytes of `digest` as a big-endian number. If `x` is not below the largest multiple of `sides`
that is at most 2**64, take `a` one higher and draw again; else the die shows `1 + x mod sides`. In a shell,
for die 0 of roll 7: `printf 7:0:0 | openssl dgst -sha256 -mac HMAC -macopt hexkey:SEED`.
"""

from collections.abc import Callable
from hmac import digest
from typing import Final

Draw = Callable[[int], int]
"""Gives, for a number of sides, a face from 1 to it."""

_RANGE: Final = 2**64
SEED_BYTES: Final = 16
"""The least bytes of a seed."""


class SeededDraw:
    """The draws of roll `index` under `seed`, in order.

    Raises ValueError for a seed of less than SEED_BYTES bytes or a negative index.
    """

    __slots__ = ("_die", "_index", "_seed")

    def __init__(self, seed: bytes, index: int) -> None:
        if len(seed) < SEED_BYTES or index < 0:
            raise ValueError("a seed has at least 16 bytes, an index is not negative")
        self._seed = seed
        self._index = index
        self._die = 0

    def __call__(self, sides: int) -> int:
        """Return the next die's face, 1 to `sides`."""
        die, attempt = self._die, 0
        self._die += 1
        while True:
            block = digest(self._seed, b"%d:%d:%d" % (self._index, die, attempt), "sha256")
            x = int.from_bytes(block[:8], "big")
            if x < _RANGE - _RANGE % sides:
                return 1 + x % sides
            attempt += 1
