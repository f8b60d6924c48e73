"""Maps drawn with letters.

`#` wall, `.` or space floor, `~` water, `:` rough ground, `+` closed door, `'` open door. A capital letter is a
hero, a small one a foe; a letter that comes again is numbered. Short rows are filled up with floor.
"""

from collections import Counter
from typing import Final

from core.maps.board import LEAST, MOST, TOKENS, Board, Terrain, Token
from core.maps.coordinates import Cell
from core.maps.errors import MapError

LENGTH: Final = MOST * (MOST + 2)
_LETTERS: Final = frozenset(terrain.value for terrain in Terrain)


def from_ascii(text: str) -> Board:
    """Return the board that `text` draws, one row a line.

    Raises MapError `ascii_length`, `size`, `ascii_letter` (with `line` and `column` from 1) or `tokens`.
    """
    if len(text) > LENGTH:
        raise MapError("ascii_length", n=len(text), limit=LENGTH)
    rows = [row.rstrip() for row in text.strip("\r\n").splitlines()]
    width, height = max(map(len, rows), default=0), len(rows)
    if not (LEAST <= width <= MOST and LEAST <= height <= MOST):
        raise MapError("size", width=width, height=height, least=LEAST, most=MOST)
    cells: list[str] = []
    tokens: list[Token] = []
    seen: Counter[str] = Counter()
    for y, row in enumerate(rows):
        for x, letter in enumerate(row.ljust(width)):
            if letter.isascii() and letter.isalpha():
                seen[letter] += 1
                tokens.append(_token(letter, seen[letter], (x, y), len(tokens)))
                cells.append(Terrain.FLOOR.value)
            else:
                cells.append(_terrain(letter, x, y))
    if len(tokens) > TOKENS:
        raise MapError("tokens", n=len(tokens), limit=TOKENS)
    return Board(width, height, "".join(cells), tuple(tokens))


def to_ascii(board: Board) -> str:
    """Return the terrain of a board as `from_ascii` reads it; a token shows as the first letter of its id."""
    rows = [
        list(board.cells[start : start + board.width]) for start in range(0, board.width * board.height, board.width)
    ]
    for token in board.tokens:
        x, y = token.at
        rows[y][x] = token.id[0] if token.id[:1].isascii() and token.id[:1].isalpha() else "T"
    return "\n".join("".join(row) for row in rows)


def _token(letter: str, nth: int, at: Cell, colour: int) -> Token:
    number = "" if nth == 1 else f" {nth}"
    return Token(
        id=f"{letter}{number.strip()}",
        name=f"{letter}{number}",
        kind="hero" if letter.isupper() else "foe",
        at=at,
        colour=colour % 7,
    )


def _terrain(letter: str, x: int, y: int) -> str:
    if letter == " ":
        return Terrain.FLOOR.value
    if letter not in _LETTERS:
        shown = letter if letter.isprintable() and letter != "`" else f"U+{ord(letter):04X}"
        raise MapError("ascii_letter", letter=shown, line=y + 1, column=x + 1)
    return letter
