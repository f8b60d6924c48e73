"""Sentences and names: complete in both languages, short enough, and unable to break a line."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.ui.names import addressed, escaped, listed, one_line, plain
from cogs.ui.rolls import percent
from core.i18n import LOCALES, keys, template, text

ROOT = Path(__file__).parents[2]
LONG = {
    "n": 1_000_000,
    "most": 1_800,
    "least": -3,
    "value": "v" * 20,
    "who": "Sabiá",
    "field": "f" * 20,
    "gm": "<@1234567890123456789>",
    "name": "N" * 20,
    "known": "thief, fighter, sage, healer, ranger, speaker",
    "part": "p" * 20,
    "character": "U+1F600",
    "limit": 1_000_000_000_000,
    "at": 500,
}
"""What fills a sentence at its longest in practice."""


def codes() -> list[str]:
    found: set[str] = set()
    for folder in ("core/game", "cogs"):
        for file in (ROOT / folder).rglob("*.py"):
            source = file.read_text("utf-8")
            found.update(re.findall(r'Refusal\(\s*"(\w+)"', source))
            found.update(re.findall(r'_stranger\("(\w+)"\)', source))
    return sorted(found)


def dice_codes() -> list[str]:
    found: set[str] = set()
    for file in (ROOT / "core/dice").rglob("*.py"):
        found.update(re.findall(r'DiceError\(\s*"(\w+)"', file.read_text("utf-8")))
    return sorted(found)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_refusal_and_every_fault_in_dice_has_a_sentence(locale: str) -> None:
    wanted = {f"refusal.{code}" for code in codes()} | {f"dice.error.{code}" for code in dice_codes()}
    assert len(wanted) > 50
    assert wanted <= keys(locale)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_error_is_one_short_sentence_or_two_without_shouting(locale: str) -> None:
    for key in sorted(keys(locale)):
        if not key.startswith(("refusal.", "dice.error.", "errors.ours", "maps.error.")):
            continue
        fields = {name: LONG.get(name, "x" * 12) for name in _fields(locale, key)}
        sentence = text(locale, key, **fields)
        assert len(sentence) <= 140, (key, len(sentence), sentence)
        assert "!" not in sentence.replace("{", ""), key
        assert sentence.rstrip("`").endswith((".", "`")), key


@pytest.mark.parametrize("locale", LOCALES)
def test_every_label_of_a_button_fits_a_phone(locale: str) -> None:
    for key in keys(locale):
        if key.startswith("buttons."):
            assert len(text(locale, key, n=50)) <= 20, key


def _fields(locale: str, key: str) -> set[str]:
    message = template(locale, key)
    texts = [message] if isinstance(message, str) else list(message.values())
    return {"n", *re.findall(r"\{(\w+)\}", " ".join(texts))}


@given(st.text(max_size=300))
def test_escaping_loses_nothing_and_leaves_no_formatting(words: str) -> None:
    shown = escaped(words)
    assert plain(shown) == words
    bare = re.sub(r"\\.", "x", shown, flags=re.DOTALL)
    assert not re.search(r"[*_~|`\[\]<]", bare)
    assert not re.search(r"^[ \t]*(#|>|-)", bare, re.MULTILINE)


@given(st.text(max_size=300))
def test_a_name_stays_on_one_line(words: str) -> None:
    assert len(one_line(words).splitlines()) <= 1
    assert len(plain(one_line(words))) <= 80


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("# título", "\\# título"),
        ("-# Rodada 9", "\\-# Rodada 9"),
        ("> cita", "\\> cita"),
        ("**x** <@1> [a](b)", "\\*\\*x\\*\\* \\<@1> \\[a\\](b)"),
        ("meia-noite", "meia-noite"),
    ],
)
def test_words_show_as_they_were_written(words: str, shown: str) -> None:
    assert escaped(words) == shown


def test_names_are_listed_as_each_language_does() -> None:
    assert listed("pt-BR", ["Lia", "Caio", "Bia"]) == "Lia, Caio e Bia"
    assert listed("en-US", ["Lia", "Caio"]) == "Lia and Caio"
    assert listed("en-US", ["Lia"]) == "Lia"


def test_a_figure_is_addressed_by_its_name_in_any_case_and_never_by_a_part_of_a_word() -> None:
    assert addressed("Boa noite, SABIÁ!") == "sabia"
    assert addressed("niloticamente") == ""


@pytest.mark.parametrize(
    ("chance", "shown"),
    [
        (0.35, "35%"),
        (0.0026, "0.3%"),
        (0.0000123, "0.001%"),
        (1e-9, "< 0.001%"),
        (1 - 1e-9, "> 99.999%"),
        (1.0, "100%"),
        (0.9975, "99.8%"),
        (0.0, "0%"),
    ],
)
def test_chances_are_whole_except_near_the_ends(chance: float, shown: str) -> None:
    assert percent("en-US", chance) == shown
    assert percent("pt-BR", chance) == shown.replace(".", ",")
