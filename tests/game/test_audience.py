"""Law 12 over random games: no reading shows anyone more than theirs."""

import base64
import re
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from bot.settings import load
from bot.turns import Turns, deeds
from bot.wiring import open_parts
from cogs.ui import table as table_messages
from core.ai import Prompt
from core.db.migrate import migrate
from core.game.readings import TABLE, Viewer, may_see, recap, statistics, view, visible
from core.game.registry import apply
from core.game.rows import decode_events, decode_state, encode_events, encode_state, fold, standing
from core.game.rules.gm import Rewound, SetValue, Undo
from core.game.rules.rolls import SecretRoll
from core.game.rules.talk import Act, Question
from core.game.state import STATE_SCHEMA, State
from core.story.prompt import answer_prompt, narration_prompt
from core.story.turn import Turn
from tests.game.conftest import Table
from tests.game.games import GM, LEADS, STEPS, Game, Step

games = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
KEPT = ("rolls", "hidden_rolls", "status", "questions", "gather", "absence", "rating", "cut", "budget")
APART = (
    "seq",
    "trail",
    "stand",
    "asks",
    "asked_at",
    "closed",
    "until",
    "votes",
    "missed",
    "scene_told",
    "taken_back",
    "version",
    "shown",
    *KEPT,
)
"""What an undo marks anew, and (KEPT) what it leaves as it was."""


def turn_of(game: Game, viewer: Viewer) -> Turn:
    """Return the turn that stands open, built as the worker builds it."""
    state = game.state
    rows = [row for row in game.rows if row.seq in state.due()]
    recent = [game.told[t.row] if t.by == "telling" else game.words[t.row, "narration"][0] for t in state.told[-8:]]
    return Turn(
        state=view(state, viewer),
        names=game.names,
        deeds=deeds(rows, game.words, viewer),
        start=state.stand,
        through=max(state.due(), default=state.seq),
        seed=b"s" * 32,
        title="A maré",
        recent=tuple(text for text in recent if text),
        asks=state.asks,
    )


def people(state: State) -> dict[str, tuple[object, ...]]:
    return {h.id: (h.person, h.words, h.archetype, h.pronoun, h.away) for h in state.heroes.values()}


def without_people(state: State) -> State:
    return state.with_(heroes={})


def prompt_text(prompt: Prompt) -> str:
    return "\n".join(message.content for message in prompt.messages)


def readings(game: Game, viewer: Viewer) -> Iterator[tuple[str, bytes]]:
    """Yield every reading of a game as somebody, in bytes."""
    plain = msgspec.json.encode
    yield "rows", plain(visible(game.rows, viewer))
    yield "state", plain(view(game.state, viewer))
    yield "words", plain([text for text, to in game.words.values() if may_see(to, viewer)])
    yield "recap", plain(recap(game.rows, game.words, game.told, viewer))
    yield "statistics", plain(statistics(game.rows, viewer))
    for locale in ("pt-BR", "en-US"):
        seen = view(game.state, viewer)
        yield f"status {locale}", table_messages.status(locale, seen, game.names, "A maré").content.encode()
    yield "prompt", plain(narration_prompt(turn_of(game, viewer)))
    yield "answer", plain(answer_prompt(turn_of(game, viewer), viewer.person, "Onde estou?"))


@games
@given(steps=STEPS, lead=LEADS)
def test_no_reading_shows_anyone_more_than_theirs(steps: list[Step], lead: str) -> None:
    game = Game(lead).play(steps)
    for viewer in game.viewers():
        for name, shown in readings(game, viewer):
            found = [p for p in game.private if not p.allowed(viewer) and p.mark.encode() in shown]
            assert not found, (viewer, name, found)


