"""Readings of small logs, row by row."""

import pytest

from bot.turns import deeds
from core.game.readings import TABLE, Line, Statistics, Thrown, Viewer, recap, statistics, view, visible
from core.game.registry import Event
from core.game.rows import Row, standing
from core.game.rules.effects import Checked, Hurt
from core.game.rules.gm import Rewound
from core.game.rules.rolls import Cast, Die, Rolled
from core.game.rules.table import Joined, Started
from core.game.rules.talk import Acted, Questioned, Spoke, Withdrawn
from core.game.rules.telling import Answered, Told
from core.game.state import Audience
from core.game.world import world
from core.game.wounds import wound
from core.story.turn import Deed
from tests.game.games import Game

GM, LIA, KIM = Viewer(1, gm=True), Viewer(2), Viewer(3)
EVERYONE = [TABLE, GM, LIA, KIM]


def row(seq: int, *events: Event, actor: int = 0) -> Row:
    return Row(8, seq, f"k{seq}", actor, events, {"total": "9"})


def cast(total: int, *fell: int, sides: int = 6, index: int = 0) -> Cast:
    return Cast(index, "d", str(total), f"line {total}", tuple(Die(sides, face, True, face) for face in fell))


OPENING = [
    row(1, Started(language="pt-BR", lead="ai", gm=1, world="saltmouth"), actor=1),
    row(2, Joined(hero="pc1", person=2, archetype="thief", pronoun="she", hp=9, ac=14), actor=2),
    row(3, Joined(hero="pc2", person=3, archetype="sage", pronoun="they", hp=8, ac=11), actor=3),
]


def hidden(seq: int, total: int, *fell: int) -> Row:
    return row(seq, Rolled(by=1, cast=cast(total, *fell, sides=20), hidden=True, to="gm"), actor=1)


def test_a_row_of_which_nothing_may_be_seen_is_left_out() -> None:
    rows = [*OPENING, hidden(4, 17, 17), row(5, Questioned(person=2, to=(2,)), actor=2)]
    assert [[r.seq for r in visible(rows, who)] for who in EVERYONE] == [
        [1, 2, 3],
        [1, 2, 3, 4],
        [1, 2, 3, 5],
        [1, 2, 3],
    ]


def test_a_row_of_which_something_may_not_be_seen_tells_no_answer() -> None:
    whole = row(4, Acted(hero="pc1"), Rolled(by=1, cast=cast(9, 4), hidden=True, to="gm"), actor=2)
    (seen,) = visible([whole], LIA)
    assert (seen.events, seen.answer) == ((Acted(hero="pc1"),), {})
    assert visible([whole], GM) == [whole]


def test_what_was_undone_is_not_read_but_the_people_and_their_questions_are() -> None:
    rows = [
        *OPENING[:2],
        row(3, Acted(hero="pc1"), actor=2),
        row(4, Questioned(person=2, to=(2,)), actor=2),
        row(5, *OPENING[2].events, actor=3),
        row(6, Rewound(back_to=2, steps=1), actor=1),
        row(7, Acted(hero="pc2"), actor=3),
    ]
    assert [r.seq for r in standing(rows)] == [1, 2, 4, 5, 7]
    assert [r.seq for r in visible(rows, LIA)] == [1, 2, 4, 5, 7]
    again = [*rows, row(8, Rewound(back_to=5, steps=1), actor=1)]
    assert [r.seq for r in standing(again)] == [1, 2, 3, 4, 5]


def test_a_recap_is_what_stands_in_order_as_each_may_read_it() -> None:
    rows = [
        *OPENING,
        row(4, Acted(hero="pc1"), actor=2),
        row(5, Acted(hero="pc2"), actor=3),
        row(6, Withdrawn(hero="pc2", row=5), actor=3),
        row(7, Spoke(hero="pc2", figure="nilo"), actor=3),
        row(8, Checked(who="pc1", skill="fight", dc=13, cast=cast(15, 10), outcome="success", margin="narrowly")),
        row(9, Told(start=1, through=7, teller="oracle")),
        row(10, Questioned(person=3, to=(3,)), actor=3),
        row(11, Answered(question=10, teller="oracle", to=(3,))),
        row(12, Rolled(by=2, cast=cast(5, 5), hero="pc1"), actor=2),
        hidden(13, 17, 17),
    ]
    words: dict[tuple[int, str], tuple[str | None, Audience]] = {
        (4, "act"): ("abro a porta", "all"),
        (5, "act"): ("espero", "all"),
        (7, "say"): (None, "all"),
        (10, "question"): ("quem viu?", (3,)),
        (12, "label"): ("arpão", "all"),
    }
    told = {1: "A porta range.", 10: "Só você."}
    public = [
        Line(4, "act", 2, "pc1", "abro a porta"),
        Line(7, "say", 3, "pc2", None),
        Line(8, "roll", 0, "pc1", "line 15"),
        Line(9, "telling", 0, "", "A porta range."),
    ]
    open_roll = Line(12, "roll", 2, "pc1", "line 5", "arpão")
    asked = [Line(10, "question", 3, "", "quem viu?"), Line(11, "answer", 0, "", "Só você.")]
    assert recap(rows, words, told, TABLE) == [*public, open_roll]
    assert recap(rows, words, told, LIA) == [*public, open_roll]
    assert recap(rows, words, told, KIM) == [*public, *asked, open_roll]
    assert recap(rows, words, told, GM) == [*public, open_roll, Line(13, "roll", 1, "", "line 17")]


