"""The small pictures a map is put together from, each drawn once for a size and kept.

Drawn four times as large and reduced, so that their edges are smooth.
"""

from collections.abc import Callable
from functools import lru_cache
from math import pi, sin
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from core.maps.board import Kind, Terrain

INK: Final = "#15161A"
PAPER: Final = "#EDE8DC"
WALL: Final = "#2B2B2B"
GRID: Final = "#C9C0AA"
SHADOW: Final = "#BFB498"
_DOOR: Final = "#8A4B00"
_KNOB: Final = "#F0E442"
_WATER: Final = "#0072B2"
_WAVE: Final = "#8CCBEF"
_HATCH: Final = "#A3977A"
FILLS: Final = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#D55E00", "#CC79A7", "#0072B2")
_WHITE_INK: Final = frozenset(("#0072B2",))
_ROOM: Final[dict[Kind, tuple[float, float]]] = {
    "hero": (0.8, 0.5),
    "ally": (0.84, 0.5),
    "foe": (0.76, 0.64),
    "neutral": (0.76, 0.5),
}
"""The width for letters and their height from the top, as shares of a token."""
_FONTS: Final = Path(__file__).parent / "fonts"
_SCALE: Final = 4


@lru_cache(maxsize=64)
def font(pixels: int) -> ImageFont.FreeTypeFont:
    """Return Atkinson Hyperlegible, bold, in a size."""
    return ImageFont.truetype(_FONTS / "AtkinsonHyperlegible-Bold.ttf", pixels, layout_engine=ImageFont.Layout.BASIC)


def fitting(text: str, pixels: int, wide: float) -> ImageFont.FreeTypeFont:
    """Return the font at `pixels`, or smaller so that `text` is at most `wide` pixels long."""
    length = font(pixels).getlength(text)
    return font(pixels if length <= wide else int(pixels * wide / length))


@lru_cache(maxsize=64)
def ground(terrain: Terrain, cell: int, across: bool = False) -> Image.Image:
    """Return one cell of ground, `cell` pixels square; a door `across` lies in a wall that runs north to south."""
    large = Image.new("RGB", (cell * _SCALE, cell * _SCALE), PAPER)
    pen = ImageDraw.Draw(large)
    _GROUND[terrain](pen, cell * _SCALE)
    if across:
        large = large.transpose(Image.Transpose.ROTATE_90)
    return large.reduce(_SCALE)


@lru_cache(maxsize=128)
def token(kind: Kind, colour: int, letters: str, cell: int, *, cells: int = 1, ringed: bool = False) -> Image.Image:
    """Return a token of `cells` cells a side on a see-through ground; `ringed` gives it a second ring."""
    size = cell * cells * _SCALE
    large = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    pen = ImageDraw.Draw(large)
    fill = FILLS[colour]
    for inset, shade in (
        ((0.02, INK), (0.055, "#FFFFFF"), (0.1, INK), (0.14, fill)) if ringed else ((0.02, INK), (0.08, fill))
    ):
        _shape(pen, kind, size, inset, shade)
    _letters(pen, kind, letters, size=size, share=1.0 if cells == 1 else 0.5, fill=fill)
    return large.reduce(_SCALE)


def _letters(pen: ImageDraw.ImageDraw, kind: Kind, letters: str, *, size: int, share: float, fill: str) -> None:
    """Write as large as fits; where letters reach beyond a small token, its colour goes with them."""
    wide, down = _ROOM[kind]
    face = fitting(letters, round(size * share * 0.7), size * share * wide)
    ink = "#FFFFFF" if fill in _WHITE_INK else INK
    at = (size / 2, size * down)
    pen.text(at, letters, fill=ink, font=face, anchor="mm", stroke_width=size // 22, stroke_fill=fill)


def _shape(pen: ImageDraw.ImageDraw, kind: Kind, size: int, inset: float, fill: str) -> None:
    low, high, middle = size * inset, size * (1 - inset), size / 2
    match kind:
        case "hero":
            pen.ellipse((low, low, high, high), fill=fill)
        case "ally":
            pen.rounded_rectangle((low, low, high, high), radius=size * (0.14 - inset / 2), fill=fill)
        case "foe":
            pen.polygon([(middle, low * 1.6 - size * 0.04), (high + low * 0.1, high), (low * 0.9, high)], fill=fill)
        case "neutral":
            pen.polygon([(middle, low), (high, middle), (middle, high), (low, middle)], fill=fill)


def _floor(_pen: ImageDraw.ImageDraw, _size: int) -> None:
    """Leave the paper as it is."""


def _wall(pen: ImageDraw.ImageDraw, size: int) -> None:
    pen.rectangle((0, 0, size, size), fill=WALL)


def _water(pen: ImageDraw.ImageDraw, size: int) -> None:
    pen.rectangle((0, 0, size, size), fill=_WATER)
    for height in (0.27, 0.77):
        crest = [
            (x, size * (height + 0.07 * sin(2 * pi * x / size))) for x in range(-size // 8, size + size // 8, _SCALE)
        ]
        pen.line(crest, fill=_WAVE, width=size // 16, joint="curve")


def _rough(pen: ImageDraw.ImageDraw, size: int) -> None:
    for start in range(-size, size, size // 4):
        pen.line((start, size, start + size, 0), fill=_HATCH, width=size // 22)


def _door(pen: ImageDraw.ImageDraw, size: int) -> None:
    pen.rectangle((0, size * 0.26, size, size * 0.74), fill=INK)
    pen.rectangle((size * 0.05, size * 0.32, size * 0.95, size * 0.68), fill=_DOOR)
    pen.line((size * 0.5, size * 0.32, size * 0.5, size * 0.68), fill=INK, width=size // 28)
    for x in (0.4, 0.6):
        pen.ellipse((size * (x - 0.05), size * 0.45, size * (x + 0.05), size * 0.55), fill=_KNOB)


def _open_door(pen: ImageDraw.ImageDraw, size: int) -> None:
    for low, high in ((0.0, 0.2), (0.8, 1.0)):
        pen.rectangle((size * low, size * 0.1, size * high, size * 0.9), fill=INK)
        pen.rectangle((size * (low + 0.05), size * 0.15, size * (high - 0.05), size * 0.85), fill=_DOOR)


_GROUND: Final[dict[Terrain, Callable[[ImageDraw.ImageDraw, int], None]]] = {
    Terrain.FLOOR: _floor,
    Terrain.WALL: _wall,
    Terrain.WATER: _water,
    Terrain.ROUGH: _rough,
    Terrain.DOOR: _door,
    Terrain.OPEN_DOOR: _open_door,
}
