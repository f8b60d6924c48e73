"""Paraphrases of a rules question meet; nothing else does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.story.questions import Normal, normal
from core.story.questions.normal import QUESTION_MOST
from core.story.sentences import folded
from tests.story.questions.corpus import PAIRS, labelled, score

HALVES = [("en-US", "dev", 0.97), ("en-US", "held", 0.83), ("pt-BR", "dev", 0.96), ("pt-BR", "held", 0.82)]
"""The share of paraphrases that must hit: what was measured when the normaliser was finished, little less."""


@pytest.mark.parametrize(("locale", "half", "floor"), HALVES)
def test_paraphrases_hit_and_nothing_else_does(locale: str, half: str, floor: float) -> None:
    found = score(locale, half, normal)
    assert (found.false_hits, found.false_rules) == ((), ())
    assert found.hits / found.paraphrases >= floor


@pytest.mark.parametrize("locale", ["en-US", "pt-BR"])
def test_small_words_that_say_whence_and_whither_count(locale: str) -> None:
    pairs = labelled(locale, "later")["roles"]
    assert [pair for pair in pairs if normal(pair[0], locale).key == normal(pair[1], locale).key] == []


@pytest.mark.parametrize("locale", ["en-US", "pt-BR"])
def test_groups_of_both_halves_stay_apart(locale: str) -> None:
    kept: dict[str, str] = {}
    for half in ("dev", "held"):
        for number, group in enumerate(labelled(locale, half)["groups"]):
            for question in group:
                form = normal(question, locale)
                if form.known and form.rule:
                    assert kept.setdefault(form.key, f"{half}{number}") == f"{half}{number}", question


@pytest.mark.parametrize("locale", ["en-US", "pt-BR"])
def test_the_corpus_is_as_large_as_it_says(locale: str) -> None:
    halves = [labelled(locale, half) for half in ("dev", "held")]
    assert sum(len(half["groups"]) for half in halves) >= 120
    assert all(3 <= len(set(group)) <= 5 for half in halves for group in half["groups"])
    assert sum(len(half[kind]) for half in halves for kind in PAIRS) >= 200


@pytest.mark.parametrize("locale", ["en-US", "pt-BR"])
def test_case_accents_and_marks_say_nothing(locale: str) -> None:
    for group in labelled(locale, "dev")["groups"]:
        for question in group:
            form = normal(question, locale)
            assert normal(f"  {folded(question).upper()}?! ", locale) == form


@pytest.mark.parametrize(
    ("question", "locale"),
    [
        ("How does Jandira's bell work?", "en-US"),
        ("My phone is 5551234, what does prone do?", "en-US"),
        ("Como a Marina faz um teste?", "pt-BR"),
        ("O que caído faz com o Zé?", "pt-BR"),
    ],
)
def test_a_word_that_is_not_the_games_keeps_a_question_out_of_the_store(question: str, locale: str) -> None:
    form = normal(question, locale)
    assert (form.known, form.rule) == (False, False)


def test_numbers_are_the_same_in_words_and_in_digits() -> None:
    assert normal("Posso conjurar 2 magias no mesmo turno?", "pt-BR") == normal(
        "Posso conjurar duas magias no mesmo turno?", "pt-BR"
    )
    assert normal("What changes at level three?", "en-US").key == normal("What changes at 3rd level?", "en-US").key


@pytest.mark.parametrize("locale", ["en-US", "pt-BR"])
@given(st.text(max_size=QUESTION_MOST * 3))
@settings(max_examples=150, deadline=None)
def test_any_text_has_a_form_and_a_long_one_is_no_rule(locale: str, text: str) -> None:
    form = normal(text, locale)
    assert isinstance(form, Normal)
    assert not (form.rule and len(text) > QUESTION_MOST)
    assert len(form.key) < QUESTION_MOST * 20
