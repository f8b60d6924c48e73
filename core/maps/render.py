"""A board as a picture."""

from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

from core.maps import sprites
from core.maps.board import Board, Terrain
from core.maps.coordinates import Cell, column_name
from core.maps.describe import scale
from core.maps.frame import Frame, frame_of
from core.maps.initials import initials

LARGEST_FILE: Final = 200_000
"""Bytes of a picture."""
_LABEL: Final = 34
_EDGE: Final = "#8A8577"
_SOLID: Final = (Terrain.WALL, Terrain.DOOR, Terrain.OPEN_DOOR)


def render(board: Board, *, focus: str | None = None, locale: str) -> bytes:
    """Return a PNG of the board, or of up to 20 by 15 cells round token `focus`, which gets a second ring.

    The same board gives the same bytes. `locale` sets the unit of the scale.
    """
    centre = next((token for token in board.tokens if token.id == focus), None)
    frame = frame_of(board, centre.at if centre else None)
    picture = Image.new("RGB", frame.size, sprites.INK)
    _ground(picture, board, frame)
    _shadows(picture, board, frame)
    _tokens(picture, board, frame, focus)
    _labels(picture, frame, locale)
    _edges(picture, board, frame)
    png = _png(picture)
    # Only a map crowded everywhere comes this far: fewer shades at the edges of things make it light again.
    return png if len(png) <= LARGEST_FILE else _png(picture.quantize(64, dither=Image.Dither.NONE))


def _png(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.save(file, "PNG", compress_level=6)
    return file.getvalue()


def _visible(frame: Frame) -> list[Cell]:
    return [
        (x, y) for y in range(frame.top, frame.top + frame.rows) for x in range(frame.left, frame.left + frame.columns)
    ]


def _ground(picture: Image.Image, board: Board, frame: Frame) -> None:
    pen = ImageDraw.Draw(picture)
    cell, margin = frame.cell, frame.margin
    right, bottom = margin + frame.columns * cell - 1, margin + frame.rows * cell - 1
    pen.rectangle((margin, margin, right, bottom), fill=sprites.PAPER)
    for at in _visible(frame):
        terrain = board.terrain(at)
        if terrain is not Terrain.FLOOR:
            across = terrain in (Terrain.DOOR, Terrain.OPEN_DOOR) and _in_upright_wall(board, at)
            picture.paste(sprites.ground(terrain, cell, across), frame.corner(at))
    for at in _visible(frame):
        if board.terrain(at) is not Terrain.WALL:
            x, y = frame.corner(at)
            pen.line((x + cell - 1, y, x + cell - 1, y + cell - 1), fill=sprites.GRID)
            pen.line((x, y + cell - 1, x + cell - 1, y + cell - 1), fill=sprites.GRID)


def _in_upright_wall(board: Board, at: Cell) -> bool:
    x, y = at
    beside = [cell for cell in ((x - 1, y), (x + 1, y)) if board.inside(cell)]
    return not any(board.terrain(cell) in _SOLID for cell in beside)


def _shadows(picture: Image.Image, board: Board, frame: Frame) -> None:
    """Give walls a height: what lies south of one is shaded."""
    pen = ImageDraw.Draw(picture)
    cell, deep = frame.cell, max(3, frame.cell // 12)
    for x, y in _visible(frame):
        above = (x, y - 1)
        if board.terrain((x, y)) not in (Terrain.FLOOR, Terrain.ROUGH) or not board.inside(above):
            continue
        if board.terrain(above) is Terrain.WALL:
            left, top = frame.corner((x, y))
            pen.rectangle((left, top, left + cell - 1, top + deep), fill=sprites.SHADOW)


def _tokens(picture: Image.Image, board: Board, frame: Frame, focus: str | None) -> None:
    letters = initials(board.tokens)
    for token in board.tokens:
        if any(frame.shows(cell) for cell in token.cells()):
            sprite = sprites.token(
                token.kind,
                token.colour,
                letters[token.id],
                frame.cell,
                cells=token.size,
                ringed=token.id == focus,
            )
            picture.paste(sprite, frame.corner(token.at), sprite)


def _labels(picture: Image.Image, frame: Frame, locale: str) -> None:
    pen = ImageDraw.Draw(picture)
    cell, half = frame.cell, frame.margin // 2
    width, height = frame.size
    for column in range(frame.columns):
        name = column_name(frame.left + column)
        face = sprites.fitting(name, _LABEL, cell - 6)
        at = (frame.margin + column * cell + cell // 2, half)
        pen.text(at, name, fill=sprites.PAPER, font=face, anchor="mm")
    face = sprites.font(_LABEL)
    for row in range(frame.rows):
        at = (half, frame.margin + row * cell + cell // 2)
        pen.text(at, str(frame.top + row + 1), fill=sprites.PAPER, font=face, anchor="mm")
    pen.text((width - frame.margin, height - half), scale(locale), fill=sprites.PAPER, font=face, anchor="rm")


def _edges(picture: Image.Image, board: Board, frame: Frame) -> None:
    """Draw a line where the board ends, arrowheads where it goes on."""
    pen = ImageDraw.Draw(picture)
    low, right, bottom = frame.margin, frame.size[0] - frame.margin, frame.size[1] - frame.margin
    goes_on = {
        (-1, 0): frame.left > 0,
        (1, 0): frame.left + frame.columns < board.width,
        (0, -1): frame.top > 0,
        (0, 1): frame.top + frame.rows < board.height,
    }
    for (east, south), more in goes_on.items():
        x, y = (right if east > 0 else low - 2), (bottom if south > 0 else low - 2)
        if not more:
            end = (x, bottom) if east else (right, y)
            pen.line((x, y if south else low, *end) if east else (low, y, *end), fill=_EDGE, width=2)
            continue
        for share in (0.25, 0.5, 0.75):
            along = low + share * ((bottom if east else right) - low)
            tip = (x + 10 * east, along) if east else (along, y + 10 * south)
            base = [(x, along - 9), (x, along + 9)] if east else [(along - 9, y), (along + 9, y)]
            pen.polygon([tip, *base], fill=sprites.PAPER)
