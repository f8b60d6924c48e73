"""Where a token may go, and what it costs.

Moves follow the SRD 5.1 (CC-BY-4.0, "Movement and Position"): every step, diagonals too, is one square of 5 feet;
water and rough ground cost double, and so does another creature's square; a foe's square cannot be passed, nobody
stops on another, and no diagonal cuts the corner of a wall. A closed door is passed straight on, never
diagonally, and counts as opened on the way.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from heapq import heappop, heappush
from typing import Final

import msgspec

from core.maps.board import Board, Terrain, Token, covered
from core.maps.coordinates import Cell, cell_name
from core.maps.errors import MapError

FEET: Final = 5
"""Feet of one square."""
METRES: Final = 1.5
"""Metres of one square."""


class Direction(StrEnum):
    """The eight ways to step."""

    NORTH = "n"
    NORTH_EAST = "ne"
    EAST = "e"
    SOUTH_EAST = "se"
    SOUTH = "s"
    SOUTH_WEST = "sw"
    WEST = "w"
    NORTH_WEST = "nw"

    @property
    def delta(self) -> Cell:
        """Columns to the east and rows to the south of one step."""
        return _DELTAS[self]


_DELTAS: Final[dict[Direction, Cell]] = {
    Direction.NORTH: (0, -1),
    Direction.EAST: (1, 0),
    Direction.SOUTH: (0, 1),
    Direction.WEST: (-1, 0),
    Direction.NORTH_EAST: (1, -1),
    Direction.SOUTH_EAST: (1, 1),
    Direction.SOUTH_WEST: (-1, 1),
    Direction.NORTH_WEST: (-1, -1),
}
_STEPS: Final = tuple(_DELTAS.values())
_DOORS: Final = frozenset((Terrain.DOOR, Terrain.OPEN_DOOR))
_SLOW: Final = frozenset((Terrain.WATER, Terrain.ROUGH))
_BARRED: Final = 0


class Path(msgspec.Struct, frozen=True):
    """A way that may be gone: `cells` after the start, `cost` in squares, `doors` that it opens."""

    cells: tuple[Cell, ...]
    cost: int
    doors: tuple[Cell, ...] = ()

    @property
    def feet(self) -> int:
        """The cost in feet."""
        return self.cost * FEET

    @property
    def metres(self) -> float:
        """The cost in metres."""
        return self.cost * METRES


def step(board: Board, token_id: str, direction: Direction) -> Path:
    """Return the path of one step.

    Raises MapError as `path` does, and `corner` (with the way round) for a diagonal past a wall or a door.
    """
    token = board.token(token_id)
    east, south = direction.delta
    to = (token.at[0] + east, token.at[1] + south)
    found = path(board, token_id, to)
    if len(found.cells) > 1:
        raise _round("corner", token.at, to, found)
    return found


def path(board: Board, token_id: str, to: Cell) -> Path:
    """Return the cheapest way of a token to a cell; of equal ones the one with fewer diagonals.

    Raises MapError `token`, `outside`, `here`, `occupied` (with `name`), `no_way`, or where a wall stands: `wall`
    with its `direction`, and `wall_round` where the cell behind it can be reached, with the `via` cell of the way round
    and its `cost` in squares.
    """
    token = board.token(token_id)
    if not board.inside(to):
        raise board.outside()
    if to == token.at:
        raise MapError("here", at=cell_name(to))
    ground = _Ground(board, token)
    blocker = ground.blocker(to)
    if blocker is not None:
        raise MapError("occupied", name=blocker.name, at=cell_name(to))
    if not ground.open(to):
        raise _walled(ground, to)
    found = _cheapest(ground, to)
    if found is None:
        raise MapError("no_way", at=cell_name(to))
    return found


class _Ground:
    """A board as one token walks it; what is found out about a cell is kept for the search."""

    def __init__(self, board: Board, token: Token) -> None:
        self.board = board
        self.token = token
        self._by_cell = {cell: other for other in board.tokens if other.id != token.id for cell in other.cells()}
        self._open: dict[Cell, bool] = {}
        self._price: dict[Cell, int] = {}

    def blocker(self, at: Cell) -> Token | None:
        """Return another token in the way of stopping at a cell."""
        cells = covered(at, self.token.size)
        return next((self._by_cell[cell] for cell in cells if cell in self._by_cell), None)

    def open(self, at: Cell) -> bool:
        """Return whether no wall and no edge is in the way at a cell."""
        known = self._open.get(at)
        if known is None:
            cells = covered(at, self.token.size)
            inside = all(self.board.inside(cell) for cell in cells)
            known = inside and all(self.board.terrain(cell) is not Terrain.WALL for cell in cells)
            self._open[at] = known
        return known

    def steps(self, at: Cell) -> Iterator[tuple[Cell, int, bool]]:
        """Yield the cells one step away, the cost in squares, and whether the step is diagonal."""
        x, y = at
        in_door = self._in_door(at)
        for east, south in _STEPS:
            to = (x + east, y + south)
            if not self.open(to) or (price := self._price_of(to)) == _BARRED:
                continue
            diagonal = bool(east and south)
            if diagonal and (in_door or self._in_door(to) or not (self.open((to[0], y)) and self.open((x, to[1])))):
                continue
            yield to, price, diagonal

    def _in_door(self, at: Cell) -> bool:
        return any(self.board.terrain(cell) in _DOORS for cell in covered(at, self.token.size))

    def _price_of(self, at: Cell) -> int:
        price = self._price.get(at)
        if price is None:
            price = self._price[at] = self._entered(covered(at, self.token.size))
        return price

    def _entered(self, cells: Sequence[Cell]) -> int:
        others = [self._by_cell[cell] for cell in cells if cell in self._by_cell]
        if any(_hostile(self.token, other) for other in others):
            return _BARRED
        slow = others or any(self.board.terrain(cell) in _SLOW for cell in cells)
        return 2 if slow else 1


def _hostile(one: Token, other: Token) -> bool:
    sides = {one.kind, other.kind}
    return "foe" in sides and bool(sides & {"hero", "ally"})


def _cheapest(ground: _Ground, to: Cell) -> Path | None:
    """Dijkstra's algorithm over (squares, diagonals)."""
    start = ground.token.at
    best: dict[Cell, tuple[int, int]] = {start: (0, 0)}
    came: dict[Cell, Cell] = {}
    heap = [(0, 0, start)]
    while heap:
        cost, diagonals, at = heappop(heap)
        if at == to:
            return _path(ground, came, to, cost)
        if (cost, diagonals) > best[at]:
            continue
        for following, price, diagonal in ground.steps(at):
            total = (cost + price, diagonals + diagonal)
            if following not in best or total < best[following]:
                best[following] = total
                came[following] = at
                heappush(heap, (*total, following))
    return None


