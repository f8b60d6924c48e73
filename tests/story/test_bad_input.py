"""Whatever a player types, the oracle tells a bounded, clean turn and the engine alone changes the state."""

import asyncio
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from core.story.oracle import Oracle
from core.story.oracle.answers import answered
from core.story.oracle.tables import table as data
from core.story.sentences import words
from tests.story.table import Table

STEMS = sorted(
    {
        stem.lstrip("=~")
        for lang in ("pt-BR", "en-US")
        for stems in data(lang, "verbs")["verbs"].values()
        for stem in stems
    }
    | {
        s.lstrip("=~")
        for lang in ("pt-BR", "en-US")
        for t in data(lang, "targets").values()
        for ss in t.values()
        for s in ss
    }
)
NASTY = [
    "@everyone",
    "<@1>",
    "[a](http://b)",
    "```",
    "</said>",
    "{o x}",
    "{?rope}",
    "[a|b]",
    "\u202e",
    "||",
    "não",
    "don't",
]
typed = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from([*STEMS, *NASTY, ",", ".", "Kim"]), max_size=12).map(" ".join),
)


@settings(max_examples=120, deadline=None)
@given(
    language=st.sampled_from(["pt-BR", "en-US"]),
    text=typed,
    place=st.sampled_from(["harbour", "warehouse", "flats", "bell"]),
)
def test_any_declaration_is_told_clean_and_bounded(language: str, text: str, place: str) -> None:
    table = Table(language)
    for name, pronoun in (("Lia", "she"), ("Kim", "they")):
        hero = table.join(name, pronoun, "fighter")
        table.state = table.state.hero(hero, place=place)
    table.state = table.state.with_(scene=place)
    table.act("pc1", "x")
    table.words[table.state.seq] = text
    told = asyncio.run(table.tell(Oracle()))
    assert 3 <= len(told.split()) <= 140
    assert not re.search(r"[@<>{}\[\]|`*_]|https?:", told), told
    odd = {word for word in words(text) if len(word) > 12} - set(STEMS)
    assert not odd & set(words(told))


@settings(max_examples=120, deadline=None)
@given(language=st.sampled_from(["pt-BR", "en-US"]), text=typed)
def test_any_question_is_answered_clean_and_bounded(language: str, text: str) -> None:
    table = Table(language)
    table.join("Lia")
    said = answered(table.turn(()), 10, text)
    assert 3 <= len(said.split()) <= 80
    assert not re.search(r"[@<>{}\[\]|`*_]|https?:", said), said
