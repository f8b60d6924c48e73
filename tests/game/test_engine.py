"""The engine on a real PostgreSQL: once, in order, undone, read back."""

import asyncio

import pytest

from bot.pending import Pending
from core.db.pools import Database
from core.db.vault import Vault
from core.game.engine import Origin
from core.game.log import Log, Opening
from core.game.refusal import Refusal
from core.game.rows import fold
from core.game.rules.asks import EngineAsk
from core.game.rules.gm import Narrate, SetValue, Undo
from core.game.rules.rolls import Roll, SecretRoll
from core.game.rules.rounds import CloseRound
from core.game.rules.table import End, Pause, Start
from core.game.rules.talk import Act, Say, Withdraw
from core.game.rules.telling import Tell
from tests.game.conftest import Table, fresh


async def test_an_action_waits_to_be_told_and_wakes_the_storyteller(table: Table) -> None:
    await table.start()
    lia = await table.join("Lia")
    done = await table.give(Act, by=lia, text="Empurro a porta.")
    assert done.state.pending == (done.seq,)
    assert table.woken == [table.session]
    assert done.names == {"pc1": "Lia"}


async def test_the_same_key_again_returns_the_first_answer(table: Table) -> None:
    await table.start()
    lia = await table.join("Lia")
    first = await table.give(Roll, key="once", by=lia, dice="1d20+5")
    again = await table.give(Roll, key="once", by=lia, dice="1d20+5")
    assert again.repeated
    assert (again.seq, again.answer, again.events) == (first.seq, first.answer, first.events)
    assert (await table.engine.look(table.channel)).state.seq == first.seq


async def test_three_people_at_once_all_get_their_turn_in_one_order(table: Table) -> None:
    await table.start()
    people = [await table.join(name) for name in ("Lia", "Bento", "Kim")]
    done = await asyncio.gather(*(table.give(Act, by=p, text=f"Ajo {n}") for n in range(4) for p in people))
    assert sorted(o.seq for o in done) == list(range(5, 17))
    assert (await table.engine.look(table.channel)).state.pending == tuple(range(5, 17))


async def test_of_two_tellings_from_one_place_only_one_is_heard(table: Table) -> None:
    await table.start()
    lia = await table.join("Lia")
    act = await table.give(Act, by=lia, text="Olho em volta.")
    stand = act.state.stand
    first = await table.give(Tell, key="tell:1", by=0, start=stand, through=act.seq, teller="oracle")
    assert first.state.pending == ()
    with pytest.raises(Refusal, match="stale_telling"):
        await table.give(Tell, key="tell:1b", by=0, start=stand, through=act.seq, teller="oracle")


async def test_an_undo_while_the_storyteller_speaks_makes_the_telling_stale(table: Table) -> None:
    await table.start()
    lia = await table.join("Lia")
    act = await table.give(Act, by=lia, text="Olho em volta.")
    await table.give(Undo, by=table.gm, steps=1)
    with pytest.raises(Refusal, match="stale_telling"):
        await table.give(Tell, by=0, start=act.state.stand, through=act.seq, teller="oracle")
    with pytest.raises(Refusal, match="stale_telling"):
        await table.give(EngineAsk, by=0, start=act.state.stand, step=0, tool="clock", arguments={"id": "unrest"})


async def test_undo_brings_back_the_state_and_an_undo_can_be_undone(table: Table) -> None:
    await table.start()
    lia = await table.join("Lia")
    await table.give(SetValue, by=table.gm, who="pc1", field="hp", value="4")
    hurt = (await table.engine.look(table.channel)).state
    undone = await table.give(Undo, by=table.gm, steps=1)
    assert undone.state.heroes["pc1"].hp == 9
    redone = await table.give(Undo, by=table.gm, steps=1)
    assert redone.state.heroes == hurt.heroes
    rolled = await table.give(Roll, by=lia, dice="1d6")
    await table.give(Undo, by=table.gm, steps=1)
    after = await table.give(Roll, by=lia, dice="1d6")
    assert after.events[0].cast.index == rolled.events[0].cast.index + 1  # type: ignore[attr-defined]


async def test_a_lower_most_lowers_the_hit_points_that_are_above_it(table: Table) -> None:
    await table.start()
    await table.join("Lia")
    hero = (await table.give(SetValue, by=table.gm, who="pc1", field="hp_max", value="5")).state.heroes["pc1"]
    assert (hero.hp, hero.hp_max) == (5, 5)


