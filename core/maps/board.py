"""A board: a grid of terrain with tokens on it."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, Literal

import msgspec

from core.maps.coordinates import Cell, cell_name
from core.maps.errors import MapError

LEAST: Final = 5
MOST: Final = 60
"""Bounds of width and height, in cells."""
TOKENS: Final = 100
NAME: Final = 40
"""Characters of a token's name."""
COLOURS: Final = 7
LARGEST_TOKEN: Final = 4

Kind = Literal["hero", "ally", "foe", "neutral"]


class Terrain(StrEnum):
    """What a cell is; the value is its letter in `Board.cells` and in ASCII maps."""

    FLOOR = "."
    WALL = "#"
    WATER = "~"
    ROUGH = ":"
    DOOR = "+"
    OPEN_DOOR = "'"


class Token(msgspec.Struct, frozen=True):
    """A creature: `at` is its north-west cell, `size` its side in cells, `colour` one of 0 to 6."""

    id: str
    name: str
    kind: Kind
    at: Cell
    colour: int = 0
    size: int = 1

    def cells(self) -> list[Cell]:
        """Return the cells it covers, row by row."""
        return covered(self.at, self.size)


class Board(msgspec.Struct, frozen=True):
    """A map: `cells` holds one Terrain letter for each cell, row by row from the north-west.

    Raises ValueError (by msgspec ValidationError when decoded) for a board that contradicts itself.
    """

    width: int
    height: int
    cells: str
    tokens: tuple[Token, ...] = ()

    def __post_init__(self) -> None:
        if not (LEAST <= self.width <= MOST and LEAST <= self.height <= MOST):
            raise MapError("size", width=self.width, height=self.height, least=LEAST, most=MOST)
        if len(self.cells) != self.width * self.height or not _LETTERS.issuperset(self.cells):
            raise ValueError("cells do not fill the board")
        if len(self.tokens) > TOKENS:
            raise MapError("tokens", n=len(self.tokens), limit=TOKENS)
        if len({token.id for token in self.tokens}) != len(self.tokens):
            raise ValueError("two tokens have one id")
        for token in self.tokens:
            self._check(token)

    def _check(self, token: Token) -> None:
        if not (1 <= token.size <= LARGEST_TOKEN and 0 <= token.colour < COLOURS and len(token.name) <= NAME):
            raise ValueError("a token has a size, colour or name out of bounds")
        if not all(self.inside(cell) for cell in token.cells()):
            raise self.outside()

    def inside(self, cell: Cell) -> bool:
        """Return whether the cell is on the board."""
        return 0 <= cell[0] < self.width and 0 <= cell[1] < self.height

    def outside(self) -> MapError:
        """Return the error of a cell that is not on the board, with the name of its `last` cell."""
        return MapError("outside", last=cell_name((self.width - 1, self.height - 1)))

    def terrain(self, cell: Cell) -> Terrain:
        """Return what a cell on the board is."""
        return _TERRAIN[self.cells[cell[1] * self.width + cell[0]]]

    def where(self, *kinds: Terrain) -> Iterator[Cell]:
        """Yield the cells of these kinds, row by row."""
        letters = {kind.value for kind in kinds}
        for index, letter in enumerate(self.cells):
            if letter in letters:
                yield index % self.width, index // self.width

    def token(self, token_id: str) -> Token:
        """Return a token; raises MapError `token`."""
        for token in self.tokens:
            if token.id == token_id:
                return token
        raise MapError("token", id=token_id[:NAME])

    def at(self, cell: Cell) -> Token | None:
        """Return the token that covers a cell."""
        return next((token for token in self.tokens if cell in token.cells()), None)

    def with_terrain(self, cell: Cell, terrain: Terrain) -> "Board":
        """Return the board with one cell changed; raises MapError `outside`."""
        if not self.inside(cell):
            raise self.outside()
        index = cell[1] * self.width + cell[0]
        cells = f"{self.cells[:index]}{terrain}{self.cells[index + 1 :]}"
        return msgspec.structs.replace(self, cells=cells)

    def with_token(self, token: Token) -> "Board":
        """Return the board with a token added, or changed where its id is there already."""
        others = [token if other.id == token.id else other for other in self.tokens]
        tokens = others if token in others else [*others, token]
        return msgspec.structs.replace(self, tokens=tuple(tokens))

    def without_token(self, token_id: str) -> "Board":
        """Return the board without a token; the same board if it is not there."""
        tokens = tuple(token for token in self.tokens if token.id != token_id)
        return msgspec.structs.replace(self, tokens=tokens)

    def moved(self, token_id: str, to: Cell) -> "Board":
        """Return the board with a token elsewhere, whatever is there; `paths.path` says whether it may go."""
        return self.with_token(msgspec.structs.replace(self.token(token_id), at=to))

    def next_colour(self) -> int:
        """Return the colour that the fewest tokens bear."""
        borne = [token.colour for token in self.tokens]
        return min(range(COLOURS), key=borne.count)


_LETTERS: Final = frozenset(terrain.value for terrain in Terrain)
_TERRAIN: Final = {terrain.value: terrain for terrain in Terrain}


def covered(at: Cell, size: int) -> list[Cell]:
    """Return the cells of a square of `size` cells whose north-west one is `at`, row by row."""
    return [(at[0] + x, at[1] + y) for y in range(size) for x in range(size)]


def blank(width: int, height: int) -> Board:
    """Return an open floor; raises MapError `size` outside LEAST to MOST."""
    if not (LEAST <= width <= MOST and LEAST <= height <= MOST):
        raise MapError("size", width=width, height=height, least=LEAST, most=MOST)
    return Board(width, height, Terrain.FLOOR * (width * height))
