"""Lore cards in the log, on a real PostgreSQL: written, used, undone, kept by a cut, bounded, erased."""

from typing import Any

import pytest

from core.db.pools import Database
from core.game.card import CARDS_MOST, KEY_MOST, KEYS_MOST, TEXT_MOST, BookSettings, Card
from core.game.readings import TABLE, Viewer, visible
from core.game.refusal import Refusal
from core.game.rows import fold
from core.game.rules.gm import Undo
from core.game.rules.lore import CardsUsed, RemoveCards, SwitchCard, WriteCards
from core.game.rules.safety import CutScene
from core.game.rules.table import End, Pause
from core.game.rules.talk import Act
from core.game.rules.telling import Tell
from core.story.lore.book import Book, read_book
from tests.game.conftest import Table

LIGHT = Card(name="O farol", keys=("farol",), text="Está apagado.", sticky=2)
BELL = Card(name="O sino", keys=("sino",), text="Não toca.", on=False)


async def book(table: Table) -> Book:
    return await read_book(table.engine.log, await table.engine.look(table.channel))


async def told(table: Table, person: int, **fields: Any) -> int:
    act = await table.give(Act, by=person, text="Olho o farol.")
    return (await table.give(Tell, by=0, start=act.state.stand, through=act.seq, teller="oracle", **fields)).seq


async def test_cards_are_read_back_as_they_were_written_and_in_their_order(table: Table) -> None:
    await table.start()
    assert (await book(table)).cards == {}
    settings = BookSettings(name="Costa", recursive=True)
    done = await table.give(WriteCards, by=table.gm, new=(LIGHT, BELL), settings=settings)
    assert done.answer == {"new": 2, "changed": 0}
    light, bell = f"{done.seq}-0", f"{done.seq}-1"
    read = await book(table)
    assert list(read.cards.items()) == [(light, LIGHT), (bell, BELL)]
    assert read.settings == settings
    assert list(read.usable) == [light]
    await table.give(WriteCards, by=table.gm, known={light: BELL})
    await table.give(SwitchCard, by=table.gm, card=light, on=True)
    await table.give(RemoveCards, by=table.gm, cards=(bell,))
    read = await book(table)
    assert read.usable == {light: Card(name="O sino", keys=("sino",), text="Não toca.")}
    assert read.settings == settings


async def test_an_undo_takes_a_card_back_and_an_undone_undo_brings_it_again(table: Table) -> None:
    await table.start()
    first = await table.give(WriteCards, by=table.gm, new=(LIGHT,))
    light = f"{first.seq}-0"
    await table.give(WriteCards, by=table.gm, known={light: Card(name="x", keys=("x",), text="x")})
    await table.give(Undo, by=table.gm, steps=1)
    assert (await book(table)).cards == {light: LIGHT}
    await table.give(Undo, by=table.gm, steps=2)
    assert (await book(table)).cards == {}
    await table.give(Undo, by=table.gm, steps=1)
    assert (await book(table)).cards == {light: LIGHT}
    log = table.engine.log
    assert fold(await log.rows(table.session)) == (await table.engine.look(table.channel)).state


async def test_what_a_telling_used_is_remembered_undone_with_it_and_for_the_game_master_alone(table: Table) -> None:
    await table.start()
    lia = await table.join("Lia")
    written = await table.give(WriteCards, by=table.gm, new=(LIGHT,))
    light = f"{written.seq}-0"
    seq = await told(table, lia, cards={light: 1, "9-9": 1})
    assert (await table.engine.look(table.channel)).state.lore_since == {light: 1}
    rows = await table.engine.log.rows(table.session)
    kinds = {
        viewer: {type(e) for row in visible(rows, viewer) for e in row.events} for viewer in (TABLE, Viewer(gm=True))
    }
    assert CardsUsed in kinds[Viewer(gm=True)]
    assert CardsUsed not in kinds[TABLE]
    assert any(row.seq == seq for row in visible(rows, TABLE))
    await table.give(Undo, by=table.gm, steps=1)
    assert (await table.engine.look(table.channel)).state.lore_since == {}


async def test_a_card_written_anew_begins_anew(table: Table) -> None:
    await table.start()
    lia = await table.join("Lia")
    light = f"{(await table.give(WriteCards, by=table.gm, new=(LIGHT,))).seq}-0"
    await told(table, lia, cards={light: 1})
    done = await table.give(WriteCards, by=table.gm, known={light: LIGHT})
    assert done.state.lore_since == {}