async def test_a_retelling_after_an_undone_narration_has_a_place_of_its_own(table: Table) -> None:
    await table.start()
    lia = await table.join("Lia")
    act = await table.give(Act, by=lia, text="Olho em volta.")
    told = await table.give(Tell, by=0, start=act.state.stand, through=act.seq, teller="oracle")
    undone = await table.give(Undo, by=table.gm, steps=1)
    assert undone.state.due() == (act.seq,)
    assert undone.state.stand not in {act.state.stand, told.state.stand}


async def test_the_fold_of_the_whole_log_equals_the_loaded_state_past_a_snapshot(
    table: Table, database: Database, vault: Vault
) -> None:
    await table.start()
    lia = await table.join("Lia")
    for n in range(120):
        await table.give(Roll, by=lia, dice=f"{n % 3 + 1}d6")
        if n % 25 == 24:
            await table.give(Undo, by=table.gm, steps=3)
    cold = await Log(database.writer, vault).read(channel=table.channel)
    warm = await table.engine.look(table.channel)
    assert cold is not None
    rows = await table.engine.log.rows(table.session)
    assert cold.state == warm.state == fold(rows)
    assert await database.writer.fetchval("SELECT count(*) FROM snapshots WHERE session_id = $1", table.session) > 1


async def test_a_rewind_past_todays_snapshot_is_read_even_if_its_own_snapshot_is_of_another_version(
    table: Table, database: Database, vault: Vault
) -> None:
    await table.start()
    lia = await table.join("Lia")
    for _ in range(100):
        await table.give(Roll, by=lia, dice="1d6")
    undone = await table.give(Undo, by=table.gm, steps=10)
    await database.writer.execute(
        "UPDATE snapshots SET schema = 0 WHERE session_id = $1 AND seq = $2", table.session, undone.seq
    )
    cold = await Log(database.writer, vault).read(channel=table.channel)
    assert cold is not None
    assert cold.state == undone.state


async def test_only_the_game_master_may_and_the_paused_table_rests(table: Table) -> None:
    await table.start()
    lia = await table.join("Lia")
    with pytest.raises(Refusal, match="gm_only"):
        await table.give(Narrate, by=lia, text="Chove.")
    with pytest.raises(Refusal, match="not_joined"):
        await table.give(Act, by=fresh(), text="Entro.")
    await table.give(Pause, by=table.gm)
    with pytest.raises(Refusal, match="paused"):
        await table.give(Act, by=lia, text="Entro.")
    await table.give(End, by=table.gm)
    with pytest.raises(Refusal, match="no_table"):
        await table.give(Act, by=lia, text="Entro.")


async def test_a_channel_holds_one_open_table_and_a_new_one_after_its_end(table: Table) -> None:
    await table.start()
    with pytest.raises(Refusal, match="table_exists"):
        await table.start()
    await table.give(End, by=table.gm)
    opened = await table.start()
    assert (await table.engine.look(table.channel)).session_id == opened.session_id


async def test_a_start_delivered_twice_at_once_opens_one_table(table: Table) -> None:
    session, channel = fresh(), fresh()
    command = Start(key=str(session), by=table.gm, title="Duas vezes", language="pt-BR", lead="ai")
    opening = Opening(fresh(), channel, fresh(), b"")
    both = await asyncio.gather(*(table.engine.open(command, opening, session, Origin()) for _ in range(2)))
    assert [o.session_id for o in both] == [session, session]
    assert sorted(o.repeated for o in both) == [False, True]


async def test_an_action_can_be_taken_back_only_by_its_author_and_only_untold(table: Table) -> None:
    await table.start()
    lia, bento = await table.join("Lia"), await table.join("Bento")
    act = await table.give(Act, by=lia, text="Corro.")
    with pytest.raises(Refusal, match="not_yours"):
        await table.give(Withdraw, by=bento, seq=act.seq)
    assert (await table.give(Withdraw, by=lia, seq=act.seq)).state.pending == ()
    with pytest.raises(Refusal, match="moved_on"):
        await table.give(Withdraw, by=lia, seq=act.seq)