@games
@given(steps=STEPS, lead=LEADS)
def test_what_is_theirs_and_stands_is_shown_to_them(steps: list[Step], lead: str) -> None:
    game = Game(lead).play(steps)
    stands = {row.seq for row in standing(game.rows)}
    for viewer in game.viewers():
        told = msgspec.json.encode(recap(game.rows, game.words, game.told, viewer))
        rows = msgspec.json.encode(visible(game.rows, viewer))
        for private in game.private:
            if private.seq in stands and private.allowed(viewer) and private.kind not in {"hp", "cards"}:
                assert private.mark.encode() in told, private
        if viewer.gm:
            hidden = sum(p.kind == "roll" for p in game.private)
            assert statistics(game.rows, viewer).hidden_rolls == hidden == game.state.hidden_rolls
            assert all(p.mark.encode() in rows for p in game.private if p.kind == "roll" and p.seq in stands)


@games
@given(steps=STEPS, lead=LEADS)
def test_what_is_private_changes_nothing_that_others_read(steps: list[Step], lead: str) -> None:
    one, other = Game(lead).play(steps), Game(lead, salt=7).play(steps)
    assert len(one.rows) == len(other.rows)
    for viewer in one.viewers():
        if any(p.allowed(viewer) for p in one.private):
            continue
        assert list(readings(one, viewer)) == list(readings(other, viewer)), viewer


@games
@given(steps=STEPS, lead=LEADS)
def test_only_what_may_be_seen_is_in_the_rows_of_a_reading(steps: list[Step], lead: str) -> None:
    game = Game(lead).play(steps)
    stored = {row.seq: row for row in game.rows}
    for viewer in game.viewers():
        for row in visible(game.rows, viewer):
            whole = stored[row.seq]
            assert row.events == tuple(event for event in whole.events if may_see(event.to, viewer))
            assert row == whole or row.answer == {}
            assert row.events


@games
@given(steps=STEPS, lead=LEADS)
def test_the_prompt_holds_no_number_of_the_engine(steps: list[Step], lead: str) -> None:
    game = Game(lead).play(steps)
    ids = "|".join([*game.state.heroes, *(f for f in game.state.figures if f[-1].isdigit()), "s3"])
    for prompt in (
        narration_prompt(turn_of(game, TABLE)),
        answer_prompt(turn_of(game, Viewer(2)), 2, "Onde estou?"),
    ):
        left = re.sub(rf'seq="\d+"|\b(?:{ids})\b', "", prompt_text(prompt))
        assert not re.search(r"\d", left), re.findall(r".{20}\d.{20}", left)


@games
@given(steps=STEPS, lead=LEADS)
def test_the_storyteller_loses_no_word_by_reading_as_the_table(steps: list[Step], lead: str) -> None:
    game = Game(lead).play(steps)
    turn = turn_of(game, TABLE)
    whole = msgspec.structs.replace(game.state, questions={})
    assert narration_prompt(turn) == narration_prompt(Turn(**{**vars(turn), "state": whole}))


@games
@given(steps=STEPS, lead=LEADS)
def test_a_replay_of_the_log_is_the_state(steps: list[Step], lead: str) -> None:
    game = Game(lead).play(steps)
    read = [
        msgspec.structs.replace(row, events=decode_events(encode_events(row.events).encode(), 1)) for row in game.rows
    ]
    assert fold(read) == game.state
    rewinds = [row.seq for row in read if isinstance(row.events[0], Rewound)]
    for seq in range(max(rewinds, default=1), len(read) + 1):
        snapshot = decode_state(encode_state(game.older[seq]), STATE_SCHEMA)
        assert snapshot is not None
        assert fold(read[seq:], snapshot) == game.state


@games
@given(steps=STEPS, lead=LEADS)
def test_an_undo_puts_the_story_back_and_nothing_else(steps: list[Step], lead: str) -> None:
    for back, before, now in Game(lead).play(steps).undone:
        kept = {name: getattr(before, name) for name in APART}
        assert without_people(now.with_(**kept)) == without_people(back.with_(**kept))
        assert all(getattr(now, name) == kept[name] for name in KEPT)
        assert now.stand == now.seq
        assert people(now) == people(before)
        assert all(now.heroes[hero].hp == back.heroes[hero].hp for hero in back.heroes)


