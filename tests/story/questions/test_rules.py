"""A question about the rules is answered without the table, once for everyone who asks the same."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from core.ai import Account, Finished, MemoryCache, Router
from core.story.kinds import KINDS, pure_kinds
from core.story.model import ModelTeller
from core.story.questions.rules import rules_prompt, ruleset, worth_keeping
from playground.ai import AIProviders
from playground.ai import Turn as Scripted
from tests.story.table import Table

ANSWER = "Roll a d20, add the skill's bonus, and beat 10, 13 or 16. An equal roll succeeds at a cost."


@pytest.fixture
async def ai() -> AsyncIterator[AIProviders]:
    async with AIProviders() as providers:
        yield providers


@pytest.fixture
async def router(ai: AIProviders) -> AsyncIterator[Router]:
    provider = {"base_url": ai.openai_url, "keys": ["local-key"], "models": {"tale-small": {}}}
    mapping = {"providers": {"openai": provider}, "pure": pure_kinds()}
    async with Router.from_mapping(mapping, cache=MemoryCache(), worth=worth_keeping) as made:
        yield made


def opened() -> Table:
    table = Table("en-US")
    table.join("Lia")
    return table


async def said(router: Router, table: Table, question: str, **changed: Any) -> str:
    turn, person = replace(table.turn(()), **changed), table.state.heroes["pc1"].person
    pieces = [piece async for piece in ModelTeller(router).answer(turn, person, question)]
    return "".join(piece.text for piece in pieces).strip()


async def test_other_words_from_another_guild_get_the_kept_answer(router: Router, ai: AIProviders) -> None:
    ai.script(Scripted(text=ANSWER))
    here, there = opened(), opened()
    first = await said(router, here, "How does a check work?", guild_id=1, locale="en-US")
    again = await said(router, there, "hey, can you explain how checks work?", guild_id=2, locale="en-US")
    assert (first, again) == (ANSWER, ANSWER)
    assert len(ai.requests) == 1


async def test_the_prompt_holds_nothing_of_the_table(router: Router, ai: AIProviders) -> None:
    table = opened()
    await said(router, table, "How does a check work?", title="Our own tide", recent=("Lia whispers of gold.",))
    sent = str(ai.requests[0].body)
    for word in ("Lia", "tide", "gold", "<facts", "Saltmouth"):
        assert word not in sent


@pytest.mark.parametrize(
    "question", ["Where is Jandira?", "How many hit points do I have left?", "What does Marina do?"]
)
async def test_a_question_about_the_table_is_asked_with_it_and_never_kept(
    question: str, router: Router, ai: AIProviders
) -> None:
    table = opened()
    for _ in range(2):
        await said(router, table, question, locale="en-US")
    assert ["<facts" in str(request.body) for request in ai.requests] == [True, True]


@pytest.mark.parametrize(
    "text",
    ["As an AI language model, I cannot help with that.", "Role um d20, some o bônus e veja se passa da dificuldade."],
)
async def test_a_refusal_or_another_language_is_not_kept(text: str, router: Router, ai: AIProviders) -> None:
    ai.script(Scripted(text=text), Scripted(text=ANSWER, repeat=True))
    prompt = rules_prompt("", "How does a check work?", "en-US")
    assert prompt is not None
    sources = []
    for _ in range(3):
        events = [event async for event in router.stream(prompt, account=Account())]
        sources += [event.source for event in events if isinstance(event, Finished)]
    assert sources == ["provider", "provider", "cache"]


def test_rulesets_and_languages_have_keys_of_their_own() -> None:
    asked = [
        rules_prompt(system, question, language)
        for system, question, language in [
            ("", "How does a check work?", "en-US"),
            ("D&D 5e", "How does a check work?", "en-US"),
            ("", "Como funciona um teste?", "pt-BR"),
            ("", "How does a check work?", "pt-BR"),
        ]
    ]
    assert len({(p.identity, p.messages[0], p.locale) for p in asked if p is not None}) == 4


@pytest.mark.parametrize("system", ["Our house rules", "Marina's game", "Fate"])
def test_a_system_of_ones_own_is_never_answered_as_another(system: str) -> None:
    assert ruleset(system) is None
    assert rules_prompt(system, "How does a check work?", "en-US") is None


def test_no_kind_that_holds_peoples_words_is_kept() -> None:
    assert not [kind.name for kind in KINDS if kind.people and (kind.mode == "kept" or kind.seconds)]
    assert not [kind.name for kind in KINDS if kind.mode != "kept" and kind.seconds]
    assert {kind for kind, how in pure_kinds().items() if how["tenant"] == "everyone"} == {
        kind.name for kind in KINDS if kind.mode == "kept"
    }
