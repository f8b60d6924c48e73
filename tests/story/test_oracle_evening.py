"""Whole evenings in memory: nothing twice, nothing alike, the same again from the same seed, each with its facts."""

import re
from functools import cache

import pytest

from core.story.lint import slips
from core.story.oracle.pairs import Pair, pairs
from core.story.sentences import overlap, split

LANGUAGES = ("pt-BR", "en-US")
SEEDS = tuple(b"evening %d of ten seeds" % number for number in range(10))
TURNS = 60


@cache
def evening(seed: bytes, language: str) -> tuple[Pair, ...]:
    return tuple(pairs(seed, language, TURNS))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seed", SEEDS, ids=lambda s: s.decode())
def test_no_sentence_is_told_twice_in_an_evening(seed: bytes, language: str) -> None:
    said = [sentence for pair in evening(seed, language) for sentence in split(pair.telling)]
    assert len(evening(seed, language)) > TURNS // 2
    assert sorted({sentence for sentence in said if said.count(sentence) > 1}) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seed", SEEDS, ids=lambda s: s.decode())
def test_no_telling_is_like_one_of_the_last_fifteen(seed: bytes, language: str) -> None:
    told = [pair.telling for pair in evening(seed, language)]
    alike = [overlap(one, old) for at, one in enumerate(told) for old in told[max(0, at - 15) : at]]
    assert max(alike) <= 0.35


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_telling_is_in_the_voice_and_most_have_their_length(language: str) -> None:
    told = [pair.telling for seed in SEEDS for pair in evening(seed, language)]
    lengths = [len(text.split()) for text in told]
    assert max(lengths) <= 120
    assert sum(length >= 30 for length in lengths) >= 0.85 * len(lengths)
    for text in told:
        assert not slips(text, language), text
        assert not re.search(r"[{}\[\]|_<>@\"]|\s[,.;:]|\.\.|  ", text), text
        assert text[-1] in ".!”", text


@pytest.mark.parametrize("language", LANGUAGES)
def test_ten_evenings_end_their_tellings_in_many_ways(language: str) -> None:
    last = [split(pair.telling)[-1] for seed in SEEDS for pair in evening(seed, language)]
    assert len(set(last)) >= 0.4 * len(last)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_seed_gives_the_same_pairs_with_facts(language: str) -> None:
    again = pairs(SEEDS[0], language, 8)
    assert tuple(again) == evening(SEEDS[0], language)[:9]
    for pair in again:
        assert pair.facts.startswith(f"lang: {language}\naction: ")
        assert "heroes: Lia (she) at " in pair.facts
        assert pair.telling


def test_another_seed_gives_another_evening() -> None:
    one, other = (evening(seed, "pt-BR")[3].telling for seed in SEEDS[:2])
    assert one != other
