"""What a table remembers, on a real PostgreSQL: its own words alone, as long as they stand and nobody erased them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from bot.past import Past
from bot.remembering import Memories
from core.db.pools import Database
from core.db.vault import Vault
from core.game.log import Loaded
from core.game.rules.gm import Narrate, Undo
from core.game.rules.memory import CloseThread, EditSummary, OpenThread, Pin, Unpin, WriteNote
from core.game.rules.rolls import Roll
from core.game.rules.safety import CutScene
from core.game.rules.talk import Act, Question, Say, Withdraw
from core.game.rules.telling import Tell
from core.game.rules.whispers import Whisper
from core.story.memory.dense import Model, Nano
from core.story.memory.index import Index
from core.story.memory.used import Used
from core.story.tellings import Claim, Summary, Tellings
from core.story.turn import Turn
from tests.game.conftest import Table


@dataclass
class Counting:
    """The real model, and how often sentences were made vectors."""

    model: Model = field(default_factory=Nano)
    times: int = 0

    async def question(self, text: str) -> bytes:
        return await self.model.question(text)

    async def sentences(self, texts: Sequence[str]) -> bytes:
        self.times += 1
        return await self.model.sentences(texts)


class Story:
    """A table with its tellings and the memories of one process."""

    def __init__(self, table: Table, database: Database, vault: Vault) -> None:
        self.table, self.database = table, database
        self.tellings = Tellings(database.writer, vault)
        self.model = Counting()
        self.memories = self.process()

    def process(self) -> Memories:
        return Memories(self.table.engine.log, self.tellings, self.model)

    async def loaded(self) -> Loaded:
        found = await self.table.engine.log.read(session=self.table.session)
        assert found is not None
        return found

    async def claim(self) -> Claim:
        loaded = await self.loaded()
        state = loaded.state
        return await self.tellings.claim(loaded.session_id, state.stand, state.seq, loaded.secrets.text_key)

    async def told(self, text: str, *people: int) -> int:
        claim, loaded = await self.claim(), await self.loaded()
        await self.tellings.keep(claim, loaded.secrets.text_key, text, "oracle", people, whole=True)
        await self.table.give(Tell, by=0, start=claim.start, through=claim.through, teller="oracle")
        return claim.start

    async def index(self) -> Index:
        return await self.memories.index(await self.loaded())

    async def remembered(self) -> list[str]:
        return [passage.text for passage in (await self.index()).passages]

    async def turn(self) -> Turn:
        past = Past(self.table.engine.log, self.tellings, self.memories, 8_000)
        loaded, claim = await self.loaded(), await self.claim()
        turn = Turn(
            state=loaded.state,
            names=loaded.names,
            deeds=(),
            start=claim.start,
            through=claim.through,
            seed=loaded.secrets.seed,
        )
        return await past.onto(turn, loaded, ["I look around."])


@pytest.fixture
async def story(table: Table, database: Database, vault: Vault) -> Story:
    await table.start(language="en-US")
    return Story(table, database, vault)


async def test_deeds_and_what_was_told_of_them_are_remembered_in_order(story: Story) -> None:
    lia = await story.table.join("Lia")
    await story.table.give(Act, by=lia, text="I owe Dorca two coppers.")
    await story.told("Dorca nods. She marks the lid.", lia)
    assert await story.remembered() == ["I owe Dorca two coppers.", "Dorca nods.", "She marks the lid."]
    await story.table.give(Act, by=lia, text="I wait.")
    assert len(await story.remembered()) == 3
    await story.table.give(Narrate, by=story.table.gm, text="The tide turns.")
    assert (await story.remembered())[3:] == ["I wait.", "The tide turns."]


async def test_whispers_questions_and_what_was_taken_back_are_not(story: Story) -> None:
    lia = await story.table.join("Lia")
    kim = await story.table.join("Kim")
    await story.table.give(Whisper, by=lia, text="secretword one", person=kim)
    await story.table.give(Question, by=lia, text="secretword two?")
    withdrawn = await story.table.give(Act, by=lia, text="secretword three")
    await story.table.give(Withdraw, by=lia, seq=withdrawn.seq)
    await story.table.give(Say, by=kim, text="Hello, boy.", to="nilo")
    await story.told("Nilo waves.", kim)
    assert await story.remembered() == ["Hello, boy.", "Nilo waves."]


async def test_undo_takes_memories_back(story: Story) -> None:
    lia = await story.table.join("Lia")
    for n in ("one", "two"):
        await story.table.give(Act, by=lia, text=f"I count to {n}.")
        await story.told(f"Lia counts to {n}.", lia)
    assert len(await story.remembered()) == 4
    await story.table.give(Undo, by=story.table.gm, steps=1)
    assert await story.remembered() == ["I count to one.", "Lia counts to one."]


async def test_of_a_cut_scene_nothing_is_left(story: Story) -> None:
    lia = await story.table.join("Lia")
    await story.table.give(Act, by=lia, text="I open the door.")
    start = await story.told("Something terrible.", lia)
    loaded = await story.loaded()
    await story.memories.embed(loaded)
    await story.tellings.summarize(
        loaded.session_id, Summary(start, "It was terrible.", (lia,)), loaded.secrets.text_key
    )
    rolled = await story.table.give(Roll, by=lia, dice="1d20", label="to bear it")
    await story.table.give(CutScene, by=0, presser=lia)
    assert await story.remembered() == []
    assert await story.table.engine.log.words(loaded.session_id, [rolled.seq]) == {}
    left = await story.database.writer.fetchrow(
        "SELECT draft, used, vectors, summary FROM tellings WHERE session_id = $1 AND start = $2",
        loaded.session_id,
        start,
    )
    assert list(left) == [None] * 4


async def test_words_of_who_erased_themselves_leave_a_memory_that_was_ready(story: Story) -> None:
    lia = await story.table.join("Lia")
    kim = await story.table.join("Kim")
    await story.table.give(Act, by=lia, text="I tell of my mother.")
    start = await story.told("Lia tells of her mother.", lia)
    await story.table.give(Act, by=kim, text="I listen.")
    await story.told("Kim listens.", kim)
    loaded = await story.loaded()
    summary = Summary(start, "Lia told of her mother.", (lia, kim))
    await story.tellings.summarize(loaded.session_id, summary, loaded.secrets.text_key)
    assert len(await story.remembered()) == 4
    await story.database.writer.execute("UPDATE person_keys SET wrapped = NULL WHERE person_id = $1", lia)
    await story.tellings.redact(lia)
    assert await story.remembered() == ["I listen.", "Kim listens."]
    assert await story.tellings.summary(loaded.session_id, [start], loaded.secrets.text_key) is None


async def test_a_text_that_was_edited_is_remembered_as_it_is_now(story: Story) -> None:
    lia = await story.table.join("Lia")
    await story.table.give(Act, by=lia, text="I look.")
    start = await story.told("The lamp is red.", lia)
    assert "The lamp is red." in await story.remembered()
    loaded = await story.loaded()
    text_key, gm = loaded.secrets.text_key, story.table.gm
    await story.tellings.summarize(loaded.session_id, Summary(start, "A red lamp burns.", (lia,)), text_key)
    await story.tellings.rewrite(loaded.session_id, start, text_key, "The lamp is green.", gm)
    assert "The lamp is green." in await story.remembered()
    assert await story.tellings.summary(loaded.session_id, [start], text_key) is None


async def test_a_sentence_is_embedded_once_whatever_process_asks(story: Story) -> None:
    lia = await story.table.join("Lia")
    await story.table.give(Act, by=lia, text="I promise Jandira oil.")
    await story.told("She believes it.", lia)
    await story.memories.embed(await story.loaded())
    assert story.model.times == 1
    story.memories = story.process()
    await story.memories.embed(await story.loaded())
    assert story.model.times == 1
    index = await story.index()
    assert set(index.vectors) == set(index.episodes)


async def test_pinned_facts_threads_and_the_note_are_given_until_they_go(story: Story) -> None:
    gm, give = story.table.gm, story.table.give
    await story.table.join("Lia")
    pinned = await give(Pin, by=gm, text="The lamp burns whale oil.")
    thread = await give(OpenThread, by=gm, text="Find Nilo's father.")
    await give(WriteNote, by=gm, text="Slower.")
    turn = await story.turn()
    assert (turn.pinned, turn.threads, turn.note) == (
        ("The lamp burns whale oil.",),
        ("Find Nilo's father.",),
        "Slower.",
    )
    assert turn.used
    assert (turn.used.pinned, turn.used.threads) == ((pinned.seq,), (thread.seq,))
    await give(Unpin, by=gm, row=pinned.seq)
    await give(CloseThread, by=gm, row=thread.seq)
    await give(WriteNote, by=gm, text="")
    turn = await story.turn()
    assert (turn.pinned, turn.threads, turn.note) == ((), (), "")
    await give(Undo, by=gm, steps=3)
    assert (await story.turn()).pinned == ("The lamp burns whale oil.",)


async def test_the_newest_summary_that_stands_is_given(story: Story) -> None:
    lia = await story.table.join("Lia")
    past = Past(story.table.engine.log, story.tellings, story.memories, 8_000)
    await story.table.give(Act, by=lia, text="I go.")
    first = await story.told("Lia goes.", lia)
    loaded = await story.loaded()
    await story.tellings.summarize(loaded.session_id, Summary(first, "By model.", (lia,)), loaded.secrets.text_key)
    assert (await past.summary(await story.loaded())).text == "By model."
    await story.table.give(EditSummary, by=story.table.gm, text="By hand.")
    assert (await past.summary(await story.loaded())).text == "By hand."
    await story.table.give(Undo, by=story.table.gm, steps=1)
    assert (await past.summary(await story.loaded())).text == "By model."


async def test_what_a_telling_drew_on_is_kept_for_whoever_asks_why(story: Story) -> None:
    await story.table.join("Lia")
    claim, loaded = await story.claim(), await story.loaded()
    used = Used(pinned=(3,), memories=(5, 6), cards=("4-0",), layers={"facts": 200}, left_out={"lore": 1})
    await story.tellings.note(claim, loaded.secrets.text_key, used)
    assert await story.tellings.used(loaded.session_id, claim.start, loaded.secrets.text_key) == used
    assert await story.tellings.used(loaded.session_id, claim.start + 1, loaded.secrets.text_key) is None


async def test_a_telling_draws_on_the_words_of_whoever_it_remembers(story: Story) -> None:
    lia = await story.table.join("Lia")
    kim = await story.table.join("Kim")
    assert (await story.turn()).people == set()
    await story.table.give(Act, by=lia, text="I owe Dorca two coppers.")
    await story.told("Dorca nods.", lia)
    await story.table.give(Act, by=kim, text="I wait.")
    assert (await story.turn()).people == {lia}
    await story.table.give(Pin, by=story.table.gm, text="The bell is cracked.")
    assert (await story.turn()).people == {lia, story.table.gm}
