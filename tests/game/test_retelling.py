"""Versions of the newest telling, going on, branches and a table's limit, on the rules alone and in random games."""

import pytest

from core.game.readings import TABLE, Viewer, view
from core.game.refusal import Refusal
from core.game.registry import apply, decide
from core.game.rows import fold, rewound
from core.game.rules.branching import Branched, BranchOff
from core.game.rules.gm import Narrate, Undo
from core.game.rules.retelling import (
    ChooseVersion,
    Continue,
    EditTelling,
    Retell,
    SettleVersion,
    TellVersion,
    VersionCalled,
    WentOn,
)
from core.game.rules.rounds import CloseRound
from core.game.rules.safety import CutScene, SceneCut
from core.game.rules.spending import SetBudget
from core.game.rules.table import Begin
from core.game.rules.talk import Act
from core.game.rules.telling import Tell
from core.game.suggestions import Suggestion, may_try, offers, two_of
from tests.game.games import GM, Game, Step

PLAYED: list[Step] = [("join", 0, 0, 0), ("act", 0, 0, 0)]


def told(lead: str = "ai") -> Game:
    """Return a game whose newest row is a telling."""
    game = Game(lead).play(PLAYED)
    game.give(CloseRound(key="close", by=GM))
    game._tell("tell", 0, 0, 0)
    assert game.state.heard == game.state.stand == game.state.seq
    return game


def refused(game: Game, command: object) -> str:
    with pytest.raises(Refusal) as found:
        decide(game.state, command, None)  # type: ignore[arg-type]
    return found.value.code


def test_a_retry_moves_neither_the_story_nor_a_roll() -> None:
    game = told()
    before = game.state
    row = game.give(Retell(key="r", by=GM, stand=before.stand, how="again"))
    assert game.state.has_work()
    assert game.give(TellVersion(key="t", by=0, start=row, teller="oracle"))
    assert game.give(SettleVersion(key="s", by=0, start=row))
    assert not game.state.has_work()
    assert game.state.shown == row
    assert game.state.with_(seq=before.seq, shown=0) == before
    assert fold(game.rows) == game.state


def test_a_second_version_waits_for_the_one_who_leads_and_for_nobody_else() -> None:
    game = told()
    row = game.give(Retell(key="r", by=GM, stand=game.state.stand, how="other"))
    game.give(TellVersion(key="t", by=0, start=row, teller="oracle"))
    assert not game.state.has_work()
    assert refused(game, SettleVersion(key="s", by=0, start=row)) == "stale_telling"
    assert refused(game, ChooseVersion(key="c", by=2, start=row, take=True)) == "gm_only"
    assert game.give(ChooseVersion(key="c", by=GM, start=row, take=False))
    assert game.state.has_work()
    game.give(SettleVersion(key="s", by=0, start=row))
    assert game.state.version is None
    assert game.state.shown == 0


@pytest.mark.parametrize("how", ["again", "other"])
def test_only_the_newest_telling_is_told_again_by_the_one_who_leads_once_at_a_time(how: str) -> None:
    game = told()
    command = Retell(key="r", by=GM, stand=game.state.stand, how=how)  # type: ignore[arg-type]
    assert refused(game, Retell(key="r", by=2, stand=game.state.stand, how="again")) == "gm_only"
    assert refused(game, Retell(key="r", by=GM, stand=game.state.stand - 1, how="again")) == "moved_on"
    game.give(command)
    assert refused(game, command) == "being_told"
    later = told()
    later.give(Act(key="a", by=2, text="Sigo."))
    assert refused(later, Retell(key="r", by=GM, stand=later.state.stand, how="again")) == "moved_on"
    undone = told()
    undone.give(Narrate(key="n", by=GM, text="O mar volta."))
    undone.give(Undo(key="u", by=GM, steps=1))
    assert refused(undone, Retell(key="r", by=GM, stand=undone.state.stand, how="again")) == "moved_on"


@pytest.mark.parametrize("how", ["again", "other", "edit"])
def test_undo_and_a_cut_end_a_version_that_is_under_way(how: str) -> None:
    for end in (Undo(key="u", by=GM, steps=1), CutScene(key="x", by=0, presser=2)):
        game = told()
        stand = game.state.stand
        if how == "edit":
            row = game.give(EditTelling(key="e", by=GM, stand=stand, text="Nada disso."))
        else:
            row = game.give(Retell(key="r", by=GM, stand=stand, how=how))  # type: ignore[arg-type]
        assert game.give(end)
        assert game.state.version is None
        assert refused(game, TellVersion(key="t", by=0, start=row, teller="oracle")) == "stale_telling"
        assert fold(game.rows) == game.state


