"""What a storyteller may ask of dice and hands: fate, a life held on to, things let go; and who a question is for."""

from collections import Counter

import pytest

from core.game.refusal import Refusal
from core.game.rules.effects import Fated, Hurt
from core.game.rules.talk import Question, Questioned
from core.game.rules.trials import CHANCES, FATES, fated
from tests.story.table import Table


@pytest.mark.parametrize("likelihood", list(CHANCES))
def test_a_hundred_faces_give_each_fate_its_chances(likelihood: str) -> None:
    counted = Counter(fated(likelihood, percent) for percent in range(1, 101))
    assert tuple(counted[fate] for fate in FATES) == CHANCES[likelihood]


def test_the_less_likely_mirrors_the_likely() -> None:
    assert CHANCES["likely"] == (15, 30, 25, 15, 10, 5)
    assert CHANCES["unlikely"] == tuple(reversed(CHANCES["likely"]))
    assert (fated("even", 1), fated("even", 100)) == ("yes_and", "no_and")


def table() -> Table:
    made = Table("en-US")
    made.join("Lia", "she", "healer")
    made.join("Bento", "he", "fighter")
    return made


async def test_fate_is_a_roll_of_the_table_with_its_outcome_in_the_log() -> None:
    made = table()
    done = await made.ask("fate", {"who": "pc1", "likelihood": "likely"})
    drawn = next(e for e in made.events if isinstance(e, Fated))
    assert done.ok
    assert done.result == {"who": "pc1", "outcome": drawn.outcome}
    assert drawn.outcome == fated("likely", int(drawn.cast.total))
    assert made.state.rolls == 1
    assert not (await made.ask("fate", {"who": "pc1", "likelihood": "certain"})).ok
    assert not (await made.ask("fate", {"who": "pc9"})).ok


async def test_a_hero_who_is_down_comes_to_after_a_success_of_lore_beside_them() -> None:
    made = table()
    made.state = made.state.hero("pc2", hp=0)
    early = await made.ask("mend", {"who": "pc2", "by": "pc1"})
    assert (early.ok, early.result["why"]) == (False, "needs_success")
    made.dice.faces = [19]
    await made.ask("check", {"who": "pc1", "skill": "lore", "level": "easy"})
    made.state = made.state.hero("pc2", place="boat")
    assert (await made.ask("mend", {"who": "pc2", "by": "pc1"})).result["why"] == "not_together"
    made.state = made.state.hero("pc2", place="harbour")
    done = await made.ask("mend", {"who": "pc2", "by": "pc1"})
    assert (done.ok, done.result) == (True, {"who": "pc2", "wound": "barely_standing"})
    assert made.state.heroes["pc2"].hp == 1
    assert [e.amount for e in made.events if isinstance(e, Hurt)] == [-1]
    assert (await made.ask("mend", {"who": "pc2", "by": "pc1"})).result["why"] == "not_down"


async def test_another_skill_or_a_failure_mends_nobody() -> None:
    made = table()
    made.state = made.state.hero("pc2", hp=0)
    made.dice.faces = [19, 2]
    await made.ask("check", {"who": "pc1", "skill": "force", "level": "easy"})
    await made.ask("check", {"who": "pc1", "skill": "lore", "level": "hard"})
    assert (await made.ask("mend", {"who": "pc2", "by": "pc1"})).result["why"] == "needs_success"


async def test_only_who_acts_lets_go_of_a_thing_which_then_lies_there_for_the_taking() -> None:
    made = table()
    made.state = made.state.with_(items={**made.state.items, "rope": "pc1"}).hero("pc1", place="flats")
    drop = {"deed": "drop", "who": "pc1", "item": "rope"}
    assert (await made.ask("item", drop)).result["why"] == "did_not_act"
    assert (await made.ask("move", {"who": "pc1", "to": "harbour"})).result["why"] == "did_not_act"
    made.act("pc1", "I let the rope go")
    assert not (await made.ask("item", {"deed": "drop", "who": "pc2", "item": "rope"})).ok
    assert (await made.ask("item", drop)).ok
    assert made.state.items["rope"] == "flats"
    assert (await made.ask("item", {"deed": "take", "who": "pc1", "item": "rope"})).ok


@pytest.mark.parametrize(("given", "kept"), [("en-US", "en-US"), ("pt-BR", "pt-BR"), ("tlh", ""), ("x" * 500, "")])
def test_a_question_keeps_the_language_of_its_asker_as_a_code(given: str, kept: str) -> None:
    made = table()
    made.do(Question, 10, text="Where am I?", locale=given)
    asked = next(e for e in made.events if isinstance(e, Questioned))
    assert (asked.locale, asked.to) == (kept, (10,))


def test_whoever_is_not_at_the_table_asks_nothing() -> None:
    with pytest.raises(Refusal, match="not_joined"):
        table().do(Question, 99, text="Where am I?", locale="en-US")


async def test_a_scene_closes_only_when_nothing_in_it_is_open_and_time_goes_on() -> None:
    made = table()
    assert (await made.ask("end_scene", {"next": "bell", "time": "later"})).result["why"] == "no_way"
    assert (await made.ask("end_scene", {"next": "harbour", "time": "same"})).result["why"] == "already_done"
    await made.ask("spawn", {"kind": "crab", "place": "harbour"})
    assert (await made.ask("end_scene", {"next": "flats", "time": "later"})).result["why"] == "still_open"
    made.state = made.state.figure("crab1", hp=0)
    done = await made.ask("end_scene", {"next": "flats", "time": "later"})
    assert (done.ok, done.result) == (True, {"place": "flats", "time": "night"})
    assert (made.state.scene, made.state.time, made.state.scenes) == ("flats", "night", 1)
    assert {hero.place for hero in made.state.present()} == {"flats"}
