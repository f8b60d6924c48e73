"""The oracle: tells a turn from the state and what the engine decides. Same seed, same turn, same words."""

from collections.abc import AsyncIterator
from hashlib import sha256
from random import Random
from typing import Final

from core.game.state import Ask as Asked
from core.story.oracle.answers import answered
from core.story.oracle.compose import composed
from core.story.oracle.deeds import RESOLVERS, answer
from core.story.oracle.deeds.fight import strike_back
from core.story.oracle.deeds.moves import travel
from core.story.oracle.desk import Desk
from core.story.oracle.grammar import choices, expand
from core.story.oracle.hooks import closing
from core.story.oracle.intent import Intent, understood
from core.story.oracle.nouns import joined
from core.story.oracle.places import ending, figures_at
from core.story.oracle.plan import steps
from core.story.oracle.scene import Awaited, Beat, Scene, Unsettled
from core.story.oracle.storylets import happen
from core.story.oracle.tables import lines
from core.story.sentences import split
from core.story.turn import Ask, Deed, Piece, Turn

NAME: Final = "oracle"
DEEDS_MOST: Final = 40
STORYLET_CHANCE: Final = 0.5
STRIKE_CHANCE: Final = 0.6
STORYLET_DEEDS_MOST: Final = 2
ABSENT_TELLINGS: Final = 15


class Oracle:
    """A teller that needs no key, no network and no time."""

    async def tell(self, turn: Turn, ask: Ask) -> AsyncIterator[Piece]:
        """Tell a turn; what was shown already is not told again. Raises Refusal `stale_telling` from `ask`."""
        text = await _told(turn, Desk(turn.state, ask, turn.asks), _rng(turn))
        rest = split(_after(turn.shown, text))
        for sentence in rest[:-1]:
            yield Piece(f"{sentence} ", NAME)
        yield Piece(rest[-1] if rest else "", NAME, final=True)

    async def answer(self, turn: Turn, person: int, question: str) -> AsyncIterator[Piece]:
        """Answer a simple question from the state."""
        yield Piece(answered(turn, person, question), NAME, final=True)


def _rng(turn: Turn) -> Random:
    mark = turn.seed + b"|%d|%d" % (turn.state.tellings, turn.start)
    return Random(sha256(mark).digest())  # noqa: S311 - words are drawn here, not dice


async def _told(turn: Turn, desk: Desk, rng: Random) -> str:
    first = turn.state.heroes.get(turn.deeds[0].hero) if turn.deeds else None
    scene = Scene(turn, desk, rng, first.place if first else turn.state.scene)
    over = ending(turn.state)
    if turn.deeds and turn.deeds[0].kind == "open" and not turn.state.tellings:
        _open(scene)
    for deed in turn.deeds[:DEEDS_MOST]:
        await _settled(scene, deed)
    if not ending(scene.state):
        await _happening(scene, rng)
    _absent(scene)
    # only now: what happens by itself may be among the recorded asks, and would be told twice
    for left in desk.left_over():
        _leftover(scene, left)
    now = ending(scene.state)
    if now and not over:
        scene.say(f"end.{now}")
        return composed(scene, [])
    return composed(scene, closing(scene))


async def _resolved(scene: Scene, deed: Deed) -> None:
    hero = scene.state.heroes.get(deed.hero)
    if hero is None or deed.kind == "open":
        return
    scene.place, scene.actor, scene.outcome = hero.place, hero.id, ""
    if hero.hp <= 0:
        scene.say("hero_down", p=hero.id)
    elif deed.kind == "say":
        await answer(scene, deed)
    else:
        await _done(scene, deed, understood(deed.text, scene.state, scene.turn.names))


async def _done(scene: Scene, deed: Deed, intent: Intent) -> None:
    """Take the steps a text comes to, until one does not get where it should."""
    for step in steps(intent, scene.state, scene.hero(deed)):
        if scene.hero(deed).hp <= 0:
            return
        if not step.place:
            await RESOLVERS[step.verb](scene, deed, intent)
            if step.verb == "take" and deed.hero not in {scene.state.items[item] for item in intent.items}:
                return
        elif not await travel(scene, deed, intent, step.place):
            return


async def _settled(scene: Scene, deed: Deed) -> None:
    try:
        await _resolved(scene, deed)
    except Unsettled:
        scene.say("late", p=deed.hero)
    except Awaited:
        scene.say("awaited", p=deed.hero)


def _open(scene: Scene) -> None:
    present = scene.state.present()
    scene.say("open")
    for hero in present[:4]:
        scene.say("open_hero", p=hero.id)


async def _happening(scene: Scene, rng: Random) -> None:
    """Let a hostile creature strike at whoever turned to something else; else, now and then, a storylet.

    After a pastime, and where the story is to go on by itself, something always moves.
    """
    deeds = [d for d in scene.turn.deeds if d.kind != "open"]
    onward = bool(scene.turn.deeds) and not deeds and scene.turn.state.tellings > 0
    near = [h for h in scene.state.present() if h.place == scene.place and h.hp > 0]
    here = [hero.id for hero in near if hero.id not in scene.turn.absent]
    if not here or not (onward or 0 < len(deeds) <= STORYLET_DEEDS_MOST):
        return
    actor = scene.actor = deeds[-1].hero if deeds and deeds[-1].hero in here else here[0]
    foes = [f for f in figures_at(scene.state, scene.place) if scene.state.figures[f].kind in scene.ways.hostile]
    if rng.random() < STRIKE_CHANCE and foes and not scene.told("fight"):
        if "hidden" not in scene.state.heroes[actor].conditions:
            await strike_back(scene, foes[0], actor, line="fight.strike")
    elif rng.random() < STORYLET_CHANCE or onward or scene.told("pastime"):
        await happen(scene, actor)


def _absent(scene: Scene) -> None:
    """Tell once that those who did not act in this round stay near."""
    heroes = scene.state.heroes
    away = [hero for hero in scene.turn.absent if hero in heroes and heroes[hero].place == scene.place]
    if not away:
        return
    who = joined([scene.noun(hero) for hero in away], scene.language)
    forms = [form for one in lines(scene.language, "absent.near") for form in choices(one)]
    said = {expand(form, {"p": who}, scene.resolve, scene.language) for form in forms}
    if not said & {one for text in scene.turn.recent[-ABSENT_TELLINGS:] for one in split(text)}:
        scene.beats.append(Beat("absent.near", {"p": who}, False, scene.place))


def _leftover(scene: Scene, left: Asked) -> None:
    """Tell a change that somebody else asked for in this telling."""
    result = left.result
    who = str(result.get("who", result.get("target", "")))
    wound = result.get("wound")
    if left.tool in {"hurt", "attack"} and wound and who in scene.state.heroes:
        scene.say(f"wound.{wound}", p=who)
    elif left.tool == "item" and result["holder"] in scene.state.heroes:
        scene.say("take.done", p=str(result["holder"]), i=str(result["item"]), w=scene.place)
    elif left.tool == "move" and who in scene.state.heroes:
        scene.say(f"arrive.{result['place']}", p=who, w=str(result["place"]))
    elif left.tool == "clock":
        scene.say(f"clock.{result['id']}.{'down' if left.arguments.get('by') == '-1' else 'up'}")


def _after(shown: str, text: str) -> str:
    """Return what of `text` has not been shown: the longest beginning that `shown` ends with is left out."""
    for end in range(len(text), 0, -1):
        if shown.rstrip().endswith(text[:end].rstrip()) and (end == len(text) or text[end - 1] in ".!?…”"):
            return text[end:].strip()
    return text
