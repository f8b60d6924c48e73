"""Rounds: gathered, closed by all, by a word, by votes or at their deadline; who was missing; who was seen."""

import pytest

from core.game.readings import spotlight
from core.game.refusal import Refusal
from core.game.rules.gm import Narrate, SetValue, Undo
from core.game.rules.rounds import CloseRound, RoundClosed, SetTable, TableSet
from core.game.rules.table import Leave, Pause, Resume
from core.game.rules.talk import Act, Say, Withdraw
from core.game.rules.telling import Tell, Told
from tests.game.conftest import Table
from tests.game.games import GM, Game

LIA, BENTO, KIM = 2, 3, 4
AT = 1_800_000_000


def table(*people: int, gather: int = 45, lead: str = "ai") -> Game:
    game = Game(lead)
    for n, person in enumerate(people or (LIA, BENTO)):
        game.play([("join", person - 2, n, 0)])
    if gather and lead == "ai":
        assert game.give(SetTable(key="gather", by=GM, gather=gather))
    return game


def act(game: Game, person: int, at: int = AT, text: str = "Entro.") -> int:
    return game.give(Act(key=f"a{len(game.rows)}", by=person, text=text, at=at))


def tell(game: Game) -> None:
    before = game.state.tellings
    game.play([("tell", 0, 0, 0)])
    assert game.state.tellings == before + 1


def test_a_round_waits_for_everybody_and_is_told_together() -> None:
    game = table()
    first = act(game, LIA)
    assert (game.state.due(), game.state.until) == ((), AT + 45)
    second = act(game, BENTO, AT + 10)
    assert (game.state.due(), game.state.until) == ((first, second), 0)
    tell(game)
    assert game.state.pending == ()


def test_a_table_of_one_and_a_table_without_a_pause_are_told_at_once() -> None:
    alone = table(LIA)
    assert act(alone, LIA) in alone.state.due()
    at_once = table(gather=0)
    assert act(at_once, LIA) in at_once.state.due()


def test_neither_who_is_away_nor_who_is_down_nor_who_is_silent_is_waited_for() -> None:
    away = table(LIA, BENTO, KIM)
    away.give(Leave(key="leave", by=KIM))
    away.give(SetValue(key="down", by=GM, who="pc2", field="hp", value="0"))
    assert act(away, LIA) in away.state.due()
    left = table()
    act(left, LIA)
    left.give(Leave(key="leave", by=BENTO))
    assert left.state.due()


def test_a_round_that_is_being_told_is_not_closed_again_and_nobody_misses_it_twice() -> None:
    game = table()
    act(game, LIA)
    assert game.give(CloseRound(key="v1", by=LIA))
    assert not game.give(CloseRound(key="v2", by=BENTO))
    assert not game.give(CloseRound(key="g", by=GM))
    tell(game)
    assert (game.state.heroes["pc1"].missed, game.state.heroes["pc2"].missed) == (0, 1)


def test_what_is_said_among_players_neither_opens_nor_closes_a_round() -> None:
    game = table()
    game.give(Say(key="s", by=LIA, text="Vamos?", at=AT))
    assert (game.state.until, game.state.pending) == (0, ())
    game.give(Say(key="n", by=LIA, text="Nilo, e o sino?", to="nilo", at=AT))
    assert game.state.until == AT + 45


def test_an_action_while_the_round_is_told_belongs_to_the_next() -> None:
    game = table()
    act(game, LIA)
    act(game, BENTO)
    due = game.state.due()
    act(game, LIA, AT + 60)
    assert game.state.due() == due
    assert game.state.until == AT + 105
    tell(game)
    assert (game.state.due(), len(game.state.pending)) == ((), 1)
    act(game, BENTO)
    assert len(game.state.due()) == 2


def test_the_table_closes_a_round_only_at_the_deadline_that_stands() -> None:
    game = table()
    act(game, LIA)
    assert not game.give(CloseRound(key="c", by=0, until=AT))
    assert game.give(CloseRound(key="c", by=0, until=AT + 45))
    assert game.state.missed == ("pc2",)
    assert not game.give(CloseRound(key="c2", by=0, until=0))


def test_one_who_missed_is_said_with_the_telling_and_counted_until_they_act() -> None:
    game = table()
    for n in range(3):
        act(game, LIA, AT + 100 * n)
        if game.state.until:
            game.give(CloseRound(key=f"c{n}", by=0, until=game.state.until))
        tell(game)
    told = [event for row in game.rows for event in row.events if isinstance(event, Told)]
    assert [event.missed for event in told] == [("pc2",)] * 3
    assert game.state.heroes["pc2"].idle
    assert act(game, LIA) in game.state.due()
    tell(game)
    act(game, BENTO)
    assert game.state.heroes["pc2"].missed == 0
    assert game.state.due() == ()


