"""Custom ids: what is written is read, and nothing else is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.ui.custom_id import LENGTH_MOST, BadCustomId, CustomId, Signer, base62, unbase62

OLD, NEW = b"o" * 32, b"n" * 32
VERBS = st.from_regex(r"[a-z_]{1,12}", fullmatch=True)
ARGS = st.from_regex(r"[0-9A-Za-z_:-]{0,24}", fullmatch=True)
SNOWFLAKES = st.integers(0, 2**63)
SEQS = st.integers(0, 999_999_999)


@given(VERBS, SNOWFLAKES, SEQS, ARGS)
def test_what_is_written_is_read(verb: str, session: int, seq: int, arg: str) -> None:
    signer = Signer([NEW, OLD])
    written = signer.write(verb, session, seq, arg)
    assert len(written) <= LENGTH_MOST
    assert signer.read(written) == CustomId(verb, session, seq, arg)


@given(VERBS, SNOWFLAKES, SEQS, ARGS, st.data())
def test_any_changed_letter_is_noticed(verb: str, session: int, seq: int, arg: str, data: st.DataObject) -> None:
    signer = Signer([NEW])
    written = signer.write(verb, session, seq, arg)
    at = data.draw(st.integers(0, len(written) - 1))
    letter = data.draw(st.characters(min_codepoint=33, max_codepoint=126).filter(lambda c: c != written[at]))
    with pytest.raises(BadCustomId):
        signer.read(written[:at] + letter + written[at + 1 :])


@given(st.text(max_size=120))
def test_nothing_that_others_write_is_read(text: str) -> None:
    with pytest.raises(BadCustomId):
        Signer([NEW]).read(text)


def test_an_old_key_still_opens_what_it_signed() -> None:
    written = Signer([OLD]).write("odds", 5, 7)
    assert Signer([NEW, OLD]).read(written).seq == 7
    with pytest.raises(BadCustomId):
        Signer([NEW]).read(written)


def test_two_keys_that_share_their_letter_are_told_apart() -> None:
    letters: dict[str, bytes] = {}
    for n in range(200):
        key = n.to_bytes(32)
        letter = Signer([key]).write("x")[-13]
        if letter in letters:
            break
        letters[letter] = key
    written = Signer([letters[letter]]).write("x")
    assert Signer([key, letters[letter]]).read(written).verb == "x"


@pytest.mark.parametrize(
    ("verb", "seq", "arg"),
    [("UPPER", 1, ""), ("a" * 13, 1, ""), ("x", -1, ""), ("x", 10**9, ""), ("x", 1, "a.b"), ("x", 1, "a" * 41)],
)
def test_what_does_not_fit_is_not_written(verb: str, seq: int, arg: str) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        Signer([NEW]).write(verb, 2**63, seq, arg)


@given(st.integers(0, 2**80))
def test_base_62_goes_both_ways(number: int) -> None:
    assert unbase62(base62(number)) == number
    assert re.fullmatch(r"[0-9A-Za-z]+", base62(number))


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Signer([b"short"])
