"""The picture of a board, looked at pixel by pixel."""

from io import BytesIO
from random import Random

import pytest
from PIL import Image

from core.maps import Board, Terrain, Token, blank, cell_of, from_ascii
from core.maps.frame import Frame, frame_of
from core.maps.initials import initials
from core.maps.render import render

ROOM = "##+#####\n#.....~~\n#.#..:.~\n#..L..g.\n#...#..'\n########"


def picture(board: Board, focus: str | None = None, locale: str = "pt-BR") -> Image.Image:
    return Image.open(BytesIO(render(board, focus=focus, locale=locale))).convert("RGB")


def pixels_of(board: Board, name: str) -> set[object]:
    """Return the colours inside a cell."""
    frame = frame_of(board, None)
    x, y = frame.corner(cell_of(name))
    inside = picture(board).crop((x, y, x + frame.cell, y + frame.cell))
    return {colour for _, colour in inside.getcolors(10_000) or ()}


def test_each_ground_has_the_colours_of_the_page() -> None:
    board = from_ascii(ROOM)
    assert pixels_of(board, "A1") == {(0x2B, 0x2B, 0x2B)}
    assert (0xED, 0xE8, 0xDC) in pixels_of(board, "B4")
    assert (0x00, 0x72, 0xB2) in pixels_of(board, "G2")
    assert len(pixels_of(board, "G2")) > 3  # waves
    assert (0x8A, 0x4B, 0x00) in pixels_of(board, "C1")
    assert (0x8A, 0x4B, 0x00) in pixels_of(board, "H5")
    assert len(pixels_of(board, "F3")) > 3  # hatching


def test_a_token_bears_its_colour_and_its_kind_its_own_shape() -> None:
    seen = set()
    for kind in ("hero", "ally", "foe", "neutral"):
        board = blank(5, 5).with_token(Token("t", "Ana", kind, (2, 2), colour=2))
        assert (0x00, 0x9E, 0x73) in pixels_of(board, "C3")
        assert (0x00, 0x9E, 0x73) not in pixels_of(board, "B2")
        seen.add(picture(board).tobytes())
    assert len(seen) == 4


def test_a_door_lies_along_its_wall() -> None:
    across, along = "#####\n.....\n.....\n.....\n##+##", "##.##\n##.##\n##+##\n##.##\n##.##"
    upright = "#####\n#####\n..+..\n#####\n#####"
    frame = frame_of(from_ascii(across), None)
    half, cell = frame.cell // 2, frame.cell
    brown = (0x8A, 0x4B, 0x00)
    for drawing, name, level in ((across, "C5", True), (along, "C3", True), (upright, "C3", False)):
        x, y = frame.corner(cell_of(name))
        image = picture(from_ascii(drawing))
        assert (image.getpixel((x + cell // 8, y + half)) == brown) is level
        assert (image.getpixel((x + half, y + cell // 8)) == brown) is not level


def test_the_focus_has_a_second_ring() -> None:
    board = from_ascii(ROOM)
    assert render(board, focus="L", locale="pt-BR") != render(board, locale="pt-BR")


def test_the_scale_speaks_the_language() -> None:
    board = from_ascii(ROOM)
    assert render(board, locale="en-US") != render(board, locale="pt-BR")


def test_one_board_gives_one_picture() -> None:
    board = from_ascii(ROOM)
    assert render(board, focus="L", locale="pt-BR") == render(from_ascii(ROOM), focus="L", locale="pt-BR")


def test_a_large_board_is_shown_round_the_focus() -> None:
    board = blank(60, 60).with_token(Token("a", "Ana", "hero", (50, 9), colour=4))
    frame = frame_of(board, (50, 9))
    assert (frame.columns, frame.rows) == (16, 12)
    assert frame.shows((50, 9))
    image = picture(board, focus="a")
    assert image.size == frame.size
    assert (0xD5, 0x5E, 0x00) in {colour for _, colour in image.getcolors(100_000) or ()}


def test_the_edge_tells_whether_the_board_goes_on() -> None:
    paper, line = (0xED, 0xE8, 0xDC), (0x8A, 0x85, 0x77)
    board = blank(60, 60).with_token(Token("a", "Ana", "hero", (0, 30)))
    image, frame = picture(board, focus="a"), frame_of(board, (0, 30))
    middle = (frame.margin + image.height - frame.margin) // 2
    right = image.width - frame.margin
    assert image.getpixel((right + 4, middle)) == paper
    assert image.getpixel((right + 4, middle + 30)) != paper
    assert image.getpixel((frame.margin - 1, middle)) == line
    assert image.getpixel((frame.margin - 6, middle + 20)) != paper


@pytest.mark.parametrize("at", [(0, 0), (59, 0), (0, 59), (59, 59), (30, 2)])
def test_the_frame_never_leaves_the_board(at: tuple[int, int]) -> None:
    frame = frame_of(blank(60, 60), at)
    assert frame.shows(at)
    assert 0 <= frame.left <= 60 - frame.columns
    assert 0 <= frame.top <= 60 - frame.rows


@pytest.mark.parametrize(("width", "height"), [(5, 5), (20, 15), (5, 60), (60, 5), (60, 60), (21, 6)])
def test_cells_letters_and_files_keep_their_measures(width: int, height: int) -> None:
    board = Board(width, height, ("#.~:+'." * (width * height))[: width * height])
    for number in range(40):
        at = (number % width, number // width % height)
        board = board.with_token(Token(str(number), f"Guarda {number}", "foe", at, number % 7))
    frame: Frame = frame_of(board, None)
    assert frame.columns <= 20
    assert frame.rows <= 15
    assert frame.cell >= 40
    assert max(frame.size) <= 1_000
    # Labels of 34 pixels stay at 28 or more when the picture is shown 800 pixels wide.
    assert 34 * 800 / max(800, frame.size[0]) >= 27.8
    assert len(render(board, locale="pt-BR")) <= 200_000


def test_even_the_most_crowded_map_is_a_light_file() -> None:
    chance = Random(1)
    board = Board(20, 15, "".join(chance.choice("~:+.#") for _ in range(300)))
    for number in range(100):
        at = (chance.randrange(20), chance.randrange(15))
        board = board.with_token(
            Token(str(number), f"Guarda {number}", "foe" if number % 2 else "hero", at, number % 7)
        )
    png = render(board, focus="0", locale="pt-BR")
    assert len(png) <= 200_000
    assert Image.open(BytesIO(png)).size == frame_of(board, None).size


def test_initials_are_two_letters_and_differ() -> None:
    names = ["Lia", "Lia", "Lima", "Goblin A", "Goblin B", "Orc 10", "Ágata", "X", "Иван", "龍", "", "Lia", "🐉 Dragão"]
    tokens = [Token(str(index), name, "foe", (0, 0)) for index, name in enumerate(names)]
    letters = list(initials(tokens).values())
    assert letters[:2] == ["Li", "La"]
    assert letters[3:8] == ["GA", "GB", "O10", "Ág", "X"]
    assert len({each.casefold() for each in letters}) == len(letters)
    assert all(1 <= len(each) <= 3 for each in letters)


def test_water_beneath_a_token_still_shows() -> None:
    board = blank(5, 5).with_terrain((2, 2), Terrain.WATER).with_token(Token("t", "Ana", "hero", (2, 2)))
    assert (0x00, 0x72, 0xB2) in pixels_of(board, "C3")
