"""Which part of a board a picture shows, and how large."""

from dataclasses import dataclass
from typing import Final

from core.maps.board import Board
from core.maps.coordinates import Cell

COLUMNS: Final = 20
ROWS: Final = 15
"""The most cells of a picture, for a board that fits whole."""
_PART: Final = (16, 12)
# On a phone a picture is about 350 points wide: fewer and larger cells where the board must be cut anyway.
_WIDE: Final = 880
_TALL: Final = 760
_LEAST_CELL: Final = 44
_LARGEST_CELL: Final = 88


@dataclass(frozen=True, slots=True)
class Frame:
    """The cells from (`left`, `top`), `columns` by `rows`, each `cell` pixels wide, inside a `margin`."""

    left: int
    top: int
    columns: int
    rows: int
    cell: int

    @property
    def margin(self) -> int:
        """Pixels of the edge that bears the coordinates."""
        return 48

    @property
    def size(self) -> tuple[int, int]:
        """Pixels of the whole picture."""
        return self.columns * self.cell + 2 * self.margin, self.rows * self.cell + 2 * self.margin

    def shows(self, cell: Cell) -> bool:
        """Return whether a cell is inside."""
        return 0 <= cell[0] - self.left < self.columns and 0 <= cell[1] - self.top < self.rows

    def corner(self, cell: Cell) -> tuple[int, int]:
        """Return the pixel of a cell's north-west corner."""
        x = self.margin + (cell[0] - self.left) * self.cell
        y = self.margin + (cell[1] - self.top) * self.cell
        return x, y


def frame_of(board: Board, focus: Cell | None) -> Frame:
    """Return the frame round `focus`, or round the middle, that never leaves the board."""
    whole = board.width <= COLUMNS and board.height <= ROWS
    most_columns, most_rows = (COLUMNS, ROWS) if whole else _PART
    columns, rows = min(board.width, most_columns), min(board.height, most_rows)
    x, y = focus or (board.width // 2, board.height // 2)
    left = min(max(0, x - columns // 2), board.width - columns)
    top = min(max(0, y - rows // 2), board.height - rows)
    cell = min(_LARGEST_CELL, max(_LEAST_CELL, min(_WIDE // columns, _TALL // rows)))
    return Frame(left, top, columns, rows, cell)
