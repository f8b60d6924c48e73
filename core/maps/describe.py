"""A board in words: alternative text, refusals and distances."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from core.i18n import text
from core.maps.board import Board, Kind, Terrain, Token
from core.maps.coordinates import Cell, cell_name
from core.maps.errors import MapError
from core.maps.paths import FEET, METRES, Direction, distance, towards

ALT_TEXT: Final = 1_024
"""Characters that Discord gives an alternative text."""

_AREAS: Final = 6
_RESERVE: Final = 32
_GROUPS: Final[tuple[tuple[Kind, str], ...]] = (("foe", "foes"), ("ally", "allies"), ("neutral", "neutrals"))
_SIDES: Final = (Direction.NORTH, Direction.EAST, Direction.SOUTH, Direction.WEST)


def describe(board: Board, locale: str, who: str | None = None) -> str:
    """Return the map in words, at most ALT_TEXT characters, as seen from token `who` if it is there.

    What matters most comes first: the one who looks, the others from near to far, doors, ground, walls. What does
    not fit is counted.
    """
    centre = next((token for token in board.tokens if token.id == who), None)
    sentences = [text(locale, "maps.describe.room", width=board.width, height=board.height)]
    if centre is not None:
        sentences.append(_placed(locale, centre))
        sentences += _beside(board, locale, centre)
    others = [token for token in board.tokens if token is not centre]
    if centre is not None:
        others.sort(key=lambda token: distance(centre.at, token.at))
    sentences += [_seen(locale, token, centre) for token in others]
    sentences += _doors(board, locale)
    sentences += _groups(locale, others)
    for terrain, key in ((Terrain.WATER, "water"), (Terrain.ROUGH, "rough"), (Terrain.WALL, "walls")):
        sentences += _areas(board, locale, terrain, key)
    return _fitting(locale, sentences)


def refusal(locale: str, error: MapError) -> str:
    """Return the sentence of a MapError, its direction and cost in words."""
    data: dict[str, object] = dict(error.data)
    if "direction" in data:
        data["direction"] = text(locale, f"maps.direction.{error.data['direction']}")
    if isinstance(cost := error.data.get("cost"), int):
        data["cost"] = length(locale, cost)
    return text(locale, error.key, **data)


def length(locale: str, squares: int) -> str:
    """Return a length as the language measures it: `9 m` or `30 ft` for six squares."""
    metres: object = squares * METRES
    if isinstance(metres, float):
        metres = int(metres) if metres.is_integer() else f"{metres:.1f}".replace(".", ",")
    return text(locale, "maps.distance", metres=metres, feet=squares * FEET)


def scale(locale: str) -> str:
    """Return how long the side of a square is."""
    return text(locale, "maps.square", distance=length(locale, 1))


def _placed(locale: str, token: Token) -> str:
    return text(locale, "maps.describe.at", name=token.name, at=cell_name(token.at))


def _seen(locale: str, token: Token, centre: Token | None) -> str:
    if centre is None:
        return _placed(locale, token)
    at, squares = cell_name(token.at), distance(centre.at, token.at)
    if squares == 0:
        return text(locale, "maps.describe.same", name=token.name, at=at)
    east, south = abs(token.at[0] - centre.at[0]), abs(token.at[1] - centre.at[1])
    key = "straight" if 0 in (east, south) or east == south else "away"
    direction = text(locale, f"maps.direction.{towards(centre.at, token.at)}")
    return text(locale, f"maps.describe.{key}", name=token.name, at=at, n=squares, direction=direction)


def _beside(board: Board, locale: str, centre: Token) -> Iterator[str]:
    own = centre.cells()
    walls = []
    for side in _SIDES:
        east, south = side.delta
        next_to = [(x + east, y + south) for x, y in own]
        if any(board.inside(cell) and board.terrain(cell) is Terrain.WALL for cell in next_to):
            walls.append(text(locale, f"maps.direction.{side}"))
    if walls:
        yield text(locale, "maps.describe.beside", where=_joined(locale, walls), name=centre.name)


def _doors(board: Board, locale: str) -> Iterator[str]:
    for terrain, key in ((Terrain.DOOR, "door"), (Terrain.OPEN_DOOR, "open_door")):
        doors = [cell_name(cell) for cell in board.where(terrain)]
        if doors:
            yield text(locale, f"maps.describe.{key}", n=len(doors), where=_joined(locale, doors[:20]))


def _groups(locale: str, tokens: Sequence[Token]) -> Iterator[str]:
    for kind, key in _GROUPS:
        names = [token.name for token in tokens if token.kind == kind]
        if names:
            yield text(locale, f"maps.describe.{key}", names=_joined(locale, names))


def _areas(board: Board, locale: str, terrain: Terrain, key: str) -> Iterator[str]:
    inner = terrain is Terrain.WALL
    cells = [cell for cell in board.where(terrain) if not (inner and _on_edge(board, cell))]
    rectangles = sorted(_rectangles(cells), key=_size, reverse=True)
    spans = [_span(locale, first, last) for first, last in sorted(rectangles[:_AREAS])]
    if spans:
        yield text(locale, f"maps.describe.{key}", where=", ".join(spans))


def _span(locale: str, first: Cell, last: Cell) -> str:
    if first == last:
        return cell_name(first)
    return text(locale, "maps.describe.range", first=cell_name(first), last=cell_name(last))


def _rectangles(cells: Iterable[Cell]) -> list[tuple[Cell, Cell]]:
    """Cover cells, given row by row, by rectangles: runs within rows, joined where rows repeat them."""
    runs: list[tuple[Cell, Cell]] = []
    for x, y in cells:
        if runs and runs[-1][1] == (x - 1, y):
            runs[-1] = (runs[-1][0], (x, y))
        else:
            runs.append(((x, y), (x, y)))
    growing: dict[tuple[int, int], tuple[Cell, Cell]] = {}
    done: list[tuple[Cell, Cell]] = []
    for first, last in runs:
        columns = (first[0], last[0])
        above = growing.get(columns)
        if above is not None and above[1][1] == first[1] - 1:
            growing[columns] = (above[0], last)
        else:
            if above is not None:
                done.append(above)
            growing[columns] = (first, last)
    return done + list(growing.values())


def _size(rectangle: tuple[Cell, Cell]) -> int:
    (left, top), (right, bottom) = rectangle
    return (right - left + 1) * (bottom - top + 1)


def _on_edge(board: Board, cell: Cell) -> bool:
    return cell[0] in (0, board.width - 1) or cell[1] in (0, board.height - 1)


def _joined(locale: str, words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])}{text(locale, 'maps.describe.and')}{words[-1]}"


def _fitting(locale: str, sentences: Sequence[str]) -> str:
    told = " ".join(sentences)
    kept = list(sentences)
    while len(told) > ALT_TEXT:
        # Leave out what comes last until the count of the rest fits too.
        while len(" ".join(kept)) > ALT_TEXT - _RESERVE:
            kept.pop()
        told = " ".join([*kept, text(locale, "maps.describe.more", n=len(sentences) - len(kept))])
    return told
