"""Which keys are heard: whole words, case, accents, phrases, patterns, and how far back."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.game.card import Card
from core.story.lore.matching import NESTED_MOST, PATTERNS_MOST, SCAN_MOST, Matcher


def heard(card: Card, *texts: str) -> list[str]:
    """The primary keys of a card that are heard in texts, the newest first."""
    matcher = Matcher({"a": card})
    found = matcher.hear(texts)
    return [key for number, key in matcher.keys["a"].primary if number in found]


@pytest.mark.parametrize(
    ("key", "text", "found"),
    [
        ("rei", "O rei dorme.", True),
        ("rei", "Todo o reino dorme.", False),
        ("rei", "O REI dorme.", True),
        ("acao", "Uma ação e nada mais.", True),
        ("ação", "Uma acao e nada mais.", True),
        ("ação", "Muitas ações.", False),
        ("São João", "na festa de sao joao", True),
        ("salt mouth", "all salt mouths", True),
        ("king", "The kingdom sleeps.", False),
        ("king", "The king's men.", True),
        ("ilha", "A maravilha.", False),
        ("farol_2", "o farol_2 caiu", True),
        ("farol", "o farol_2 caiu", False),
        ("!", "Fogo!", True),
    ],
)
def test_a_key_is_heard_as_a_word_whatever_its_case_and_accents(key: str, text: str, *, found: bool) -> None:
    assert (heard(Card(keys=(key,)), text) == [key]) is found


def test_case_accents_and_parts_of_words_are_options() -> None:
    assert heard(Card(keys=("Rei",), case=True), "o rei") == []
    assert heard(Card(keys=("Rei",), case=True), "o Rei") == ["Rei"]
    assert heard(Card(keys=("pé",), accents=True), "o pe e o PÉ") == ["pé"]
    assert heard(Card(keys=("pé",), accents=True), "o pe") == []
    assert heard(Card(keys=("rei",), whole_words=False), "o reino") == ["rei"]


def test_patterns_are_heard_with_their_flags() -> None:
    card = Card(keys=("/far(ol|óis)/", "/SINO/i", r"/a\/b/", "/^mar$/m", "/x.y/s"))
    assert heard(card, "os faróis") == ["/far(ol|óis)/"]
    assert heard(card, "os sinos") == ["/SINO/i"]
    assert heard(card, "a/b") == [r"/a\/b/"]
    assert heard(card, "o\nmar\nx\ny") == ["/^mar$/m", "/x.y/s"]
    assert heard(Card(keys=("ba+r",), patterns=True), "BAAAR") == ["ba+r"]


def test_patterns_that_no_linear_search_can_do_are_named_and_never_heard() -> None:
    matcher = Matcher({"a": Card(keys=("/a(?=b)/", r"/(a)\1/", "/(/", "/(x{1000}){1000}/", "/ok/"))})
    assert [key for _, key in matcher.unusable] == ["/a(?=b)/", r"/(a)\1/", "/(/", "/(x{1000}){1000}/"]
    assert [key for _, key in matcher.keys["a"].primary] == ["/ok/"]


def test_more_patterns_than_a_book_may_have_are_not_used() -> None:
    cards = {str(n): Card(keys=(f"/p{n}q/",)) for n in range(PATTERNS_MOST + 1)}
    matcher = Matcher(cards)
    assert matcher.unusable == [(str(PATTERNS_MOST), f"/p{PATTERNS_MOST}q/")]
    assert matcher.hear([f"p{PATTERNS_MOST - 1}q"])


def test_a_key_is_as_deep_as_the_newest_text_it_is_in() -> None:
    matcher = Matcher({"a": Card(keys=("mar", "/sol/"))})
    (sea, _), (sun, _) = matcher.keys["a"].primary
    assert matcher.hear(["nada", "o mar", "o mar e o sol"]) == {sea: 1, sun: 2}


def test_what_is_looked_through_is_bounded() -> None:
    assert heard(Card(keys=("mar",)), "x" * SCAN_MOST, "mar") == []
    assert heard(Card(keys=("mar",)), "x" * (SCAN_MOST - 4), "mar") == ["mar"]


def test_words_that_end_in_each_other_cannot_multiply_the_work() -> None:
    cards = {str(n): Card(keys=("a" * n,), whole_words=False) for n in range(1, 200)}
    assert len(Matcher(cards).hear(["a" * 500])) == NESTED_MOST


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_it_hears_what_looking_for_each_key_by_itself_would(seed: int) -> None:
    chance = Random(seed)
    words = ["".join(chance.choice("abcé ") for _ in range(chance.randint(1, 4))).strip() or "a" for _ in range(12)]
    text = "".join(chance.choice("abcé .") for _ in range(60))
    cards = {str(n): Card(keys=(word,), whole_words=False, accents=True) for n, word in enumerate(words)}
    matcher = Matcher(cards)
    found = matcher.hear([text])
    for n, word in enumerate(words):
        assert (matcher.keys[str(n)].primary[0][0] in found) is (word in text)
