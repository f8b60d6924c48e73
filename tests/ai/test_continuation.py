"""The seam between words already told and the next model's."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.ai import Malformed, Message, Prompt, ToolCall
from core.ai.continuation import Seam, WordGate, instruction

WORD = st.text(alphabet="abcdeé", min_size=1, max_size=6)
WORDS = st.lists(WORD, min_size=1, max_size=30)


def join(told: str, *pieces: str) -> str:
    gate, seam = WordGate(), Seam(told)
    return "".join(seam.feed(gate.feed(piece)) for piece in pieces) + seam.feed(gate.finish()) + seam.finish()


@pytest.mark.parametrize(
    ("told", "new", "shown"),
    [
        ("", "The pin gives.", "The pin gives."),
        ("The pin", "gives.", " gives."),
        ("The pin ", "gives.", "gives."),
        ("The pin", " gives.", " gives."),
        ("The pin", "The pin gives.", " gives."),
        ("Lia bends. The pin", "The pin gives.", " gives."),
        ("Lia bends. The pin", "Lia bends. The pin gives.", " gives."),
        ("Lia bends. The pin ", "Lia bends. The pin The pin gives.", "gives."),
        ("A pedra cede,", "e a água entra.", " e a água entra."),
        ("Ela pega a ", "arma", "arma"),
        ("The rope", ", at last, holds.", ", at last, holds."),
        ("The rope holds.", "\n\n“Now,” says Nilo.", "\n\n“Now,” says Nilo."),
        ("The rope holds.", "“Now,” says Nilo.", " “Now,” says Nilo."),
        ("The rope holds.", "The rope is old.", " The rope is old."),
        ("The rope holds.", "", ""),
        ("The rope holds.", "The rope holds.", ""),
        ("The rope holds.", "The rope", " The rope"),
    ],
)
def test_what_is_repeated_is_dropped_and_what_is_new_is_joined(told: str, new: str, shown: str) -> None:
    assert join(told, new) == shown
    assert join(told, *new) == shown


def test_a_model_that_tells_it_again_is_refused() -> None:
    told = "One by one the lamps go out along the pier. The water"
    with pytest.raises(Malformed, match="repeats"):
        join(told, "One by one the lamps go dark and nobody sees.")
    with pytest.raises(Malformed, match="repeats"):
        join(told, "by one the lamps go out")


@given(told=WORDS, new=WORDS, cut=st.integers(0, 30))
def test_an_overlap_of_any_length_is_dropped_exactly_once(told: list[str], new: list[str], cut: int) -> None:
    assume(not set(told) & set(new))
    assume(len(set(told)) == len(told))
    overlap = told[max(0, len(told) - cut) :]
    answer = " ".join([*overlap, *new])
    assert (" ".join(told) + join(" ".join(told), answer)).split() == [*told, *new]


@given(text=st.lists(st.text(alphabet="ab \n,", max_size=5), max_size=20))
def test_without_words_before_it_every_character_passes(text: list[str]) -> None:
    assert join("", *text) == "".join(text)


@given(text=st.lists(st.text(alphabet="ab ", max_size=5), max_size=20))
def test_the_gate_only_opens_between_words(text: list[str]) -> None:
    gate = WordGate()
    for piece in text:
        out = gate.feed(piece)
        assert not out or out[-1].isspace()


def test_a_word_without_end_is_let_through_in_pieces() -> None:
    assert WordGate().feed("x" * 200) == "x" * 200


def test_the_told_words_of_a_telling_are_those_since_the_last_question() -> None:
    messages = (
        Message("user", "before"),
        Message("assistant", "Old."),
        Message("user", "now"),
        Message("assistant", "Lia bends.", (ToolCall("a", "check", {}),)),
        Message("tool", "{}", tool_call_id="a"),
    )
    assert Prompt("narration", messages, prefix="The pin").told == "Lia bends. The pin"
    assert Prompt("narration", messages[:3]).told == ""


def test_the_request_to_go_on_is_in_the_language_of_the_telling() -> None:
    assert instruction("pt-BR") != instruction("en-US")
    assert instruction("fr") == instruction("en-US")
