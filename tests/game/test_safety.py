"""The X-card in the log: what goes, what stays, that nothing brings it back, and that nobody can tell whose it was."""

import json

import pytest
from hypothesis import HealthCheck, given, settings

from core.db.pools import Database
from core.game.readings import Viewer, recap, visible
from core.game.refusal import Refusal
from core.game.rows import fold, standing
from core.game.rules.asks import EngineAsk
from core.game.rules.gm import Narrate, SetValue, Undo
from core.game.rules.rolls import Roll
from core.game.rules.safety import CutScene, GoOn, SceneCut
from core.game.rules.table import Begin, End, Leave, Pause
from core.game.rules.talk import Act
from core.game.rules.telling import Tell
from core.game.rules.whispers import Whisper
from core.story.tellings import Fenced, Tellings
from tests.game.conftest import Table
from tests.game.games import GM, LEADS, STEPS, Game, Step

LIA, BENTO = 2, 3
games = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def table() -> Game:
    return Game().play([("join", 0, 0, 0), ("join", 1, 1, 0)])


def act(game: Game, person: int = LIA) -> int:
    return game.give(Act(key=f"a{len(game.rows)}", by=person, text=f"Entro {'x' * len(game.rows)}."))


def tell(game: Game) -> None:
    game.play([("tell", 0, 0, 0)])


def cut(game: Game, person: int = LIA, *, shown: bool = False) -> int:
    return game.give(CutScene(key=f"x:{game.state.stand}", by=0, presser=person, shown=shown))


def ask(game: Game) -> None:
    arguments = {"id": "unrest", "by": "1"}
    start = game.state.stand
    game.give(EngineAsk(key=f"k{len(game.rows)}", by=0, start=start, step=0, tool="clock", arguments=arguments))


def test_the_last_scene_goes_with_what_it_asked_and_what_it_told_of() -> None:
    game = table()
    act(game)
    tell(game)
    before = game.state
    row = act(game)
    rolled = game.give(Roll(key="r", by=BENTO, dice="1d20"))
    ask(game)
    tell(game)
    act(game, BENTO)
    seq = cut(game)
    state = game.state
    assert (state.clocks, state.tellings, state.pending, state.asks) == (before.clocks, 1, (), ())
    assert state.told == before.told
    assert state.rolls == 1
    assert state.cut == state.stand == seq
    stands = [one.seq for one in standing(game.rows)]
    assert row not in stands
    assert rolled in stands
    assert fold(game.rows) == state


def test_of_a_scene_that_is_being_told_that_one_is_cut_once_words_of_it_are_shown() -> None:
    game = table()
    act(game)
    tell(game)
    told = game.state.told
    act(game)
    ask(game)
    start = game.state.stand
    assert cut(game, shown=True)
    assert (game.state.told, game.state.pending, game.state.clocks["unrest"]) == (told, (), 0)
    assert not game.give(Tell(key="late", by=0, start=start, through=game.state.seq, teller="oracle"))


def test_whoever_sits_there_may_cut_also_away_also_paused_also_after_the_end() -> None:
    for stop in (Pause, End):
        game = table()
        act(game)
        tell(game)
        game.give(Leave(key="l", by=BENTO))
        game.give(stop(key="stop", by=GM))
        assert not cut(game, 9)
        assert cut(game, BENTO)
        assert game.state.tellings == 0


def test_what_the_game_master_told_can_be_cut() -> None:
    game = table()
    game.give(Narrate(key="n", by=GM, text="O mar sobe."))
    assert cut(game)
    assert game.state.told == ()


def test_a_second_cut_takes_nothing_more_until_something_was_told() -> None:
    game = table()
    for _ in range(2):
        act(game)
        tell(game)
    assert not table().give(CutScene(key="x", by=0, presser=LIA))
    assert cut(game)
    assert not cut(game)
    assert game.state.tellings == 1
    act(game)
    tell(game)
    assert cut(game)
    assert game.state.tellings == 1


def test_after_a_cut_the_scene_is_set_anew_once() -> None:
    game = table()
    act(game)
    tell(game)
    assert not game.give(GoOn(key="g", by=LIA))
    cut(game)
    assert game.state.due() == ()
    assert not game.give(GoOn(key="s", by=9))
    assert game.give(GoOn(key="g", by=LIA))
    assert len(game.state.due()) == 1
    assert not game.give(GoOn(key="g2", by=BENTO))


def test_no_undo_brings_a_cut_scene_back() -> None:
    game = table()
    game.give(Begin(key="b", by=LIA))
    tell(game)
    act(game)
    tell(game)
    cut_start = game.state.told[-1].row
    cut(game)
    game.give(SetValue(key="s", by=GM, who="scene", field="time", value="night"))
    seen = set()
    for n in range(40):
        game.give(Undo(key=f"u{n}", by=GM, steps=1 + n % 3))
        seen |= {told.row for told in game.state.told}
    assert cut_start not in seen
    assert 1 in seen


