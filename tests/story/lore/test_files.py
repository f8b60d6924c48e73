"""Books in and out of files: SillyTavern's world info, Character Books of versions 2 and 3, cards in pictures."""

import base64
import json
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.game.card import CARDS_MOST, FILE_MOST, NUMBER_MOST, BookSettings, Card, Logic, Position, Role
from core.game.refusal import Refusal
from core.story.lore.decorators import split_decorators
from core.story.lore.export import write_file
from core.story.lore.forms import EXTENSIONS
from core.story.lore.imports import Imported, read_file

Json = dict[str, Any]
WORLD_INFO: Json = {
    "uid": 4,
    "key": ["farol", "/luz(es)?, longe/i"],
    "keysecondary": ["noite"],
    "comment": "O farol",
    "content": "Está apagado.",
    "constant": False,
    "vectorized": False,
    "selective": True,
    "selectiveLogic": 3,
    "addMemo": True,
    "order": 70,
    "position": 4,
    "disable": True,
    "excludeRecursion": True,
    "preventRecursion": True,
    "delayUntilRecursion": 2,
    "probability": 40,
    "useProbability": True,
    "depth": 2,
    "group": "costa, luz",
    "groupOverride": True,
    "groupWeight": 30,
    "scanDepth": 5,
    "caseSensitive": True,
    "matchWholeWords": False,
    "useGroupScoring": True,
    "automationId": "mine",
    "role": 2,
    "sticky": 3,
    "cooldown": 4,
    "delay": None,
    "ignoreBudget": True,
    "displayIndex": 9,
    "triggers": ["normal"],
    "characterFilter": {"names": ["Ada"], "isExclude": False},
}
CARD = Card(
    name="O farol",
    keys=("farol", "/luz(es)?, longe/i"),
    secondary=("noite",),
    logic="and_all",
    text="Está apagado.",
    on=False,
    case=True,
    whole_words=False,
    order=70,
    position="at_depth",
    depth=2,
    role="assistant",
    probability=40,
    sticky=3,
    cooldown=4,
    groups=("costa", "luz"),
    group_weight=30,
    group_override=True,
    group_scoring=True,
    scan_depth=5,
    exclude_recursion=True,
    prevent_recursion=True,
    delay_until_recursion=2,
    ignore_budget=True,
    extra={
        "automationId": "mine",
        "triggers": ["normal"],
        "characterFilter": {"names": ["Ada"], "isExclude": False},
    },
)


def of(value: Any) -> Imported:
    return read_file(json.dumps(value).encode())


def out(imported: Imported) -> bytes:
    return write_file({str(n): card for n, card in enumerate(imported.cards)}, imported.settings)


def v2(*entries: Json, **book: Any) -> Json:
    return {
        "spec": "chara_card_v2",
        "spec_version": "2.0",
        "data": {"name": "Ada", "character_book": {"extensions": {}, "entries": list(entries), **book}},
    }