async def test_a_roll_does_not_call_off_a_story_that_is_told_but_not_closed_yet(
    table: Table, database: Database
) -> None:
    await table.start()
    lia = await table.join("Lia")
    act = await table.give(Act, by=lia, text="Olho em volta.")
    await table.give(Tell, by=0, start=act.state.stand, through=act.seq, teller="oracle")
    roll = await table.give(Roll, by=lia, dice="1d20")
    pending, of = Pending(database.writer), "SELECT pending_since FROM sessions WHERE session_id = $1"
    await pending.done(table.session, roll.seq - 1)
    assert await database.writer.fetchval(of, table.session)
    await pending.done(table.session, roll.seq)
    assert await database.writer.fetchval(of, table.session) is None


async def test_a_busy_table_waits_only_since_it_was_last_told(table: Table, database: Database) -> None:
    of = "SELECT pending_since FROM sessions WHERE session_id = $1"
    await table.start()
    lia = await table.join("Lia")
    first = await table.give(Act, by=lia, text="Olho em volta.")
    began = await database.writer.fetchval(of, table.session)
    await table.give(Act, by=lia, text="Chamo o Nilo.")
    assert await database.writer.fetchval(of, table.session) == began
    await table.give(Tell, by=0, start=first.state.stand, through=first.seq, teller="oracle")
    assert await database.writer.fetchval(of, table.session) > began
    assert table.woken == [table.session] * 2


async def test_a_led_table_is_told_when_the_round_is_closed(table: Table) -> None:
    await table.start(lead="gm")
    lia = await table.join("Lia")
    act = await table.give(Act, by=lia, text="Corro.")
    assert not act.state.has_work()
    closed = await table.give(CloseRound, by=table.gm)
    assert closed.state.due() == (act.seq,)


async def test_speech_among_players_waits_for_nobody_and_speech_to_a_figure_for_its_answer(table: Table) -> None:
    await table.start()
    lia = await table.join("Lia")
    assert not (await table.give(Say, by=lia, text="Boa noite.")).state.has_work()
    assert (await table.give(Say, by=lia, text="Nilo, e a corda?", to="nilo")).state.has_work()


async def test_a_secret_roll_is_for_the_game_master_and_leaves_the_open_index_alone(table: Table) -> None:
    await table.start()
    done = await table.give(SecretRoll, by=table.gm, dice="2d6")
    assert done.events[0].to == "gm"
    assert (done.state.rolls, done.state.hidden_rolls) == (0, 1)


async def test_words_are_unreadable_once_the_persons_key_is_destroyed(table: Table, database: Database) -> None:
    await table.start()
    lia = await table.join("Lia")
    act = await table.give(Act, by=lia, text="Um segredo.")
    texts = await table.engine.log.words(table.session, [act.seq])
    assert texts[act.seq, "act"] == ("Um segredo.", "all")
    stored = await database.writer.fetch(
        "SELECT events::text, answer::text FROM log WHERE session_id = $1", table.session
    )
    assert not any("Lia" in r["events"] + r["answer"] or "segredo" in r["events"] for r in stored)
    await database.writer.execute("UPDATE person_keys SET wrapped = NULL WHERE person_id = $1", lia)
    assert (await table.engine.log.words(table.session, [act.seq]))[act.seq, "act"] == (None, "all")
    looked = await table.engine.look(table.channel)
    assert looked.names == {"pc1": None}
    assert fold(await table.engine.log.rows(table.session)) == looked.state


async def test_an_undo_into_an_open_telling_takes_back_all_that_it_asked_for(table: Table) -> None:
    await table.start()
    lia = await table.join("Lia")
    act = await table.give(Act, by=lia, text="Toco o sino.")
    ticked = await table.give(
        EngineAsk, by=0, start=act.state.stand, step=0, tool="clock", arguments={"id": "unrest", "by": "1"}
    )
    assert ticked.state.clocks["unrest"] == 1
    await table.give(Roll, by=lia, dice="1d6")
    undone = await table.give(Undo, by=table.gm, steps=1)
    assert undone.state.clocks["unrest"] == 0
    assert undone.state.due() == (act.seq,)
    assert undone.answer == {"steps": 1}


async def test_what_was_taken_back_while_it_was_being_told_is_not_told(table: Table) -> None:
    await table.start()
    lia = await table.join("Lia")
    act = await table.give(Act, by=lia, text="Corro.")
    await table.give(Withdraw, by=lia, seq=act.seq)
    with pytest.raises(Refusal, match="stale_telling"):
        await table.give(Tell, by=0, start=act.state.stand, through=act.seq, teller="oracle")