def _path(ground: _Ground, came: dict[Cell, Cell], to: Cell, cost: int) -> Path:
    cells = [to]
    while (before := came[cells[-1]]) != ground.token.at:
        cells.append(before)
    cells.reverse()
    passed = dict.fromkeys(part for cell in cells for part in covered(cell, ground.token.size))
    doors = tuple(cell for cell in passed if ground.board.terrain(cell) is Terrain.DOOR)
    return Path(tuple(cells), cost, doors)


def _walled(ground: _Ground, to: Cell) -> MapError:
    """Say that a wall stands at `to`, and the way to the first free cell straight behind it."""
    start = ground.token.at
    heading = towards(start, to)
    east, south = heading.delta
    behind = to
    while ground.board.inside(behind) and (not ground.open(behind) or ground.blocker(behind)):
        behind = (behind[0] + east, behind[1] + south)
    found = _cheapest(ground, behind) if ground.board.inside(behind) else None
    if found is None:
        return MapError("wall", direction=heading, at=cell_name(to))
    return _round("wall_round", start, to, found)


def _round(code: str, start: Cell, to: Cell, found: Path) -> MapError:
    end = found.cells[-1]
    via = max(found.cells, key=lambda cell: (_off_line(start, end, cell), -_blocks(cell, to)))
    heading = towards(start, to)
    return MapError(code, direction=heading, at=cell_name(to), via=cell_name(via), cost=found.cost)


def _off_line(start: Cell, end: Cell, cell: Cell) -> int:
    across = (end[0] - start[0]) * (cell[1] - start[1]) - (end[1] - start[1]) * (cell[0] - start[0])
    return abs(across)


def _blocks(start: Cell, end: Cell) -> int:
    return abs(start[0] - end[0]) + abs(start[1] - end[1])


def towards(start: Cell, end: Cell) -> Direction:
    """Return the direction, of eight, that comes nearest to the way from one cell to another."""
    east, south = end[0] - start[0], end[1] - start[1]
    if abs(south) * 2 < abs(east):
        south = 0
    elif abs(east) * 2 < abs(south):
        east = 0
    sign = ((east > 0) - (east < 0), (south > 0) - (south < 0))
    return next((direction for direction, delta in _DELTAS.items() if delta == sign), Direction.NORTH)


def distance(start: Cell, end: Cell) -> int:
    """Return the squares between two cells, counting a diagonal as one."""
    return max(abs(start[0] - end[0]), abs(start[1] - end[1]))
