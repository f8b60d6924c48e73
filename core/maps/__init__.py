"""Maps: boards, the ways over them, pictures and words."""

from core.maps.ascii_map import from_ascii, to_ascii
from core.maps.board import Board, Kind, Terrain, Token, blank
from core.maps.coordinates import Cell, cell_name, cell_of
from core.maps.describe import describe, length, refusal
from core.maps.errors import MapError
from core.maps.paths import Direction, Path, path, step
from core.maps.render import render

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
    "render",
    "step",
    "to_ascii",
]