async def test_a_cut_leaves_the_cards_as_they_are(table: Table) -> None:
    await table.start()
    lia = await table.join("Lia")
    await told(table, lia)
    await told(table, lia)
    written = await table.give(WriteCards, by=table.gm, new=(LIGHT,))
    cut = await table.give(CutScene, by=0, presser=lia)
    assert cut.state.lore == {f"{written.seq}-0": written.seq}
    assert list((await book(table)).cards.values()) == [LIGHT]
    rows = await table.engine.log.rows(table.session)
    assert fold(rows) == cut.state
    assert written.seq in {row.seq for row in visible(rows, Viewer(gm=True))}


async def test_only_the_game_master_writes_also_in_a_pause_but_not_after_the_end(table: Table) -> None:
    await table.start()
    lia = await table.join("Lia")
    with pytest.raises(Refusal, match="gm_only"):
        await table.give(WriteCards, by=lia, new=(LIGHT,))
    await table.give(Pause, by=table.gm)
    await table.give(WriteCards, by=table.gm, new=(LIGHT,))
    await table.give(End, by=table.gm)
    with pytest.raises(Refusal, match="no_table"):
        await table.give(WriteCards, by=table.gm, new=(LIGHT,))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "no_lore"),
        ({"known": {"9-9": LIGHT}}, "card_gone"),
        ({"new": (LIGHT,) * (CARDS_MOST + 1)}, "too_many_cards"),
        ({"new": (Card(keys=("a",), text=" "),)}, "card_empty"),
        ({"new": (Card(keys=(" ",), text="x"),)}, "card_without_keys"),
        ({"new": (Card(keys=("a",), text="x" * (TEXT_MOST + 1)),)}, "card_too_long"),
        ({"new": (Card(keys=("a" * (KEY_MOST + 1),), text="x"),)}, "card_too_long"),
        ({"new": (Card(keys=("a",) * (KEYS_MOST + 1), text="x"),)}, "card_too_long"),
        ({"new": (Card(keys=("a",), text="x", sticky=10**9),)}, "card_too_long"),
        ({"new": (Card(keys=("a",), text="x", extra={"a": "x" * 5_000}),)}, "card_too_long"),
        ({"new": (Card(keys=("a",), text="x", until="s99"),)}, "unknown_value"),
        ({"settings": BookSettings(description="x" * 9_000)}, "card_too_long"),
        ({"new": tuple(Card(keys=("a",), text="x" * TEXT_MOST) for _ in range(300))}, "book_too_long"),
    ],
)
async def test_what_is_past_a_bound_is_refused(table: Table, fields: dict[str, Any], code: str) -> None:
    await table.start()
    with pytest.raises(Refusal) as refused:
        await table.give(WriteCards, by=table.gm, **fields)
    assert refused.value.code == code


async def test_room_comes_back_when_long_cards_go(table: Table) -> None:
    await table.start()
    long = tuple(Card(keys=("a",), text="x" * TEXT_MOST) for _ in range(200))
    written = await table.give(WriteCards, by=table.gm, new=long)
    with pytest.raises(Refusal, match="book_too_long"):
        await table.give(WriteCards, by=table.gm, new=long)
    await table.give(RemoveCards, by=table.gm, cards=tuple(written.state.lore))
    again = await table.give(WriteCards, by=table.gm, new=long)
    assert list(again.state.lore_pages) == [again.seq]


async def test_cards_of_who_erased_themselves_are_gone_and_the_story_replays(table: Table, database: Database) -> None:
    await table.start()
    written = await table.give(WriteCards, by=table.gm, new=(LIGHT,))
    assert len((await book(table)).cards) == 1
    await database.writer.execute("UPDATE person_keys SET wrapped = NULL WHERE person_id = $1", table.gm)
    read = await book(table)
    assert read.cards == {}
    assert read.unreadable == (f"{written.seq}-0",)
    state = (await table.engine.look(table.channel)).state
    assert fold(await table.engine.log.rows(table.session)) == state


async def test_words_of_cards_stand_encrypted_and_apart_from_the_log(table: Table, database: Database) -> None:
    await table.start()
    await table.give(WriteCards, by=table.gm, new=(LIGHT,))
    rows = await database.writer.fetch(
        "SELECT events::text, answer::text FROM log WHERE session_id = $1", table.session
    )
    words = await database.writer.fetch("SELECT ciphertext FROM words WHERE session_id = $1", table.session)
    assert not any("farol" in value for row in rows for value in row.values())
    assert not any(b"farol" in row["ciphertext"] for row in words)