def test_a_round_closed_while_the_one_before_is_told_keeps_whom_it_missed() -> None:
    game = table()
    act(game, LIA)
    act(game, BENTO)
    through = max(game.state.due())
    act(game, LIA, AT + 60)
    game.give(CloseRound(key="c", by=0, until=game.state.until))
    game.give(Tell(key="t", by=0, start=game.state.stand, through=through, teller="oracle"))
    assert game.state.missed == ("pc2",)
    tell(game)
    assert [e.missed for row in game.rows for e in row.events if isinstance(e, Told)] == [(), ("pc2",)]


def test_half_of_the_players_can_have_it_told_and_the_game_master_alone() -> None:
    game = table(LIA, BENTO, KIM)
    act(game, LIA)
    assert game.give(CloseRound(key="v1", by=LIA))
    assert (game.state.due(), game.state.votes) == ((), ("pc1",))
    assert game.give(CloseRound(key="v1b", by=LIA))
    assert game.state.due() == ()
    assert game.give(CloseRound(key="v2", by=BENTO))
    assert game.state.due()
    tell(game)
    act(game, LIA)
    assert game.give(CloseRound(key="g", by=GM))
    assert game.state.due()
    assert not table().give(CloseRound(key="s", by=9))


def test_where_a_game_master_leads_only_they_close() -> None:
    game = table(LIA, BENTO, lead="gm")
    act(game, LIA)
    act(game, BENTO)
    assert game.state.due() == ()
    assert game.state.until == 0
    assert not game.give(CloseRound(key="p", by=LIA))
    assert game.give(CloseRound(key="g", by=GM))
    assert game.state.due()


def test_taking_the_only_action_back_ends_the_wait() -> None:
    game = table()
    row = act(game, LIA)
    assert game.give(Withdraw(key="w", by=LIA, seq=row))
    assert game.state.until == 0
    act(game, LIA, AT + 500)
    assert game.state.until == AT + 545


def test_an_undo_and_a_telling_by_hand_leave_no_deadline() -> None:
    game = table()
    act(game, LIA)
    game.give(Narrate(key="n", by=GM, text="Chove."))
    assert (game.state.until, game.state.pending) == (0, ())
    act(game, LIA)
    game.give(Undo(key="u", by=GM, steps=1))
    assert game.state.until == 0


def test_what_the_table_set_stays_when_the_story_goes_back() -> None:
    game = table()
    act(game, LIA)
    game.give(SetTable(key="t", by=GM, gather=300, absence="skip", rating="everyone"))
    game.give(Undo(key="u", by=GM, steps=1))
    state = game.state
    assert (state.gather, state.absence, state.rating) == (300, "skip", "everyone")


@pytest.mark.parametrize("change", [{"gather": 44}, {"absence": "gone"}, {"rating": "adult"}, {"rating": "x"}, {}])
def test_settings_that_are_unknown_or_not_allowed_here_are_refused(change: dict[str, object]) -> None:
    game = table()
    assert not game.give(SetTable(key="t", by=GM, **change))  # type: ignore[arg-type]
    assert not game.give(SetTable(key="p", by=LIA, gather=0))


def test_an_adult_table_is_one_no_more_where_the_channel_lost_its_gate() -> None:
    game = table()
    assert game.give(SetTable(key="t", by=GM, rating="adult", most="adult"))
    act(game, LIA)
    game.give(Act(key="u", by=BENTO, text="Olho.", at=AT, gated=False))
    assert game.state.rating == "teen"
    assert game.rows[-1].events[-1] == TableSet(rating="teen")


def test_the_spotlight_counts_whose_actions_were_told_least_seen_first() -> None:
    game = table(LIA, BENTO, KIM, gather=0)
    for person in (LIA, LIA, BENTO):
        act(game, person)
        tell(game)
    assert list(spotlight(game.state).items()) == [("pc3", 0), ("pc2", 1), ("pc1", 2)]
    game.give(Undo(key="u", by=GM, steps=1))
    assert spotlight(game.state)["pc2"] == 0


async def test_the_deadline_stands_in_the_sessions_row_and_goes_with_the_round(table: Table) -> None:
    await table.start()
    lia, bento = await table.join("Lia"), await table.join("Bento")
    await table.give(SetTable, by=table.gm, gather=45)
    pool = table.engine.log._pool

    async def closes() -> float | None:
        found: float | None = await pool.fetchval(
            "SELECT extract(epoch FROM closes_at)::float8 FROM sessions WHERE session_id = $1", table.session
        )
        return found

    await table.give(Act, by=lia, text="Entro.", at=AT)
    assert await closes() == AT + 45
    await table.give(Pause, by=table.gm)
    assert await closes() is None
    await table.give(Resume, by=table.gm)
    assert await closes() == AT + 45
    done = await table.give(Act, by=bento, text="Espero.", at=AT)
    assert RoundClosed() in done.events
    assert await closes() is None
    with pytest.raises(Refusal, match="stale_telling"):
        await table.give(CloseRound, by=0, until=AT + 45)
