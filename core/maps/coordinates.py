"""Cells by name: columns are letters from the west, rows numbers from the north, so `A1` is the corner."""

import re
from typing import Final

from core.maps.errors import MapError

Cell = tuple[int, int]
"""Column and row, each from 0."""

_NAME: Final = re.compile(r"\s{0,4}([A-Za-z]{1,2})\s?([0-9]{1,2})\s{0,4}")


def column_name(column: int) -> str:
    """Return `A` to `Z`, then `AA`, `AB` and so on."""
    before = chr(ord("A") + column // 26 - 1) if column >= 26 else ""
    return before + chr(ord("A") + column % 26)


def cell_name(cell: Cell) -> str:
    """Return the name of a cell, such as `D4` for (3, 3)."""
    return f"{column_name(cell[0])}{cell[1] + 1}"


def cell_of(name: str) -> Cell:
    """Return the cell that `name` says, in any case; raises MapError `coordinate`."""
    match = _NAME.fullmatch(name) if len(name) <= 16 else None
    if match is None or int(match[2]) == 0:
        # The text comes back in a sentence, between backticks.
        raise MapError("coordinate", part="".join(c for c in name[:16] if c.isprintable() and c != "`"))
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1, int(match[2]) - 1
