"""Maps: boards, the ways over them, and words for them.

`core.maps.render` makes pictures; it is imported by whoever needs it, since it brings an image library along.
"""

from core.maps.ascii_map import from_ascii, to_ascii
from core.maps.board import Board, Kind, Terrain, Token, blank
from core.maps.coordinates import Cell, cell_name, cell_of
from core.maps.describe import describe, length, refusal
from core.maps.errors import MapError
from core.maps.paths import Direction, Path, path, step

__all__ = [
    "Board",
    "Cell",
    "Direction",
    "Kind",
    "MapError",
    "Path",
    "Terrain",
    "Token",
    "blank",
    "cell_name",
    "cell_of",
    "describe",
    "from_ascii",
    "length",
    "path",
    "refusal",
    "step",
    "to_ascii",
]
