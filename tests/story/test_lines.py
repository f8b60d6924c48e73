"""The oracle's data: every line can be said, of everyone, in both languages, in the voice."""

import re
import tomllib
from itertools import product

import pytest

from core.story.lint import slips
from core.story.oracle.grammar import Unfit, choices, expand
from core.story.oracle.moment import Moment
from core.story.oracle.names import NAMED, local_name
from core.story.oracle.nouns import Noun, thing
from core.story.oracle.storylets import Storylet, storylets
from core.story.oracle.tables import DATA, _all_lines
from core.story.sentences import folded, split
from tests.story.table import Table

LANGUAGES = ("pt-BR", "en-US")
PERSONS = {g: Noun(n, g, proper=True) for g, n in (("f", "Lia"), ("m", "Bento"), ("e", "Kim"), ("u", "Rui"))}
FOREIGN = {"pt-BR": r"\b(?:seu|sua|seus|suas|lhe|lhes|voce|voces)\b", "en-US": r"\b(?:you|your|harbour|grey|colour)\b"}
UNCONTRACTED = {
    "pt-BR": r"\b(?:[Dd]e [oa]s?|[Ee]m [oa]s?|[Pp]or [oa]s?|[Aa] os?|[Aa] as?) (?!\w+[aeiou]r\b)[a-zà-ú]",
    "en-US": r"\b[Aa] (?=[aeio])(?!one|once)|\b[Aa]n (?=[bcdfgjklmnpqrstvwxz])|\b[Tt]he the\b",
}
ARTICLED = {
    "pt-BR": r"\b(?:[Oo]s?|[Aa]s|[Dd][oa]s?|[Nn][oa]s?|[Pp]el[oa]s?|[Aa]o|[Àà]|[Uu]ma?) ",
    "en-US": r"\b(?:[Tt]he|[Aa]n?) ",
}
GENDERED = {
    "pt-BR": r"(?:está|fica|sai|cai|segue|volta|chega) \w+(?:ad|id)[oa]s?|sozinh[oa]|mesm[oa]|el[ea]",
    "en-US": r"himself|herself|(?:he|she) ",
}


def all_lines(language: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}

    def walk(table: dict, path: str) -> None:
        for name, value in table.items():
            if isinstance(value, list):
                found[f"{path}{name}"] = value
            else:
                walk(value, f"{path}{name}.")

    walk(_all_lines(language), "")
    return found


def spoken(template: str, language: str, person: Noun) -> str:
    nouns = {
        "p": person,
        "t": person if "fight" not in template else thing(language, "eel"),
        "i": thing(language, "lantern"),
        "w": thing(language, "harbour"),
        "g": thing(language, "group"),
        "s": thing(language, "flats"),
        "d": thing(language, "door"),
    }
    return expand(template, nouns, lambda key: found(language, key), language)


def found(language: str, key: str) -> Noun:
    named = key.startswith(NAMED)
    return local_name(b"seed", language, key, {}) if named else thing(language, key.lower())


def test_both_languages_have_the_same_lines() -> None:
    assert set(all_lines("pt-BR")) == set(all_lines("en-US"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_has_a_variant_that_is_safe_for_an_unknown_pronoun(language: str) -> None:
    for key, variants in all_lines(language).items():
        if key.startswith("ask."):
            continue
        assert any(fits(variant, language, PERSONS["u"]) for variant in variants), key


@pytest.mark.parametrize(("language", "gender"), list(product(LANGUAGES, PERSONS)))
def test_every_line_is_in_the_voice_for_everyone(language: str, gender: str) -> None:
    for key, variants in all_lines(language).items():
        if key.startswith("ask."):
            continue
        for variant in (form for one in variants for form in choices(one)):
            if not fits(variant, language, PERSONS[gender]):
                continue
            in_voice(spoken(variant, language, PERSONS[gender]), language, PERSONS[gender])


def fits(variant: str, language: str, person: Noun) -> bool:
    try:
        spoken(choices(variant)[0], language, person)
    except Unfit:
        return False
    return True


def test_there_are_at_least_a_hundred_and_fifty_storylets_with_four_variants_a_language() -> None:
    assert len(storylets()) >= 150
    assert len({s.id for s in storylets()}) == len(storylets())
    for storylet in storylets():
        assert min(len(storylet.pt), len(storylet.en)) >= 4, storylet.id


def test_no_storylet_says_what_another_says() -> None:
    for language in LANGUAGES:
        said = [variant for storylet in storylets() for variant in storylet.variants(language)]
        assert sorted({s for s in said if said.count(s) > 1}) == []


@pytest.mark.parametrize("storylet", storylets(), ids=lambda s: s.id)
def test_a_storylet_can_be_read_and_said_of_everyone(storylet: Storylet) -> None:
    moment = Moment(Table().state, "harbour")
    for need in storylet.needs:
        assert moment.holds(need) in {True, False}
    for language in LANGUAGES:
        variants = storylet.variants(language)
        assert any(fits(variant, language, PERSONS["u"]) for variant in variants), storylet.id
        for variant, person in product(variants, PERSONS.values()):
            if fits(variant, language, person):
                for form in choices(variant):
                    in_voice(spoken(form, language, person), language, person)


def in_voice(text: str, language: str, person: Noun) -> None:
    """Whatever is said: no slot left over, no worn phrase or digit, agreement and contraction as the grammar wants."""
    quoted = re.sub(r"“[^”]*”", "", text)
    assert not slips(text, language), text
    assert not re.search(r"[{}\[\]|_]|\s[,.;:]|\.\.|,,|,\.|  |\"|'", text), text
    assert text[-1] in ".!?”", text
    assert not re.search(FOREIGN[language], folded(quoted)), text
    assert not re.search(UNCONTRACTED[language], quoted), text
    assert not re.search(ARTICLED[language] + person.word + r"\b", text), text
    assert len(split(text)) <= 4, text
    if person.gender == "u":
        assert not re.search(rf"{person.word} (?:{GENDERED[language]})\b", text), text


def test_stems_of_verbs_are_folded_and_no_stem_serves_two_verbs_exactly() -> None:
    for language in LANGUAGES:
        verbs = tomllib.loads((DATA / language / "verbs.toml").read_text("utf-8"))["verbs"]
        seen: dict[str, str] = {}
        for verb, stems in verbs.items():
            for stem in stems:
                assert stem == folded(stem), stem
                assert seen.setdefault(stem, verb) == verb, stem


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_has_to_be_said_twice_in_a_row(language: str) -> None:
    few = {
        key
        for key, variants in all_lines(language).items()
        if not key.startswith("ask.") and sum(len(choices(variant)) for variant in variants) < 3
    }
    assert few == set()