def test_a_cut_after_a_retry_reaches_back_before_the_first_version() -> None:
    game = told()
    start = game.state.told[-1].row
    row = game.give(Retell(key="r", by=GM, stand=game.state.stand, how="again"))
    game.give(TellVersion(key="t", by=0, start=row, teller="oracle"))
    game.give(SettleVersion(key="s", by=0, start=row))
    game.give(CutScene(key="x", by=0, presser=2))
    cut = game.rows[-1].events[0]
    assert isinstance(cut, SceneCut)
    # What is told from this row on is forgotten with the scene: both versions are
    assert rewound(game.state, game.older[cut.back_to], cut).stand <= start < row


def test_that_a_text_was_edited_is_for_the_one_who_leads_alone() -> None:
    game = told()
    game.give(EditTelling(key="e", by=GM, stand=game.state.stand, text="Nada disso."))
    event = game.rows[-1].events[0]
    assert isinstance(event, VersionCalled)
    assert event.to == "gm"
    assert view(game.state, TABLE).version is None
    assert view(game.state, Viewer(GM, gm=True)).version is not None


def test_going_on_is_asked_by_whoever_sits_there_and_only_where_nothing_has_happened() -> None:
    game = told()
    stand = game.state.stand
    assert refused(game, Continue(key="c", by=9, stand=stand)) == "not_joined"
    assert refused(game, Continue(key="c", by=2, stand=stand - 1)) == "moved_on"
    assert game.give(Continue(key="c", by=2, stand=stand))
    assert game.state.due() == (game.state.seq,)
    assert refused(game, Continue(key="d", by=2, stand=stand)) == "moved_on"
    assert refused(told("gm"), Continue(key="c", by=2, stand=told("gm").state.stand)) == "gm_only"
    fresh = Game().play(PLAYED[:1])
    assert refused(fresh, Continue(key="c", by=2, stand=fresh.state.stand)) == "moved_on"


def test_going_on_behind_what_broke_off_names_the_deeds_it_told() -> None:
    game = told()
    acted = game.state.scene_told
    assert acted is not None
    game.give(Continue(key="c", by=2, stand=game.state.stand, broken=True))
    event = game.rows[-1].events[0]
    assert event == WentOn(of=game.older[game.state.seq - 1].stand, deeds=acted.deeds)


def test_a_branch_begins_at_the_newest_telling_and_leaves_what_was_under_way_behind() -> None:
    game = told()
    assert refused(game, BranchOff(key="b", by=2, stand=game.state.stand, session=9)) == "gm_only"
    assert game.give(BranchOff(key="b", by=GM, stand=game.state.stand, session=9))
    assert game.state.with_(seq=game.state.stand) == game.older[game.state.stand]
    waits = game.older[game.state.stand].with_(questions={5: 2}, votes=("pc1",), until=9)
    made = apply(waits, (Branched(of=8, at=waits.seq),), waits.seq + 1)
    assert (made.questions, made.votes, made.until, made.pending) == ({}, (), 0, ())
    assert made.stand == made.seq
    assert made.told == waits.told
    again = Retell(key="r", by=GM, stand=made.stand, how="again")
    with pytest.raises(Refusal, match="moved_on"):
        decide(made, again, None)  # type: ignore[arg-type]


def test_a_tables_limit_outlives_an_undo() -> None:
    game = told()
    game.give(SetBudget(key="b", by=GM, micro_usd=2_500_000))
    game.give(Undo(key="u", by=GM, steps=1))
    assert game.state.budget == 2_500_000
    assert refused(game, SetBudget(key="b", by=GM, micro_usd=-1)) == "not_a_number"


def test_what_is_suggested_can_be_tried_from_where_a_hero_stands() -> None:
    state = told().state
    hero = state.heroes["pc1"]
    for one in offers(state, hero.place):
        assert may_try(state, hero, one)
        assert Suggestion.read(one.mark) == one
    assert not may_try(state, hero, Suggestion("go", "boat"))
    assert not may_try(state, hero, Suggestion("talk", "tobias"))
    down = state.hero("pc1", hp=0)
    assert not may_try(down, down.heroes["pc1"], Suggestion("help", "pc1"))
    with pytest.raises(Refusal):
        Suggestion.read("fly:moon")


def test_two_suggestions_are_of_two_kinds_the_named_first_and_dangers_before_strolls() -> None:
    found = offers(told().state, "harbour")
    for turn in range(20):
        kinds = [one.kind for one in two_of(found, (), turn)]
        assert len(set(kinds)) == 2
    assert two_of(found, ("nilo", "lighthouse"), 3)[0] == Suggestion("go", "lighthouse")
    danger = (*found, Suggestion("fight", "eel1"))
    assert Suggestion("fight", "eel1") in two_of(danger, (), 5)


def test_the_first_scene_is_called_for_by_begin_and_not_by_going_on() -> None:
    game = Game().play(PLAYED[:1])
    assert game.give(Begin(key="b", by=2))
    assert game.give(Tell(key="t", by=0, start=game.state.stand, through=game.state.seq, teller="oracle"))
    assert game.state.heard == game.state.seq
