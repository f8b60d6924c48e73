"""The first words of a model that goes on after another's."""

from __future__ import annotations

import pytest

from core.ai import Malformed, NoProvider
from core.ai.opening import Opening
from playground.ai import AIProviders, Fault, Turn
from tests.ai.conftest import MakeRouter, ask, hear

TOLD = (
    "The tide draws back another hand and leaves the mud bare, and in the mud stands a chest with three locks "
    "that nobody in the harbour remembers to have seen before tonight. Lia kneels"
)


def let_through(text: str, told: str = TOLD, locale: str = "en-US") -> str:
    opening = Opening(told, locale)
    return "".join(opening.feed(f"{word} ") for word in text.split()) + opening.finish()


@pytest.mark.parametrize(
    "text",
    [
        "and reaches for the middle lock, which is warm under her fingers and hums very quietly.",
        "down.",
        "",
        "beside the chest. The tide is far out now, and somewhere behind the last house a bell begins to strike.",
    ],
)
def test_words_that_follow_are_let_through_as_they_are(text: str) -> None:
    assert let_through(text).strip() == text


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en-US", "e estende a mão para a fechadura do meio, que está morna sob os dedos dela."),
        ("pt-BR", "and reaches for the middle lock, which is warm under her fingers and hums."),
    ],
)
def test_another_language_is_not(locale: str, text: str) -> None:
    with pytest.raises(Malformed, match="drifts"):
        let_through(text, locale=locale)


@pytest.mark.parametrize(
    ("locale", "text", "left"),
    [
        ("en-US", "Sure, here is the continuation: and reaches for the lock of the old chest, slowly.", "and reaches"),
        ("pt-BR", "Claro, continuando a cena: e estende a mão para a fechadura do baú, devagar.", "e estende"),
        ("en-US", "Here, of all places: a chest, and the tide out, and Lia with her hand on it.", "Here, of all"),
    ],
)
def test_talk_about_the_task_is_dropped(locale: str, text: str, left: str) -> None:
    assert let_through(text, locale=locale).startswith(left)


def test_the_beginning_told_again_in_like_words_is_refused() -> None:
    with pytest.raises(Malformed, match="repeats"):
        let_through("Another hand of mud lies bare as the tide draws back; a chest with three locks stands there.")


async def test_a_fallback_in_another_language_is_not_shown(ai: AIProviders, router: MakeRouter) -> None:
    ai.script(Turn(text=TOLD + " and waits."), provider="openai")
    ai.script(Turn(text="e estende a mão para a fechadura do meio, que está morna sob os dedos."), provider="mistral")
    ai.script(Turn(text="and tries the first lock with a bent pin that she keeps in her sleeve."), provider="gemini")
    ai.order(Fault("half_stream", provider="openai", after=17))
    heard = await hear(router("openai", "mistral", "gemini"), ask())
    assert "estende" not in heard.text
    assert heard.text.endswith("and tries the first lock with a bent pin that she keeps in her sleeve.")


async def test_when_nobody_can_go_on_the_whole_sentences_are_told_apart(ai: AIProviders, router: MakeRouter) -> None:
    ai.script(Turn(text=TOLD), provider="openai")
    ai.order(Fault("half_stream", provider="openai", after=17), Fault("status", times=0))
    with pytest.raises(NoProvider) as caught:
        await hear(router("openai", "mistral"), ask())
    assert caught.value.shown.startswith(caught.value.sentences)
    assert caught.value.sentences.endswith("before tonight.")


@pytest.mark.parametrize(
    ("shown", "whole"),
    [
        ("One. Two", "One."),
        ("“Go!” she says", "“Go!”"),
        ("No end", ""),
        ("A 3.5 m wall. It", "A 3.5 m wall."),
        ("Wait…", "Wait…"),
    ],
)
def test_a_sentence_ends_where_a_reader_says_so(shown: str, whole: str) -> None:
    assert NoProvider("exhausted", shown=shown).sentences == whole
