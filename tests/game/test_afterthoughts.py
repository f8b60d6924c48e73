"""Behind a closed telling: a summary by the local provider, when it is time, and never one that cannot be kept."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from bot.afterthoughts import SCENE_LEAST, SCENE_MOST, Afterthoughts
from bot.past import Past
from core.ai import Router
from core.db.pools import Database
from core.db.vault import Vault
from core.game.rules.asks import EngineAsk
from core.game.rules.gm import Undo
from core.game.rules.memory import EditSummary
from core.game.rules.talk import Act
from core.story.budget import tokens
from playground.ai import AIProviders, Turn
from tests.game.conftest import Table
from tests.game.test_remembering import Story
from tests.story.conftest import router

SUMMARY = "Lia promised Dorca two coppers. Nilo still waits for his father."


class Thinking(Story):
    """A story with a local provider behind it."""

    def __init__(self, table: Table, database: Database, vault: Vault, models: Router) -> None:
        super().__init__(table, database, vault)
        log = table.engine.log
        self.past = Past(log, self.tellings, self.memories, 8_000)
        self.after = Afterthoughts(log, self.tellings, self.memories, self.past, models)

    async def lives(self, times: int, by: int) -> int:
        for n in range(times):
            await self.table.give(Act, by=by, text=f"I count the boats again and again, the {n + 1}th time.")
            start = await self.told("The boats lie on the mud. A gull walks.", by)
        await self.after.think(await self.loaded(), start)
        return start

    async def summary(self) -> str:
        return (await self.past.summary(await self.loaded())).text


@pytest.fixture
async def ai() -> AsyncIterator[AIProviders]:
    async with AIProviders() as providers:
        yield providers


@pytest.fixture
async def story(table: Table, database: Database, vault: Vault, ai: AIProviders) -> AsyncIterator[Thinking]:
    await table.start(language="en-US")
    async with AsyncExitStack() as stack:
        yield Thinking(table, database, vault, await stack.enter_async_context(router(ai, "openai")))


async def test_a_long_scene_is_summarized_once_within_its_tokens(story: Thinking, ai: AIProviders) -> None:
    lia = await story.table.join("Lia")
    ai.script(Turn(text=SUMMARY))
    await story.lives(SCENE_MOST - 1, lia)
    assert (await story.summary(), len(ai.rows)) == ("", 0)
    start = await story.lives(1, lia)
    assert await story.summary() == SUMMARY
    await story.after.think(await story.loaded(), start)
    assert len(ai.rows) == 1
    turn = await story.turn()
    assert turn.summary.startswith(SUMMARY)
    assert turn.used
    assert turn.used.summaries == (start,)
    assert tokens(turn.summary) <= 1_250


async def test_a_scene_that_ends_is_summarized_sooner(story: Thinking, ai: AIProviders) -> None:
    lia = await story.table.join("Lia")
    ai.script(Turn(text=SUMMARY))
    await story.lives(SCENE_LEAST - 1, lia)
    await story.table.give(Act, by=lia, text="I go to the mud.")
    state = (await story.loaded()).state
    ask = {"who": "group", "to": "flats"}
    await story.table.give(
        EngineAsk, key=f"ask:{state.stand}:0", by=0, start=state.stand, step=0, tool="move", arguments=ask
    )
    start = await story.told("They walk out.", lia)
    await story.after.think(await story.loaded(), start)
    assert await story.summary() == SUMMARY


async def test_the_next_summary_is_made_of_the_one_written_by_hand(story: Thinking, ai: AIProviders) -> None:
    lia = await story.table.join("Lia")
    await story.table.give(EditSummary, by=story.table.gm, text="The lamp is <out>.")
    ai.script(Turn(text=SUMMARY))
    await story.lives(SCENE_MOST + 1, lia)
    asked = str(ai.requests[-1].body)
    assert "The lamp is &lt;out&gt;." in asked
    assert "Lia: I count the boats" in asked
    assert await story.summary() == SUMMARY


async def test_a_summary_goes_with_the_telling_it_was_made_after(story: Thinking, ai: AIProviders) -> None:
    lia = await story.table.join("Lia")
    ai.script(Turn(text=SUMMARY))
    await story.lives(SCENE_MOST, lia)
    await story.table.give(Undo, by=story.table.gm, steps=1)
    assert await story.summary() == ""


@pytest.mark.parametrize(
    "text",
    ["I'm sorry, but I can't write that.", "A Lia foi ao porto e não voltou para casa com a maré de ontem."],
    ids=["refusal", "drift"],
)
async def test_what_cannot_be_kept_is_no_summary(story: Thinking, ai: AIProviders, text: str) -> None:
    lia = await story.table.join("Lia")
    ai.script(Turn(text=text))
    await story.lives(SCENE_MOST, lia)
    assert await story.summary() == ""


async def test_a_provider_that_is_away_costs_the_story_nothing(story: Thinking, ai: AIProviders) -> None:
    lia = await story.table.join("Lia")
    await ai.__aexit__(None, None, None)
    await story.lives(SCENE_MOST, lia)
    assert await story.summary() == ""
    assert len(await story.remembered()) > 0
    await ai.__aenter__()
