"""Moves: the cheapest way, and why not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.maps import (
    Board,
    Cell,
    Direction,
    MapError,
    Path,
    Terrain,
    Token,
    blank,
    cell_name,
    cell_of,
    from_ascii,
    path,
    refusal,
    step,
)


def names(found: Path) -> list[str]:
    return [cell_name(cell) for cell in found.cells]


def walled(board: Board, *cells: str) -> Board:
    for name in cells:
        board = board.with_terrain(cell_of(name), Terrain.WALL)
    return board


def with_lia(board: Board, at: str, size: int = 1) -> Board:
    return board.with_token(Token("lia", "Lia", "hero", cell_of(at), size=size))


def test_a_diagonal_costs_one_square() -> None:
    found = path(with_lia(blank(8, 8), "A1"), "lia", cell_of("C3"))
    assert names(found) == ["B2", "C3"]
    assert (found.cost, found.feet, found.metres) == (2, 10, 3.0)


def test_water_and_rough_ground_cost_double_and_are_gone_round() -> None:
    board = with_lia(from_ascii(".....\n.~~~.\n.~~~.\n.~~~.\n....."), "A3")
    assert path(board, "lia", cell_of("E3")).cost == 6
    assert path(board, "lia", cell_of("B3")).cost == 2
    assert "~" not in {board.terrain(cell) for cell in path(board, "lia", cell_of("E3")).cells}


def test_a_straight_way_is_preferred_to_a_crooked_one() -> None:
    assert names(path(with_lia(blank(5, 5), "A3"), "lia", cell_of("E3"))) == ["B3", "C3", "D3", "E3"]


def test_a_wall_ahead_names_the_way_round_as_the_page_shows_it() -> None:
    board = with_lia(walled(blank(8, 8), "E1", "E2", "E3", "E4", "E5"), "D4")
    with pytest.raises(MapError) as caught:
        step(board, "lia", Direction.EAST)
    assert refusal("pt-BR", caught.value) == "Parede a leste. Dê a volta por E6: 9 m."
    assert refusal("en-US", caught.value) == "Wall to the east. Go round by E6: 30 ft."


def test_a_wall_with_nothing_behind_it_names_no_way() -> None:
    board = with_lia(walled(blank(5, 5), "B1", "B2", "A2"), "A1")
    for direction in (Direction.EAST, Direction.SOUTH):
        with pytest.raises(MapError) as caught:
            step(board, "lia", direction)
        assert caught.value.code == "wall"
    assert refusal("pt-BR", caught.value) == "Parede ao sul. Escolha outra casa."
    with pytest.raises(MapError, match="no_way"):
        path(board, "lia", cell_of("E5"))


def test_no_diagonal_cuts_the_corner_of_a_wall() -> None:
    board = with_lia(walled(blank(5, 5), "B1"), "A1")
    assert names(path(board, "lia", cell_of("B2"))) == ["A2", "B2"]
    with pytest.raises(MapError) as caught:
        step(board, "lia", Direction.SOUTH_EAST)
    assert caught.value.code == "corner"
    assert refusal("en-US", caught.value) == "The corner to the southeast can't be cut. Go round by A2: 10 ft."


def test_a_door_is_passed_straight_on_and_opened_on_the_way() -> None:
    board = with_lia(from_ascii("..#..\n..#..\n..+..\n..#..\n..#.."), "B2")
    found = path(board, "lia", cell_of("D2"))
    assert names(found) == ["B3", "C3", "D3", "D2"]
    assert found.doors == (cell_of("C3"),)
    opened = board.with_terrain(cell_of("C3"), Terrain.OPEN_DOOR)
    assert path(opened, "lia", cell_of("D2")).doors == ()


def test_a_foe_is_gone_round_and_a_friend_passed_slowly() -> None:
    narrow = with_lia(from_ascii("#####\n#####\n.....\n#####\n#####"), "A3")
    foe = narrow.with_token(Token("g", "Goblin", "foe", cell_of("C3")))
    with pytest.raises(MapError, match="no_way"):
        path(foe, "lia", cell_of("E3"))
    friend = narrow.with_token(Token("c", "Caio", "ally", cell_of("C3")))
    assert path(friend, "lia", cell_of("E3")).cost == 5
    assert path(foe.without_token("lia"), "g", cell_of("A3")).cost == 2


def test_nobody_stops_on_another() -> None:
    board = with_lia(blank(5, 5), "A1").with_token(Token("c", "Caio", "ally", cell_of("B1")))
    with pytest.raises(MapError) as caught:
        path(board, "lia", cell_of("B1"))
    assert refusal("pt-BR", caught.value) == "Caio está em B1. Escolha uma casa livre."


def test_the_edge_and_the_own_cell_are_refused() -> None:
    board = with_lia(blank(5, 5), "A1")
    with pytest.raises(MapError) as caught:
        step(board, "lia", Direction.NORTH)
    assert refusal("en-US", caught.value) == "The map goes from A1 to E5. Choose a square inside it."
    with pytest.raises(MapError, match="here"):
        path(board, "lia", cell_of("A1"))
    with pytest.raises(MapError, match="outside"):
        path(board, "lia", (10**9, -(10**9)))


def test_a_large_token_needs_room_for_all_of_it() -> None:
    gap = from_ascii(".....\n.....\n#.###\n.....\n.....")
    with pytest.raises(MapError, match="no_way"):
        path(with_lia(gap, "A1", size=2), "lia", cell_of("A4"))
    wide = gap.with_terrain(cell_of("C3"), Terrain.FLOOR)
    found = path(with_lia(wide, "A1", size=2), "lia", cell_of("A4"))
    assert names(found) == ["B1", "B2", "B3", "B4", "A4"]


BOARDS = st.builds(
    lambda letters: from_ascii("\n".join("".join(letters[row * 7 : row * 7 + 7]) for row in range(7))),
    st.lists(st.sampled_from("....##~:+g"), min_size=49, max_size=49),
)


def expected_costs(board: Board, start: Cell) -> dict[Cell, int]:
    """Relax every step until nothing gets cheaper: slow, and written apart from the real search."""
    foes = {token.at for token in board.tokens if token.kind == "foe"}

    def free(cell: Cell) -> bool:
        return board.inside(cell) and board.terrain(cell) is not Terrain.WALL

    costs = {start: 0}
    changed = True
    while changed:
        changed = False
        for (x, y), cost in list(costs.items()):
            for to in ((x + east, y + south) for east in (-1, 0, 1) for south in (-1, 0, 1) if east or south):
                if not free(to) or to in foes:
                    continue
                if to[0] != x and to[1] != y:
                    if not (free((to[0], y)) and free((x, to[1]))):
                        continue
                    if Terrain.DOOR in (board.terrain(to), board.terrain((x, y))):
                        continue
                price = cost + (2 if board.terrain(to) in (Terrain.WATER, Terrain.ROUGH) else 1)
                if price < costs.get(to, 10**6):
                    costs[to] = price
                    changed = True
    return costs


@settings(deadline=None)
@given(BOARDS, st.tuples(st.integers(0, 6), st.integers(0, 6)))
def test_every_way_is_the_cheapest_and_none_crosses_a_wall(board: Board, start: Cell) -> None:
    board = board.with_terrain(start, Terrain.FLOOR)
    board = Board(7, 7, board.cells, tuple(token for token in board.tokens if token.at != start))
    board = board.with_token(Token("lia", "Lia", "hero", start))
    costs = expected_costs(board, start)
    for to in ((x, y) for x in range(7) for y in range(7)):
        try:
            found = path(board, "lia", to)
        except MapError as error:
            assert to not in costs or error.code == "here"
            if error.code == "wall_round":
                assert cell_of(str(error.data["via"])) in costs
        else:
            assert found.cost == costs[to]
            assert all(board.terrain(cell) is not Terrain.WALL for cell in found.cells)
            assert found.cells[-1] == to
