"""Private answers from the state: where, who, what, how hurt, what can be done, how a check works."""

from collections.abc import Mapping
from typing import Final, get_args

from core.game.state import Hero, Language
from core.game.world import world
from core.game.wounds import wound
from core.i18n import text
from core.story.oracle.grammar import expand, with_article
from core.story.oracle.intent import hits, understood
from core.story.oracle.nouns import Noun, figure_noun, hero_noun, thing
from core.story.oracle.places import figures_at, items_at, ways
from core.story.oracle.tables import lines, table
from core.story.sentences import split, words
from core.story.turn import Turn

QUESTION_MOST: Final = 500
LATELY: Final = 3


def answered(turn: Turn, person: int, question: str) -> str:
    """Return the answer to a question of one person, in their language.

    It holds only what the table may know: no secret before it is revealed, no number of the engine's.
    """
    said = words(question[:QUESTION_MOST])
    language = turn.answers_in
    hero = turn.state.hero_of(person)
    kind = _kind(said, language)
    if kind == "check":
        return lines(language, "ask.check")[0]
    if kind == "lately":
        return _lately(turn, language)
    if hero is None:
        return lines(language, "ask.nobody")[0]
    return _about(turn, hero, kind, question, language)


def _kind(said: list[str], language: str) -> str:
    """Return what is asked about; a person may write in another language than their client's."""
    for asked_in in (language, *(other for other in get_args(Language) if other != language)):
        found = {kind: hits(said, stems) for kind, stems in table(asked_in, "questions")["kinds"].items()}
        best, count = max(found.items(), key=lambda kind: kind[1])
        if count:
            return str(best)
    return "other"


def _lately(turn: Turn, language: str) -> str:
    if not turn.recent:
        return lines(language, "ask.nothing_yet")[0]
    told = " ".join(split(turn.recent[-1])[:LATELY])
    return lines(language, "ask.lately")[0].replace("{lately}", told)


def _about(turn: Turn, hero: Hero, kind: str, question: str, language: str) -> str:
    state = turn.state
    nouns = {"p": hero_noun(state, turn.names, hero.id), "w": thing(language, hero.place)}
    if kind == "wound":
        line = f"ask.wound.{wound(hero.hp, hero.hp_max)}"
        return _filled(line, nouns, language, {"conditions": _conditions(hero, language)})
    asked = understood(question, state, turn.names).figures
    if asked and kind in {"who", "where", "other"}:
        line = "ask.seen_at" if state.figures[asked[0]].place == hero.place else "ask.away"
        return _filled(line, {**nouns, "t": figure_noun(state, asked[0], language)}, language, {})
    lists = _lists(turn, hero, language)
    if kind == "who":
        return _filled("ask.who" if _near(turn, hero) else "ask.alone", nouns, language, lists)
    if kind == "carry":
        held = [item for item, holder in state.items.items() if holder == hero.id]
        things = _listed([thing(language, item) for item in held], language, "none")
        return _filled("ask.carry" if held else "ask.empty", nouns, language, {"things": things})
    return _filled(f"ask.{kind}", nouns, language, lists)


def _near(turn: Turn, hero: Hero) -> list[str]:
    state = turn.state
    return [
        *(h.id for h in state.present() if h.place == hero.place and h.id != hero.id),
        *figures_at(state, hero.place),
    ]


def _lists(turn: Turn, hero: Hero, language: str) -> dict[str, str]:
    state, known = turn.state, ways(turn.state.world)
    near = [
        hero_noun(state, turn.names, who) if who in state.heroes else figure_noun(state, who, language)
        for who in _near(turn, hero)
    ]
    reach = [*items_at(state, hero.place)]
    reach += [item for item, holder in state.items.items() if holder == hero.id and known.named(state, item)]
    return {
        "ways": _listed([thing(language, way) for way in world(state.world).places[hero.place]], language, "none"),
        "people": _listed(near, language, "nobody_here"),
        "things": _listed([thing(language, item) for item in reach], language, "none"),
    }


def _listed(nouns: list[Noun], language: str, nothing: str) -> str:
    return ", ".join(with_article(noun, language) for noun in nouns) or lines(language, f"ask.{nothing}")[0]


def _conditions(hero: Hero, language: str) -> str:
    named = [text(language, f"world.condition.{condition}") for condition in hero.conditions]
    return f" ({', '.join(named)})" if named else ""


def _filled(line: str, nouns: Mapping[str, Noun], language: str, lists: Mapping[str, str]) -> str:
    template = lines(language, line)[0]
    for name, value in lists.items():
        template = template.replace("{" + name + "}", value.replace("{", "").replace("}", ""))
    return expand(template, nouns, lambda _: None, language)