@games
@given(steps=STEPS, lead=LEADS)
def test_a_cut_scene_is_in_no_state_and_no_reading_ever_after(steps: list[Step], lead: str) -> None:
    game = Game(lead).play(steps)
    if not cut(game, GM):
        return
    event = game.rows[-1].events[0]
    assert isinstance(event, SceneCut)
    assert fold(game.rows) == game.state
    gone = {row.seq for row in game.rows if row.seq > event.back_to and row.seq < game.state.seq} | set(event.dropped)
    told = {t.row for t in game.older[game.state.seq - 1].told} - {t.row for t in game.state.told}
    for n in range(6):
        game.play([("undo", n, n, n), ("act", n, 0, 0)])
        assert not told & {t.row for t in game.state.told}
        stands = {row.seq: row for row in standing(game.rows)}
        kinds = {type(e).__name__ for seq in gone & set(stands) for e in stands[seq].events}
        assert not kinds & {"Acted", "Spoke", "Told", "Narrated", "Asked", "Checked", "Hurt"}
        for viewer in game.viewers():
            lines = recap(game.rows, game.words, game.told, viewer)
            assert not [
                line for line in lines if line.seq in gone and line.kind in {"act", "say", "telling", "narration"}
            ]


async def _cut_one(table: Table, database: Database) -> tuple[int, Tellings, int, int]:
    """Play a scene, keep its text, and have Bento cut it; return him, the tellings, the start and the act's row."""
    await table.start()
    lia, bento = await table.join("Lia"), await table.join("Bento")
    act = await table.give(Act, by=lia, text="Abro a caixa.")
    loaded = await table.engine.look(table.channel)
    tellings = Tellings(database.writer, table.engine.log._vault)
    claim = await tellings.claim(table.session, loaded.state.stand, act.seq, loaded.secrets.text_key)
    await tellings.keep(claim, loaded.secrets.text_key, "A caixa range.", "oracle", [lia], whole=True)
    await table.give(Tell, key=f"tell:{claim.start}", by=0, start=claim.start, through=act.seq, teller="oracle")
    table.woken.clear()
    await table.give(CutScene, key=f"x:{act.seq + 1}", by=0, presser=bento)
    with pytest.raises(Fenced):
        await tellings.keep(claim, loaded.secrets.text_key, "A caixa range mais.", "oracle", [lia], whole=True)
    return bento, tellings, claim.start, act.seq


async def test_the_text_is_destroyed_and_whoever_still_tells_it_can_keep_nothing(
    table: Table, database: Database
) -> None:
    _, tellings, start, act = await _cut_one(table, database)
    loaded = await table.engine.look(table.channel)
    assert await tellings.read(table.session, [start], loaded.secrets.text_key) == {}
    assert await table.engine.log.words(table.session, [act]) == {}
    assert (await table.engine.log.words(table.session, [2]))[2, "name"][0] == "Lia"
    assert table.woken == [table.session]
    claim = await tellings.claim(table.session, start, act, loaded.secrets.text_key)
    with pytest.raises(Fenced):
        await tellings.keep(claim, loaded.secrets.text_key, "De novo.", "oracle", [], whole=False)


async def test_no_column_of_any_table_tells_who_cut(table: Table, database: Database) -> None:
    bento, *_ = await _cut_one(table, database)
    row = await database.writer.fetchrow(
        "SELECT to_jsonb(l) - 'at' AS row FROM log l WHERE session_id = $1 ORDER BY seq DESC LIMIT 1", table.session
    )
    assert row is not None
    stored = json.loads(row["row"])
    assert (stored["actor"], stored["reference"], stored["answer"]) == (0, "", {})
    assert str(bento) not in row["row"]
    tables = await database.writer.fetch(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
        " AND relnamespace = 'public'::regnamespace"
    )
    before = {}
    for one in tables:
        found = await database.writer.fetch(f'SELECT to_jsonb(t)::text AS row FROM "{one["relname"]}" t')
        before[one["relname"]] = [r["row"] for r in found if str(bento) in r["row"]]
    # He joined, and his name is under his key: that is all that any table says of him
    named = {name for name, rows in before.items() if rows}
    assert named == {"log", "words", "person_keys"}
    assert all("Joined" in r for r in before["log"])


async def test_two_who_cut_at_once_cut_one_scene(table: Table, database: Database) -> None:
    await table.start()
    lia, bento = await table.join("Lia"), await table.join("Bento")
    for _ in range(2):
        act = await table.give(Act, by=lia, text="Entro.")
        await table.give(Tell, by=0, start=act.state.stand, through=act.seq, teller="oracle")
    stand = (await table.engine.look(table.channel)).state.stand
    first = await table.give(CutScene, key=f"x:{stand}", by=0, presser=lia)
    second = await table.give(CutScene, key=f"x:{stand}", by=0, presser=bento)
    assert second.repeated
    assert first.seq == second.seq
    with pytest.raises(Refusal, match="nothing_to_cut"):
        await table.give(CutScene, key=f"x:{first.seq}", by=0, presser=bento)
    assert first.state.tellings == 1


def test_a_whisper_is_for_those_two_and_the_game_master() -> None:
    game = table()
    seq = game.give(Whisper(key="w", by=LIA, text="Não confio nele.", person=BENTO))
    assert game.state.pending == ()
    sees = {Viewer(LIA): True, Viewer(BENTO): True, Viewer(GM, gm=True): True, Viewer(4): False, Viewer(): False}
    for viewer, seen in sees.items():
        assert (seq in {row.seq for row in visible(game.rows, viewer)}) is seen
        assert any(line.kind == "whisper" for line in recap(game.rows, game.words, {}, viewer)) is seen
    for nobody in (LIA, 9):
        assert not game.give(Whisper(key=f"w{nobody}", by=LIA, text="Oi.", person=nobody))