def test_a_word_has_an_audience_of_its_own() -> None:
    rows = [*OPENING, row(4, Acted(hero="pc1"), actor=2), row(5, Rolled(by=2, cast=cast(5, 5)), actor=2)]
    words: dict[tuple[int, str], tuple[str | None, Audience]] = {
        (4, "act"): ("só para mim", (2,)),
        (5, "label"): ("em segredo", (2,)),
    }
    assert [line.text for line in recap(rows, words, {}, LIA)] == ["só para mim", "line 5"]
    assert recap(rows, words, {}, TABLE) == [Line(5, "roll", 2, "", "line 5")]
    assert deeds(rows, words, TABLE) == (Deed(4, "act", "pc1", ""),)


def test_a_deed_that_is_not_for_the_table_is_not_told() -> None:
    rows = [row(4, Acted(hero="pc1", to=(2,)), actor=2), row(5, Spoke(hero="pc2"), actor=3)]
    assert [deed.seq for deed in deeds(rows, {}, TABLE)] == [5]
    assert [deed.seq for deed in deeds(rows, {}, LIA)] == [4, 5]


def test_statistics_count_dice_by_person_and_size_and_hidden_ones_for_the_game_master() -> None:
    rows = [
        *OPENING,
        row(4, Rolled(by=2, cast=cast(9, 4, 5)), actor=2),
        row(5, Checked(who="pc2", skill="lore", dc=13, cast=cast(17, 12, sides=20), outcome="success", margin="")),
        row(6, Hurt(who="eel1", amount=6, source="pc1", cast=cast(6, 3))),
        row(7, Hurt(who="pc1", amount=2, source="mud", cast=cast(2, 2, sides=4))),
        row(8, Told(start=1, through=3, teller="oracle")),
        row(9, Told(start=8, through=9, teller="oracle")),
        row(10, Rewound(back_to=3, steps=6), actor=1),
        row(11, Told(start=10, through=10, teller="oracle")),
        hidden(12, 31, 14, 17),
    ]
    thrown = (Thrown(0, 4, 1, 2), Thrown(2, 6, 3, 12), Thrown(3, 20, 1, 12))
    for who in (TABLE, LIA, KIM):
        assert statistics(rows, who) == Statistics(1, 4, 0, thrown)
    assert statistics(rows, GM) == Statistics(1, 4, 1, (thrown[0], Thrown(1, 20, 2, 31), *thrown[1:]))


@pytest.mark.parametrize("kind", list(world("saltmouth").kinds))
def test_a_figures_hit_points_are_seen_as_its_wound_and_no_closer(kind: str) -> None:
    game, most = Game(), world("saltmouth").kinds[kind].hp
    figure = next(iter(game.state.figures))
    shown = set()
    for hp in range(most + 3):
        state = game.state.figure(figure, kind=kind, hp=hp)
        seen = view(state, TABLE).figures[figure].hp
        assert wound(seen, most) == wound(hp, most)
        assert view(state, GM) == state
        shown.add(seen)
    assert len(shown) == len({wound(hp, most) for hp in range(most + 3)})


def test_private_questions_and_hidden_rolls_are_in_the_state_of_those_they_are_for() -> None:
    state = Game().state.with_(questions={4: 2, 5: 3, 6: 2}, hidden_rolls=3)
    assert [view(state, who).questions for who in EVERYONE] == [{}, {}, {4: 2, 6: 2}, {5: 3}]
    assert [view(state, who).hidden_rolls for who in EVERYONE] == [0, 3, 0, 0]
