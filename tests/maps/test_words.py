"""A board in words."""

import msgspec
import pytest

from core.i18n import LOCALES
from core.maps import Board, Terrain, Token, blank, cell_of, describe, from_ascii, length

ROOM = """\
##+#####
#.......
#.......
#..L..g.
#.......
########"""


def named(drawing: str) -> Board:
    board = from_ascii(drawing)
    for token_id, name in (("L", "Lia"), ("g", "Goblin A")):
        board = board.with_token(msgspec.structs.replace(board.token(token_id), name=name))
    return board


def test_the_page_s_example_is_told() -> None:
    told = describe(named(ROOM), "pt-BR", "L")
    assert told.startswith("Sala 8×6. Lia em D4. Goblin A 3 casas a leste. Porta fechada em C1.")
    told = describe(named(ROOM), "en-US", "L")
    assert told.startswith("Room 8×6. Lia at D4. Goblin A 3 squares to the east. Closed door at C1.")


def test_without_a_viewer_everyone_has_a_place() -> None:
    assert "Lia em D4. Goblin A em G4." in describe(named(ROOM), "pt-BR")
    assert describe(named(ROOM), "pt-BR", "nobody") == describe(named(ROOM), "pt-BR")


def test_what_shapes_say_is_said() -> None:
    board = named(ROOM).with_token(Token("b", "Bia", "ally", (1, 1))).with_token(Token("w", "Wu", "neutral", (2, 2)))
    told = describe(board, "pt-BR", "L")
    assert "Inimigos: Goblin A. Aliados: Bia. Neutros: Wu." in told
    assert "Bia em B2, 2 casas a noroeste." not in told
    assert "Bia 2 casas a noroeste." in told
    assert "Wu 1 casa a noroeste." in told


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("J6", "Wu em J6, 5 casas a leste."),
        ("J7", "Wu em J7, 5 casas a leste."),
        ("J8", "Wu em J8, 5 casas a sudeste."),
        ("F9", "Wu em F9, 4 casas ao sul."),
        ("D1", "Wu em D1, 4 casas ao norte."),
        ("C1", "Wu em C1, 4 casas a noroeste."),
        ("E1", "Wu 4 casas ao norte."),
        ("A9", "Wu 4 casas a sudoeste."),
        ("E5", "Wu em E5, na mesma casa."),
    ],
)
def test_a_direction_is_the_nearest_of_eight(at: str, told: str) -> None:
    board = blank(12, 12).with_token(Token("L", "Lia", "hero", cell_of("E5")))
    board = board.with_token(Token("w", "Wu", "neutral", cell_of(at)))
    assert told in describe(board, "pt-BR", "L")


def test_the_near_come_before_the_far() -> None:
    board = blank(12, 12)
    for name, at in (("Far", "L1"), ("Lia", "A1"), ("Near", "B1"), ("Middle", "F1")):
        board = board.with_token(Token(name, name, "hero", cell_of(at)))
    told = describe(board, "en-US", "Lia")
    assert told.index("Near") < told.index("Middle") < told.index("Far")


def test_walls_at_hand_doors_and_ground_are_told() -> None:
    board = from_ascii("########\n#L....~~\n#.#...~~\n#.....:.\n#...+.'.\n########")
    assert describe(board, "en-US", "L") == (
        "Room 8×6. L at B2. Wall to the north and to the west of L. Closed door at E5. Open door at G5. "
        "Water: G2 to H3. Rough ground: G4. Walls: C3."
    )


def test_a_crowded_map_keeps_within_the_limit_and_counts_the_rest() -> None:
    board = blank(60, 60)
    for number in range(100):
        board = board.with_token(Token(str(number), f"Guardião do portão {number:03}", "foe", (number % 60, 10)))
    for locale in LOCALES:
        told = describe(board, locale, "50")
        assert len(told) <= 1_024
        assert len(told) > 900
        assert told.startswith(("Sala 60×60. Guardião do portão 050 em", "Room 60×60. Guardião do portão 050 at"))
        assert told.endswith(("detalhes.", "details."))


@pytest.mark.parametrize(
    ("squares", "metres", "feet"), [(1, "1,5 m", "5 ft"), (6, "9 m", "30 ft"), (801, "1201,5 m", "4,005 ft")]
)
def test_lengths_speak_the_language_s_units(squares: int, metres: str, feet: str) -> None:
    assert (length("pt-BR", squares), length("en-US", squares)) == (metres, feet)


def test_many_doors_are_listed_within_reason() -> None:
    board = blank(60, 60)
    for column in range(60):
        board = board.with_terrain((column, 0), Terrain.DOOR)
    assert "Portas fechadas em A1, B1" in describe(board, "pt-BR")
    assert cell_of("T1")[0] == 19
