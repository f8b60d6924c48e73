"""Boards: made, drawn with letters, kept as JSON, named by coordinates."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.i18n import LOCALES, keys
from core.maps import (
    Board,
    MapError,
    Terrain,
    Token,
    blank,
    cell_name,
    cell_of,
    from_ascii,
    refusal,
    to_ascii,
)

ROOM = """\
##+#####
#.....~~
#.#..:.~
#..L..g.
#...#..'
########"""


def test_an_ascii_room_becomes_ground_and_tokens() -> None:
    board = from_ascii(ROOM)
    assert (board.width, board.height) == (8, 6)
    assert list(board.where(Terrain.DOOR)) == [cell_of("C1")]
    assert list(board.where(Terrain.WATER)) == [cell_of("G2"), cell_of("H2"), cell_of("H3")]
    assert board.terrain(cell_of("F3")) is Terrain.ROUGH
    assert board.terrain(cell_of("H5")) is Terrain.OPEN_DOOR
    assert [(token.name, token.kind, cell_name(token.at)) for token in board.tokens] == [
        ("L", "hero", "D4"),
        ("g", "foe", "G4"),
    ]
    assert to_ascii(board) == ROOM


def test_a_letter_that_comes_again_is_numbered_and_short_rows_are_floor() -> None:
    board = from_ascii("gg\n#\n.....\ng\n  .\n\n")
    assert [token.id for token in board.tokens] == ["g", "g2", "g3"]
    assert (board.width, board.height) == (5, 5)
    assert board.terrain((4, 1)) is Terrain.FLOOR


@pytest.mark.parametrize(
    ("drawing", "code", "data"),
    [
        ("....\n" * 5, "size", {"width": 4, "height": 5}),
        (".....\n" * 4, "size", {"width": 5, "height": 4}),
        ("." * 61 + "\n.....\n.\n.\n.", "size", {"width": 61}),
        ("." * 4_000, "ascii_length", {"n": 4_000}),
        (".....\n...?.\n.....\n.....\n.....", "ascii_letter", {"letter": "?", "line": 2, "column": 4}),
        (".....\n..é..\n.....\n.....\n.....", "ascii_letter", {"letter": "é"}),
        (".....\n..`..\n.....\n.....\n.....", "ascii_letter", {"letter": "U+0060"}),
        ("ggggggggggggggggggggg\n" * 5, "tokens", {"n": 105, "limit": 100}),
    ],
)
def test_a_drawing_that_cannot_be_read_says_where(drawing: str, code: str, data: dict[str, object]) -> None:
    with pytest.raises(MapError) as caught:
        from_ascii(drawing)
    assert caught.value.code == code
    assert caught.value.data | data == caught.value.data


@settings(deadline=None)
@given(st.one_of(st.text(max_size=200), st.text(alphabet="#.~:+'gL \n", max_size=600)))
def test_no_drawing_raises_anything_but_a_map_error(drawing: str) -> None:
    try:
        board = from_ascii(drawing)
    except MapError as error:
        for locale in LOCALES:
            assert 0 < len(refusal(locale, error)) <= 140
    else:
        assert len(board.cells) == board.width * board.height


@settings(deadline=None)
@given(st.integers(0, 99), st.integers(0, 98))
def test_a_cell_and_its_name_are_one(column: int, row: int) -> None:
    assert cell_of(cell_name((column, row))) == (column, row)
    assert cell_of(cell_name((column, row)).lower()) == (column, row)


@settings(deadline=None)
@given(st.text(max_size=30))
def test_a_text_that_names_no_cell_is_refused(name: str) -> None:
    try:
        column, row = cell_of(name)
    except MapError as error:
        assert error.code == "coordinate"
        assert not set("`\n") & set(str(error.data["part"]))
    else:
        assert cell_name((column, row)).replace("0", "") in "".join(name.upper().split()).replace("0", "")


def test_known_coordinates() -> None:
    assert [cell_name((column, 0)) for column in (0, 25, 26, 59)] == ["A1", "Z1", "AA1", "BH1"]
    assert cell_of(" d 4 ") == (3, 3)
    for name in ("D0", "4D", "D", "4", "D444", "AAA1", "D٤", "", "D4" * 50):
        with pytest.raises(MapError, match="coordinate"):
            cell_of(name)


def test_a_board_survives_json() -> None:
    board = from_ascii(ROOM)
    assert msgspec.json.decode(msgspec.json.encode(board), type=Board) == board


@pytest.mark.parametrize(
    "change",
    [
        {"width": 9},
        {"cells": "?" * 48},
        {"width": 4, "height": 12},
        {"tokens": [{"id": "a", "name": "A", "kind": "foe", "at": [9, 0]}]},
        {"tokens": [{"id": "a", "name": "A", "kind": "foe", "at": [0, 0], "size": 5}]},
        {"tokens": [{"id": "a", "name": "A", "kind": "foe", "at": [0, 0], "colour": 7}]},
        {"tokens": [{"id": "a", "name": "A" * 41, "kind": "foe", "at": [0, 0]}]},
        {"tokens": [{"id": "a", "name": "A", "kind": "foe", "at": [0, 0]}] * 2},
    ],
)
def test_json_that_contradicts_itself_is_no_board(change: dict[str, object]) -> None:
    raw = msgspec.json.encode(msgspec.to_builtins(blank(8, 6)) | change)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(raw, type=Board)


@pytest.mark.parametrize(("width", "height"), [(4, 10), (10, 4), (61, 10), (10, 61), (-1, 5), (10**9, 10**9)])
def test_a_blank_board_has_bounds(width: int, height: int) -> None:
    with pytest.raises(MapError) as caught:
        blank(width, height)
    assert caught.value.code == "size"


def test_tokens_come_move_change_and_go() -> None:
    lia = Token("1", "Lia", "hero", (0, 0))
    board = blank(5, 5).with_token(lia)
    assert board.at((0, 0)) == lia
    moved = board.moved("1", (4, 4))
    assert moved.token("1").at == (4, 4)
    assert board.token("1").at == (0, 0)
    renamed = moved.with_token(Token("1", "Lia Duarte", "hero", (4, 4)))
    assert [token.name for token in renamed.tokens] == ["Lia Duarte"]
    assert renamed.without_token("1") == blank(5, 5)
    with pytest.raises(MapError, match="outside"):
        board.moved("1", (5, 4))
    with pytest.raises(MapError, match="token"):
        board.moved("2", (0, 0))


def test_a_new_token_gets_the_colour_least_borne() -> None:
    board = blank(5, 5)
    for number in range(7):
        board = board.with_token(Token(str(number), "x", "foe", (0, 0), board.next_colour()))
    assert sorted(token.colour for token in board.tokens) == list(range(7))


def test_every_map_sentence_is_in_both_languages() -> None:
    mine = [{key for key in keys(locale) if key.startswith("maps.")} for locale in LOCALES]
    assert mine[0] == mine[1]