def test_who_came_after_what_is_undone_stays_and_is_as_new() -> None:
    game = Game().play([("join", 0, 0, 0), ("act", 0, 0, 0), ("join", 1, 1, 0)])
    game.give(SetValue(key="hp", by=GM, who="pc2", field="hp", value="1"))
    game.give(Undo(key="undo", by=GM, steps=2))
    assert game.state.heroes["pc2"] == game.older[4].heroes["pc2"]
    assert game.state.pending == ()


@games
@given(steps=STEPS, lead=LEADS)
def test_what_stands_is_what_the_state_came_from(steps: list[Step], lead: str) -> None:
    """The rows that stand, folded without the rewinds, come to the same story."""
    game = Game(lead).play(steps)
    rows = standing(game.rows)
    state: State = game.older[1]
    for row in rows[1:]:
        state = apply(state, row.events, row.seq)
    kept = {name: getattr(game.state, name) for name in APART}
    # Whoever acted in a scene that was cut was there all the same, though the action does not stand
    present = {hero.id: msgspec.structs.replace(hero, missed=0) for hero in state.heroes.values()}
    now = {hero.id: msgspec.structs.replace(hero, missed=0) for hero in game.state.heroes.values()}
    assert state.with_(heroes=present, **kept) == game.state.with_(heroes=now)


@pytest.mark.parametrize("viewer", [TABLE, Viewer(2), Viewer(1, gm=True)])
def test_an_audience_of_named_people_is_those_alone(viewer: Viewer) -> None:
    assert may_see("all", viewer)
    assert may_see("gm", viewer) == viewer.gm
    assert may_see((2, 3), viewer) == (viewer.person == 2)


async def test_what_a_worker_gives_the_storyteller_is_read_as_the_table(database_url: str, redis_url: str) -> None:
    """The same on a real database: prompt of the open telling, and of a private question as its asker."""
    await migrate(database_url)
    key = base64.urlsafe_b64encode(bytes(range(32))).decode()
    urls = {"database_url": database_url, "redis_url": redis_url, "discord_token": "x.y.z"}
    async with open_parts(load(None, beside=False, master_keys=(key,), button_keys=(key,), **urls)) as parts:
        table = Table(parts.engine, [])
        await table.start()
        lia, kim = await table.join("Lia"), await table.join("Kim")
        mine = await table.give(Question, by=lia, text="Onde está zqmine?")
        theirs = await table.give(Question, by=kim, text="Quem viu zqtheirs?")
        await table.give(SecretRoll, by=table.gm, dice="1d20+7100000")
        await table.give(SetValue, by=table.gm, who="nilo", field="hp", value="371")
        act = await table.give(Act, by=lia, text="Abro a porta.")
        loaded = await parts.engine.look(table.channel)
        turns, text_key = Turns(parts), loaded.secrets.text_key

        claim = await parts.tellings.claim(table.session, loaded.state.stand, act.seq, text_key)
        turn = await turns.turn(loaded, claim, "REF")
        assert [deed.text for deed in turn.deeds] == ["Abro a porta."]
        assert turn.state == view(loaded.state, TABLE)
        for person, asked, other in ((lia, mine, "zqtheirs"), (kim, theirs, "zqmine")):
            claim = await parts.tellings.claim(table.session, asked.seq, asked.seq, text_key)
            own, who, question = await turns.question(loaded, claim, "REF")
            assert (who, own.state.questions) == (person, {asked.seq: person})
            shown = prompt_text(answer_prompt(own, who, question))
            assert question in shown
            assert other not in shown + repr(own)
        for secret in ("zqmine", "zqtheirs", "71000", "371"):
            assert secret not in prompt_text(narration_prompt(turn))
