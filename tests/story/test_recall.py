"""How much of the campaign comes to mind: floors as measured with `python -m bench recall`, and what they rest on."""

import pytest

from core.story.budget import tokens
from core.story.memory.dense import Nano, similarities
from core.story.memory.index import Index
from core.story.memory.passages import Episode
from core.story.memory.recall import LEDGER_TOKENS, MEMORIES_TOKENS, Question, bonds, ledger, recalled
from core.story.turn import Deed
from tests.story.campaign.campaign import LANGUAGES, load
from tests.story.campaign.replay import FOLDER, NAMES, Vectors, given, spoken

BY_MEANING = {"pt-BR": 0.9, "en-US": 0.95}
BY_WORDS = {"pt-BR": 0.75, "en-US": 0.73}


def share(language: str, vectors: Vectors | None) -> float:
    campaign = load(language)
    recalled_ = 0
    for fact in campaign.fact:
        layers = given(campaign, fact, language, vectors, memories=MEMORIES_TOKENS, held=LEDGER_TOKENS)
        assert tokens(layers["memories"]) <= MEMORIES_TOKENS + 10
        assert tokens(layers["summary"]) <= LEDGER_TOKENS + 10
        recalled_ += fact.recalled_in("\n".join(layers.values()))
    return recalled_ / len(campaign.fact)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nine_facts_in_ten_come_to_mind_by_meaning(language: str) -> None:
    vectors = Vectors.read(load(language), FOLDER / f"vectors.{language}.bin")
    assert share(language, vectors) >= BY_MEANING[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_facts_in_four_come_to_mind_without_a_model(language: str) -> None:
    assert share(language, None) >= BY_WORDS[language]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_vectors_that_the_floors_rest_on_are_the_model_s(language: str) -> None:
    campaign, model = load(language), Nano()
    kept = Vectors.read(campaign, FOLDER / f"vectors.{language}.bin")
    made = await model.sentences(spoken(campaign.turn[6]))
    asked = await model.question(campaign.fact[0].ask)
    assert min(similarities(kept.asks[0], asked)) > 0.99
    assert len(made) == len(kept.turns[6])
    for at in range(0, len(made), 384):
        assert similarities(made[at : at + 384], kept.turns[6][at : at + 384])[0] > 0.99


def small() -> Index:
    index = Index("en-US", frozenset({"lia"}))
    index.add(
        Episode(3, (Deed(2, "say", "pc1", "I will bring you oil, I promise.", "jandira"),), "The gulls are loud.")
    )
    index.add(Episode(5, (Deed(4, "act", "pc1", "I look at the sea."),), "It is grey. Dorca is owed two coppers."))
    return index


def test_what_weighs_most_is_held_and_scenery_is_not() -> None:
    held = [passage.text for passage in ledger(small(), NAMES, besides=(), budget=18)]
    assert held == ["I will bring you oil, I promise.", "Dorca is owed two coppers."]


def test_a_sentence_that_is_given_anyway_is_not_given_twice() -> None:
    index = small()
    kept = ledger(index, NAMES, besides=(), budget=18)
    asked = [Question("What about the oil and the coppers?")]
    found = recalled(index, asked, NAMES, besides=kept, budget=1_000)
    assert {passage.text for passage in found} == {passage.text for passage in index.passages} - {p.text for p in kept}


def test_memories_stand_in_the_order_they_were_lived() -> None:
    found = recalled(small(), [Question("coppers, oil")], NAMES, besides=(), budget=1_000)
    assert [passage.row for passage in found] == sorted(passage.row for passage in found)


def test_a_figure_remembers_what_was_said_to_it() -> None:
    found = bonds(small(), {"jandira": "Jandira", "nilo": "Nilo"})
    assert [passage.text for passage in found["jandira"]] == ["I will bring you oil, I promise."]
    assert "nilo" not in found


def test_without_vectors_for_most_of_it_words_decide() -> None:
    index = small()
    assert index.by_meaning(b"\1" * 384) is None
    found = recalled(index, [Question("grey sea", b"\1" * 384)], NAMES, besides=(), budget=12)
    assert found[0].text in {"I look at the sea.", "It is grey."}
