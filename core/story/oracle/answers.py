"""Private answers from the state: where, who, what, how hurt, what can be done, how a check works."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, get_args

from core.game.state import Hero, Language
from core.game.world import world
from core.game.wounds import wound
from core.i18n import text
from core.story.oracle.grammar import expand, with_article
from core.story.oracle.intent import Intent, hits, understood
from core.story.oracle.nouns import Noun, figure_noun, hero_noun, thing
from core.story.oracle.places import band, figures_at, items_at, next_step, ways
from core.story.oracle.recollection import recalled
from core.story.oracle.tables import lines, table
from core.story.oracle.weather import spell, weather
from core.story.sentences import split, stems, words
from core.story.turn import Turn

QUESTION_MOST: Final = 500
_WORLD: Final = ("time", "weather", "anger")
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
    return _about(turn, hero, kind, question[:QUESTION_MOST], language)


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
    how, fact = recalled(turn, question, language, eager=kind == "other", named=_names(turn, language))
    if fact:
        return lines(language, f"ask.{how}")[0].replace("{fact}", fact)
    return _of_named(turn, hero, kind, _asked(turn, question), language) or _of_state(turn, hero, kind, language)


def _of_named(turn: Turn, hero: Hero, kind: str, asked: Intent, language: str) -> str:
    """Answer about whom or what a question names, or nothing where it names nothing that it asks about."""
    others = [*asked.figures, *(one for one in asked.heroes if one != hero.id)]
    if others and kind in {"who", "where", "other", "liking", "wound"}:
        return _of_somebody(turn, hero, kind, others[0], language)
    if asked.items and kind in {"where", "who", "other", "carry"}:
        return _of_item(turn, hero, asked.items[0], language)
    if asked.places and kind in {"where", "other"}:
        return _of_place(turn, hero, asked.places[0], language)
    return ""


def _of_state(turn: Turn, hero: Hero, kind: str, language: str) -> str:
    """Answer about the hero and what is around."""
    state = turn.state
    if kind in _WORLD:
        return _of_world(turn, hero, kind, language)
    nouns = {"p": hero_noun(state, turn.names, hero.id), "w": thing(language, hero.place)}
    lists = _lists(turn, hero, language)
    if kind == "wound":
        line = f"ask.wound.{wound(hero.hp, hero.hp_max)}"
        return _filled(line, nouns, language, {"conditions": _conditions(hero, language)})
    if kind == "who":
        return _filled("ask.who" if _near(turn, hero) else "ask.alone", nouns, language, lists)
    if kind == "carry":
        held = [item for item, holder in state.items.items() if holder == hero.id]
        things = _listed([thing(language, item) for item in held], language, "none")
        return _filled("ask.carry" if held else "ask.empty", nouns, language, {"things": things})
    return _filled(f"ask.{'other' if kind == 'liking' else kind}", nouns, language, lists)


def _asked(turn: Turn, question: str) -> Intent:
    """Return what a question names, read in the table's language or else in the other."""
    state = turn.state
    readings = [
        understood(question, state.with_(language=one), turn.names)
        for one in (state.language, *(other for other in get_args(Language) if other != state.language))
    ]
    known = ways(state.world)
    readings = [replace(one, items=tuple(i for i in one.items if known.named(state, i))) for one in readings]
    return max(readings, key=lambda one: len(one.figures) + len(one.items) + len(one.places))


def _names(turn: Turn, language: str) -> frozenset[str]:
    """Return the stems of whom and what the state itself can tell of."""
    state = turn.state
    known = [figure_noun(state, figure, language).word for figure in state.figures]
    known += [thing(language, key).word for key in (*world(state.world).places, *state.items)]
    return stems(" ".join([*known, *(name for name in turn.names.values() if name)]))


def _of_somebody(turn: Turn, hero: Hero, kind: str, who: str, language: str) -> str:
    """Answer who somebody is, where, how hurt, and what they think of the heroes, as far as it shows from here."""
    state = turn.state
    other = state.heroes.get(who)
    noun = hero_noun(state, turn.names, who) if other else figure_noun(state, who, language)
    nouns = {"p": hero_noun(state, turn.names, hero.id), "w": thing(language, hero.place), "t": noun}
    near = (other or state.figures[who]).place == hero.place
    if kind == "liking" and not other:
        return _filled(f"ask.liking.{band(state.figures[who].attitude)}", nouns, language, {})
    if kind == "wound" and other and near:
        line = f"ask.wound.{wound(other.hp, other.hp_max)}"
        return _filled(line, {"p": noun}, language, {"conditions": _conditions(other, language)})
    about = lines(language, f"ask.about.{who}") if kind in {"who", "other"} else ()
    return " ".join([*about[:1], _filled("ask.seen_at" if near else "ask.away", nouns, language, {})])


def _of_item(turn: Turn, hero: Hero, item: str, language: str) -> str:
    """Answer where an item is, as far as it shows from here."""
    state, holder = turn.state, turn.state.items[item]
    nouns = {"p": hero_noun(state, turn.names, hero.id), "w": thing(language, hero.place), "i": thing(language, item)}
    if holder == hero.place:
        return _filled("ask.item_near", nouns, language, {})
    if holder not in {hero.id, *_near(turn, hero)}:
        return _filled("ask.item_away", nouns, language, {})
    held = hero_noun(state, turn.names, holder) if holder in state.heroes else figure_noun(state, holder, language)
    return _filled("ask.item_held", {**nouns, "t": held}, language, {})


def _of_place(turn: Turn, hero: Hero, place: str, language: str) -> str:
    """Answer how one gets to a place from here."""
    nouns = {"p": hero_noun(turn.state, turn.names, hero.id), "w": thing(language, hero.place)}
    step = next_step(turn.state, hero.place, place)
    if not step:
        return _filled("ask.at_goal", nouns, language, {})
    way = {"w": thing(language, place), "s": thing(language, step)}
    towards = _filled("way.next" if step == place else "way.past", way, language, {})
    return f"{_filled('ask.way', nouns, language, {})} {towards}"


def _of_world(turn: Turn, hero: Hero, kind: str, language: str) -> str:
    """Answer what the hour is, the weather, how angry the town."""
    state = turn.state
    nouns = {"p": hero_noun(state, turn.names, hero.id)}
    if kind == "time":
        return _filled("ask.time", nouns, language, {"hour": lines(language, f"ask.hour.{state.time}")[0]})
    if kind == "weather":
        sky = weather(turn.seed, spell(state.tellings))
        return _filled("ask.weather", nouns, language, {"sky": lines(language, f"ask.sky.{sky}")[0]})
    clock = ways(state.world).stirred["clock"]
    felt = state.clocks[clock] * 3 // (world(state.world).clocks[clock].most + 1)
    return lines(language, f"ask.anger.{('calm', 'rising', 'high')[felt]}")[0]


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