def picture(*texts: tuple[bytes, bytes]) -> bytes:
    chunks = [(b"IHDR", b"\0" * 13), *((b"tEXt", keyword + b"\0" + text) for keyword, text in texts), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(len(body).to_bytes(4) + kind + body + b"\0\0\0\0" for kind, body in chunks)


def coded(value: Any) -> bytes:
    return base64.b64encode(json.dumps(value).encode())


def test_world_info_is_read_field_by_field() -> None:
    assert of({"entries": {"4": WORLD_INFO}}) == Imported((CARD,), BookSettings())


def test_world_info_is_given_back_as_it_came_but_for_where_it_stood() -> None:
    given_back = json.loads(out(of({"entries": {"4": WORLD_INFO}, "mine": {"a": 1}})))
    entry = given_back["entries"]["0"]
    assert {name: entry[name] for name in WORLD_INFO} == {**WORLD_INFO, "uid": 0, "displayIndex": 0}
    assert given_back["mine"] == {"a": 1}


def test_a_character_book_says_the_same_in_its_own_words() -> None:
    extensions = {old: WORLD_INFO[new] for old, new in EXTENSIONS.items() if new in WORLD_INFO}
    entry = {
        "id": 4,
        "keys": WORLD_INFO["key"],
        "secondary_keys": WORLD_INFO["keysecondary"],
        "comment": "O farol",
        "content": "Está apagado.",
        "constant": False,
        "selective": True,
        "insertion_order": 70,
        "enabled": False,
        "position": "after_char",
        "characterFilter": WORLD_INFO["characterFilter"],
        "extensions": extensions,
    }
    assert of(v2(entry)).cards == (CARD,)


def test_a_plain_version_2_entry_needs_no_extensions() -> None:
    entry = {"keys": ["mar"], "content": "Sobe.", "enabled": True, "insertion_order": 3, "position": "after_char"}
    book = of(v2({**entry, "name": "Maré", "case_sensitive": True, "priority": 7}, scan_depth=6, token_budget=300))
    assert book.cards == (
        Card(name="Maré", keys=("mar",), text="Sobe.", order=3, position="after", case=True, extra={"priority": 7}),
    )
    assert book.settings == BookSettings(scan_depth=6, token_budget=300)


def test_a_version_3_lorebook_is_read_alone_and_in_a_card() -> None:
    entry = {"keys": ["ma+r"], "use_regex": True, "content": "Sobe.", "enabled": True, "insertion_order": 1}
    book = {"name": "Costa", "recursive_scanning": True, "extensions": {"x": 1}, "entries": [entry]}
    alone = of({"spec": "lorebook_v3", "data": book})
    assert alone.cards == (Card(keys=("ma+r",), patterns=True, text="Sobe.", order=1),)
    assert alone.settings == BookSettings(name="Costa", recursive=True, extra={"extensions": {"x": 1}})
    assert of({"spec": "chara_card_v3", "data": {"name": "Ada", "character_book": book}}) == alone
    assert of(book) == alone


def test_decorators_are_obeyed_and_given_back() -> None:
    lines = ("@@depth 3", "@@activate", "@@scan_depth 9", "@@unheard_of 1", "@@role user", "@@activate_only_after 2")
    content = "\n".join((*lines, "Sobe."))
    book = of({"entries": {"0": {"key": [], "content": content}}})
    (card,) = book.cards
    assert (card.text, card.decorators) == ("Sobe.", lines)
    assert (card.position, card.depth, card.constant, card.scan_depth) == ("at_depth", 3, True, 9)
    assert (card.role, card.delay) == ("user", 2)
    assert json.loads(out(book))["entries"]["0"]["content"] == content


def test_a_picture_gives_its_card_of_version_3_before_that_of_version_2() -> None:
    def card(key: str) -> Json:
        return v2({"keys": [key], "content": "x", "extensions": {}})

    old, new = (b"chara", coded(card("old"))), (b"ccv3", coded(card("new")))
    assert read_file(picture(old)).cards[0].keys == ("old",)
    assert read_file(picture(old, new)).cards[0].keys == ("new",)


def test_entries_that_could_never_come_up_are_left_out() -> None:
    entries = {
        "0": {"key": [], "content": "x"},
        "1": {"key": ["a"], "content": " "},
        "2": {"key": ["a"], "content": "x"},
    }
    assert len(of({"entries": entries}).cards) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_lorebook"),
        (b"\x00\xff", "not_a_lorebook"),
        (b"[]", "not_a_lorebook"),
        (b"[" * 100_000, "not_a_lorebook"),
        (b'{"entries": ' + b"[" * 40 + b"]" * 40 + b"}", "not_a_lorebook"),
        (b" " * (FILE_MOST + 1), "file_too_large"),
        (b"{}", "no_lore_in_file"),
        (b'{"data": {"data": {"data": {"entries": []}}}}', "no_lore_in_file"),
        (json.dumps(v2()).encode(), "no_lore_in_file"),
        (picture(), "no_lore_in_file"),
        (picture((b"chara", b"%%%")), "not_a_lorebook"),
        (picture((b"chara", base64.b64encode(b"{"))), "not_a_lorebook"),
        (b"\x89PNG\r\n\x1a\n\xff\xff\xff\xfftEXt", "no_lore_in_file"),
        (json.dumps({"entries": [{"keys": ["a"], "content": "x"}] * (CARDS_MOST + 1)}).encode(), "too_many_cards"),
    ],
)
def test_what_is_no_book_is_refused_by_a_code(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_file(content)
    assert refused.value.code == code


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*WORLD_INFO, "keys", "extensions", "insertion_order", "use_regex"]), _json))
def test_whatever_an_entry_holds_it_is_a_card_or_refused(entry: Json) -> None:
    try:
        of({"entries": [entry, {"key": ["a"], "content": "x"}]})
    except Refusal as refused:
        assert refused.code == "not_a_lorebook"


_words = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
_key = _words.filter(lambda word: "," not in word)
_n = st.integers(0, NUMBER_MOST)
_maybe = st.none() | st.booleans()
_cards = st.builds(
    Card,
    name=st.text(max_size=20),
    keys=st.lists(_words, min_size=1, max_size=4).map(tuple),
    secondary=st.lists(_words, max_size=3).map(tuple),
    logic=st.sampled_from(get_args(Logic)),
    selective=st.booleans(),
    text=st.text(min_size=1).filter(lambda text: text.strip() and not split_decorators(text)[0]),
    on=st.booleans(),
    constant=st.booleans(),
    patterns=st.booleans(),
    case=_maybe,
    whole_words=_maybe,
    accents=st.booleans(),
    order=st.integers(-NUMBER_MOST, NUMBER_MOST),
    position=st.sampled_from(get_args(Position)),
    depth=_n,
    role=st.sampled_from(get_args(Role)),
    probability=st.integers(0, 100),
    use_probability=st.booleans(),
    sticky=_n,
    cooldown=_n,
    delay=_n,
    groups=st.lists(_key, max_size=3, unique=True).map(tuple),
    group_weight=_n,
    group_override=st.booleans(),
    group_scoring=_maybe,
    scan_depth=st.none() | _n,
    exclude_recursion=st.booleans(),
    prevent_recursion=st.booleans(),
    delay_until_recursion=_n,
    ignore_budget=st.booleans(),
    until=st.sampled_from(["", "s1"]),
    extra=st.dictionaries(st.sampled_from(["a", "b"]), st.integers() | st.text(), max_size=2),
)
_books = st.builds(
    BookSettings,
    name=st.text(max_size=20),
    description=st.text(max_size=20),
    scan_depth=_n,
    token_budget=st.none() | st.integers(1, NUMBER_MOST),
    recursive=st.booleans(),
    extra=st.dictionaries(st.sampled_from(["a", "b"]), st.integers(), max_size=2),
)


@settings(deadline=None)
@given(st.lists(_cards, min_size=1, max_size=4).map(tuple), _books)
def test_what_goes_out_comes_in_the_same(cards: tuple[Card, ...], own: BookSettings) -> None:
    book = Imported(cards, own)
    assert read_file(out(book)) == book
