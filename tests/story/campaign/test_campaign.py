"""The campaign keeps its own promises: counts, planted once, asked in other words."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from tests.story.campaign.campaign import LANGUAGES, Campaign, Fact, fold, load

SCENES = {"harbour", "warehouse", "lighthouse", "flats", "boat", "bell"}
KINDS = {
    "promise",
    "debt",
    "object",
    "person",
    "place",
    "secret_of_npc",
    "injury",
    "rule_of_place",
    "name",
    "wish",
    "fear",
    "lie",
    "deal",
}
WORDS = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
NAMES = set(WORDS["names"].split())
STOP = {language: set(words.split()) for language, words in WORDS["stop"].items()}
WORD = re.compile(r"[a-z]+")
CAMPAIGNS = {language: load(language) for language in LANGUAGES}
CASES = [
    pytest.param(language, fact, id=f"{language}-{fact.id}")
    for language, campaign in CAMPAIGNS.items()
    for fact in campaign.fact
]
each_language = pytest.mark.parametrize("language", LANGUAGES)
each_fact = pytest.mark.parametrize(("language", "fact"), CASES)


def stems(text: str, language: str) -> set[str]:
    """First four letters of the content words (stricter than any stemmer), names left out."""
    words = set(WORD.findall(fold(text))) - STOP[language] - NAMES
    return {(w[:-1] if w.endswith("s") and len(w) > 3 else w)[:4] for w in words}


def words_in(text: str) -> int:
    return len(text.split())


@each_language
def test_there_are_two_hundred_turns_and_sixty_facts(language: str) -> None:
    campaign = CAMPAIGNS[language]
    assert [t.n for t in campaign.turn] == list(range(1, 201))
    assert len({f.id for f in campaign.fact}) == len(campaign.fact) == 60


@each_language
def test_every_turn_has_the_promised_shape(language: str) -> None:
    for turn in CAMPAIGNS[language].turn:
        assert turn.act == (turn.n - 1) // 40 + 1, turn.n
        assert turn.scene in SCENES, turn.n
        assert turn.deed.who in {"Lia", "Bento", "Kim"}, turn.n
        assert 5 <= words_in(turn.deed.text) <= 25, turn.n
        assert 25 <= words_in(turn.tell) <= 60, turn.n
        assert not re.search(r"\d", turn.text), turn.n


@each_language
def test_no_turn_is_told_in_the_same_words_as_another(language: str) -> None:
    sentences = Counter(s for t in CAMPAIGNS[language].turn for s in t.sentences())
    assert [s for s, times in sentences.items() if times > 1 and words_in(s) > 3] == []


@each_language
def test_plants_and_facts_name_each_other(language: str) -> None:
    campaign = CAMPAIGNS[language]
    planted = {(name, t.n) for t in campaign.turn for name in t.plants}
    assert planted == {(f.id, f.turn) for f in campaign.fact}
    assert max(f.turn for f in campaign.fact) <= 170


@each_language
def test_every_kind_of_fact_occurs_and_both_forms_of_asking_do(language: str) -> None:
    facts = CAMPAIGNS[language].fact
    assert {f.kind for f in facts} == KINDS
    forms = Counter(f.form for f in facts)
    assert set(forms) == {"question", "deed"}
    assert min(forms.values()) >= 15


@each_language
def test_at_least_twenty_facts_have_a_near_miss_elsewhere(language: str) -> None:
    campaign = CAMPAIGNS[language]
    near = [f for f in campaign.fact if any(n < f.ask_turn for n in f.near)]
    assert len(near) >= 20
    for fact in campaign.fact:
        for n in fact.near:
            assert not fact.recalled_in(campaign.turn[n - 1].text), (fact.id, n)


@each_fact
def test_a_fact_is_told_in_exactly_one_turn_and_one_sentence(language: str, fact: Fact) -> None:
    campaign = CAMPAIGNS[language]
    assert [t.n for t in campaign.turn if fact.recalled_in(t.text)] == [fact.turn]
    assert campaign.planted_sentence(fact)


@each_fact
def test_a_fact_is_asked_for_thirty_to_a_hundred_and_fifty_turns_later(language: str, fact: Fact) -> None:
    assert 30 <= fact.ask_turn - fact.turn <= 150
    assert fact.ask_turn <= 200


@each_fact
def test_a_fact_is_asked_for_in_other_content_words(language: str, fact: Fact) -> None:
    planted = CAMPAIGNS[language].planted_sentence(fact)
    assert stems(fact.ask, language) & stems(planted, language) == set()


@each_fact
def test_an_ask_gives_no_needle_away(language: str, fact: Fact) -> None:
    told = [fold(part) for part in fact.needle if fold(part) not in NAMES]
    assert told
    assert [part for part in told if part in fold(fact.ask)] == []


def test_both_languages_tell_the_same_story() -> None:
    def outline(campaign: Campaign) -> list[object]:
        turns = [(t.n, t.act, t.scene, t.deed.who, t.plants) for t in campaign.turn]
        facts = [(f.id, f.kind, f.turn, f.form, f.ask_turn, f.near) for f in campaign.fact]
        return [*turns, *facts]

    assert outline(CAMPAIGNS["pt-BR"]) == outline(CAMPAIGNS["en-US"])
