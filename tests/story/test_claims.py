"""Claims in narrations against the engine's facts, on labelled narrations that others wrote before the reader."""

import pytest

from core.game.state import Ask, Figure, Hero, State
from core.story.claims import Evidence, Reader
from core.story.turn import Deed, Turn
from tests.story.claims_corpus import Part
from tests.story.claims_floors import FLOORS
from tests.story.claims_report import FAMILIES, Tally, measured

_tallies: dict[tuple[str, str], Tally] = {}


def tally(language: str, part: Part) -> Tally:
    if (language, part) not in _tallies:
        _tallies[language, part] = measured(language, part)
    return _tallies[language, part]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("part", ["dev", "held"])
@pytest.mark.parametrize("language", ["en-US", "pt-BR"])
def test_a_family_of_claims_is_read_as_well_as_when_it_was_measured(language: str, part: Part, family: str) -> None:
    least, most = FLOORS[language, part][family]
    found = tally(language, part)
    assert found.caught[family] >= least
    assert found.alarms[family] <= most


@pytest.mark.parametrize("language", ["en-US", "pt-BR"])
def test_the_held_out_part_is_large_enough_to_say_something(language: str) -> None:
    found = tally(language, "held")
    assert all(found.false[family] >= 20 and found.true[family] >= 35 for family in FAMILIES)


def state(**changes: object) -> State:
    lia = Hero("h1", 1, 1, "thief", "she", 5, 9, 14, "harbour")
    bento = Hero("h2", 2, 2, "fighter", "he", 0, 13, 16, "harbour")
    made = State(
        1,
        9,
        "en-US",
        "ai",
        1,
        "saltmouth",
        "harbour",
        "dusk",
        heroes={"h1": lia, "h2": bento},
        figures={
            "eel1": Figure("eel1", "eel", "harbour", 5),
            "nilo": Figure("nilo", "nilo", "harbour", 4),
            "tobias": Figure("tobias", "tobias", "warehouse", 10),
        },
        items={"hook": "h1", "lantern": "gone", "rope": "nilo"},
    )
    return made.with_(**changes)


FOUGHT = {"who": "h1", "skill": "fight"}
CHECKED = (Ask(0, "check", FOUGHT, True, {**FOUGHT, "outcome": "success"}),)
SAID = (Deed(1, "say", "h1", "I go in first"),)


def families(sentence: str, now: State | None = None, asks: tuple[Ask, ...] = CHECKED) -> set[str]:
    now = now or state()
    turn = Turn(now, {"h1": "Lia", "h2": "Bento"}, SAID, 1, 9, b"")
    return {fault.family for fault in Reader(Evidence.of(turn, now, asks), now.language).faults(sentence)}


def test_what_the_engine_knows_passes_and_what_it_contradicts_does_not() -> None:
    assert not families("Lia is hurt.")
    assert families("Lia is unhurt.") == {"hp"}
    assert families("The eel dies.") == {"death"}
    assert not families("The eel lives.")


def test_breaking_the_evidence_flips_each_verdict() -> None:
    dead = state(figures={"eel1": Figure("eel1", "eel", "harbour", 0)})
    assert not families("The eel dies.", dead)
    assert families("The eel is alive.", dead) == {"death"}
    up = state().hero("h2", hp=13)
    assert not families("Bento opens his eyes.", up)
    assert "unconscious" in families("Bento opens his eyes.")
    lost = state(items={"hook": "gone", "lantern": "h1", "rope": "nilo"})
    assert families("Lia holds the hook.", lost) == {"lost"}
    assert not families("Lia holds the hook.")
    missed = (replace_outcome(CHECKED[0], "failure"),)
    assert families("Lia succeeds.", asks=missed) == {"outcome"}
    assert not families("Lia succeeds.")
    night = state(time="night")
    assert families("It is night.") == {"time"}
    assert not families("It is night.", night)


def replace_outcome(ask: Ask, outcome: str) -> Ask:
    return Ask(ask.step, ask.tool, ask.arguments, ask.ok, {**ask.result, "outcome": outcome})


def test_who_is_elsewhere_may_not_act_here() -> None:
    assert families("Tobias grabs the rail.") == {"presence"}
    here = state(figures={"tobias": Figure("tobias", "tobias", "harbour", 10)})
    assert not families("Tobias grabs the rail.", here)


def test_lies_in_a_figures_mouth_questions_and_conditions_are_no_claims() -> None:
    assert not families("“Bento is dead,” Nilo lies.")
    assert not families("Is the eel dead?")
    assert not families("If the eel were dead, Nilo would sing.")


def test_a_hero_says_only_what_the_player_declared() -> None:
    assert not families("“I go in first,” Lia says.")
    assert families("“I give up,” Lia says.") == {"speech"}


def test_a_pronoun_leans_on_the_sentence_before() -> None:
    now = state()
    reader = Reader(Evidence.of(Turn(now, {"h1": "Lia", "h2": "Bento"}, (), 1, 9, b""), now, ()), "en-US")
    assert not reader.faults("Bento lies still.")
    assert {fault.family for fault in reader.faults("He sits up.")} == {"unconscious"}


def test_claims_are_listed_without_being_judged() -> None:
    now = state()
    reader = Reader(Evidence.of(Turn(now, {"h1": "Lia", "h2": "Bento"}, (), 1, 9, b""), now, ()), "en-US")
    claims = reader.claims("Lia succeeds.")
    assert [(claim.family, claim.subject, claim.value) for claim in claims] == [("outcome", "h1", "success")]


def test_an_erased_name_and_a_refused_ask_are_no_evidence() -> None:
    refused = replace_outcome(CHECKED[0], "failure")
    asks = (Ask(0, refused.tool, refused.arguments, False, refused.result),)
    now = state()
    evidence = Evidence.of(Turn(now, {"h1": None, "h2": "Bento"}, SAID, 1, 9, b""), now, asks)
    assert evidence.checks == ()
    assert evidence.people["h1"].name == ""


@pytest.mark.parametrize("text", ["", "“", "?" * 5000, "a " * 5000, "\x00", "—" * 300, "1" * 3000])
def test_nothing_that_a_model_writes_breaks_the_reader(text: str) -> None:
    assert isinstance(families(text), set)
