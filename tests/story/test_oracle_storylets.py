"""Every storylet can come about: in a moment that has what it needs its effect is asked, done, and it is told."""

from dataclasses import dataclass, replace

import pytest

from core.game.state import Figure, State
from core.story.oracle import Oracle
from core.story.oracle import storylets as happening
from core.story.oracle.compose import Drawer
from core.story.oracle.desk import Desk
from core.story.oracle.moment import Moment
from core.story.oracle.oracle import _rng
from core.story.oracle.scene import Beat, Scene
from core.story.oracle.storylets import Storylet, happen, storylets
from tests.story.table import Table

LANGUAGES = ("pt-BR", "en-US")


@dataclass
class Wanted:
    """A moment in the making."""

    state: State
    place: str = "harbour"
    weather: str = "clear"
    outcome: str = ""
    done: frozenset[str] = frozenset()

    def moment(self) -> Moment:
        return Moment(self.state, self.place, "pc1", self.weather, self.outcome, self.done)


def wanted(table: Table, storylet: Storylet) -> Wanted:
    """Return a moment in which the storylet may happen."""
    start = table.state.with_(tellings=3).hero("pc2", place="elsewhere")
    made = Wanted(start)
    for need in sorted(storylet.needs, key=lambda one: not one.startswith("at ")):
        words = need.split()
        what = words[-1].split("/")[0]
        if words[0] != "not" and not set(words[-1]) & set("<>="):
            MAKE.get(words[0], lambda *_: None)(made, what)
    return numbers(made, storylet.needs)


def numbers(made: Wanted, needs: tuple[str, ...]) -> Wanted:
    """Set clocks and attitudes to what the needs compare them with."""
    for need in needs:
        if not set(need) & set("<>="):
            continue
        what, name = need.split()[0], need.split()[-1].split("<")[0].split(">")[0].split("=")[0]
        same = [one for one in needs if name in one and set(one) & set("<>=")]
        for value in range(-3, 7):
            if what == "attitude":
                tried = made.state.figure(name, attitude=value)
            else:
                tried = made.state.with_(clocks={**made.state.clocks, name: max(value, 0)})
            if all(replace(made, state=tried).moment().holds(one) for one in same):
                made = replace(made, state=tried)
                break
    return made


def at(made: Wanted, place: str) -> None:
    made.place, made.state = place, made.state.hero("pc1", place=place).with_(scene=place)


def present(made: Wanted, kind: str) -> None:
    figure = Figure(f"{kind}1", kind, made.place, 8)
    known = kind in made.state.figures
    made.state = (
        made.state.figure(kind, place=made.place)
        if known
        else made.state.with_(figures={**made.state.figures, figure.id: figure})
    )


def empty(made: Wanted, _: str) -> None:
    for figure in made.state.figures:
        made.state = made.state.figure(figure, place="elsewhere")


def item(made: Wanted, what: str, holder: str) -> None:
    made.state = made.state.with_(items={**made.state.items, what: holder})


def beside(made: Wanted, _: str, hp: int = 5) -> None:
    made.state = made.state.hero("pc2", place=made.place, hp=hp)


MAKE = {
    "at": at,
    "present": present,
    "empty": empty,
    "several": beside,
    "down": lambda made, _: beside(made, "", 0),
    "held": lambda made, what: item(made, what, "pc1"),
    "carries": lambda made, what: item(made, what, "pc1"),
    "lies": lambda made, what: item(made, what, made.place),
    "revealed": lambda made, what: setattr(made, "state", made.state.with_(revealed=(what,))),
    "hurt": lambda made, _: setattr(made, "state", made.state.hero("pc1", hp=2)),
    "condition": lambda made, what: setattr(made, "state", made.state.hero("pc1", conditions=(what,))),
    "weather": lambda made, what: setattr(made, "weather", what),
    "last": lambda made, what: setattr(made, "outcome", what),
    "did": lambda made, what: setattr(made, "done", frozenset({what})),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("storylet", storylets(), ids=lambda s: s.id)
async def test_a_storylet_comes_about(storylet: Storylet, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(language)
    table.join("Lia", "she", "thief")
    table.join("Rui", "unknown", "healer")
    made = wanted(table, storylet)
    moment = made.moment()
    assert [need for need in storylet.needs if not moment.holds(need)] == []
    table.state = made.state
    table.act("pc1", "x")
    turn = table.turn()
    scene = Scene(turn, Desk(turn.state, table.ask), _rng(turn), made.place, actor="pc1", outcome=made.outcome)
    scene.beats = [Beat(f"{group}.x") for group in made.done]
    monkeypatch.setattr(Scene, "weather", property(lambda _: made.weather))
    monkeypatch.setattr(happening, "storylets", lambda: (storylet,))
    if made.outcome:
        table.dice.faces = [19 if "success" in made.outcome else 5]
        await scene.check("pc1", "speech")
    asked = len(table.asked)
    await happen(scene, "pc1")
    assert [beat.line for beat in scene.beats if beat.variants] == [f"storylet.{storylet.id}"]
    assert len(table.asked) == asked + bool(storylet.effect)
    assert Drawer(scene, 0, {}, []).draw(scene.beats[-1])


@pytest.mark.parametrize(
    ("text", "face", "figure", "grows"),
    [
        ("Convenço Nilo", 20, "nilo", 1),
        ("Convenço Nilo", 1, "nilo", -1),
        ("Convenço Nilo", 6, "nilo", 0),
        ("Ataco Celeste", 15, "celeste", -1),
        ("Pergunto a Nilo sobre o barco", 15, "nilo", 0),
    ],
)
async def test_people_think_better_or_worse_of_the_heroes_for_what_they_do(
    text: str, face: int, figure: str, grows: int
) -> None:
    table = Table("pt-BR")
    table.join("Lia", "she", "fighter")
    before = table.state.figures[figure].attitude
    table.act("pc1", text)
    table.dice.faces = [face]
    await table.tell(Oracle())
    assert table.state.figures[figure].attitude - before == grows
