"""Speaking to figures: they answer by topic and by what they think of the heroes."""

from typing import Final

from core.story.oracle.deeds.costs import aftermath, regard, show
from core.story.oracle.deeds.feats import clue_here
from core.story.oracle.deeds.moves import point_out
from core.story.oracle.intent import Intent, understood
from core.story.oracle.places import band, figures_at
from core.story.oracle.scene import FAILED, Scene
from core.story.oracle.tables import lines
from core.story.turn import Deed

_FAMILIES: Final = {
    **dict.fromkeys(("tide", "boat", "mud"), "sea"),
    **dict.fromkeys(("fire", "debt", "lamp"), "town"),
    **dict.fromkeys(("hello", "name", "help", "bye"), "self"),
}


async def answer(scene: Scene, deed: Deed) -> None:
    """Answer speech that was addressed to a figure."""
    intent = understood(deed.text, scene.state, scene.turn.names)
    await _spoken(scene, deed, intent, deed.figure)


async def talk(scene: Scene, deed: Deed, intent: Intent) -> None:
    """Speak to the figure that was named, or to the one who is here."""
    hero = scene.hero(deed)
    here = figures_at(scene.state, hero.place)
    speaking = [f for f in here if lines(scene.language, f"talk.{scene.state.figures[f].kind}.other")]
    named = [f for f in intent.figures if f in speaking]
    away = [f for f in intent.figures if f not in here]
    if away and not named:
        scene.say("talk_away", p=hero.id, t=away[0], w=hero.place)
        point_out(scene, hero.place, scene.state.figures[away[0]].place)
    elif named or speaking:
        await _spoken(scene, deed, intent, (named or speaking)[0])
    else:
        scene.say("talk_nobody", p=hero.id, w=hero.place)


async def _spoken(scene: Scene, deed: Deed, intent: Intent, figure: str) -> None:
    hero = scene.hero(deed)
    scene.place = hero.place
    there = scene.state.figures[figure]
    if there.place != hero.place:
        scene.say("talk_away", p=hero.id, t=figure, w=hero.place)
        point_out(scene, hero.place, there.place)
        return
    if there.hp <= 0:
        scene.say("talk_down", p=hero.id, t=figure)
        return
    await show(scene, hero.id)
    for clue in scene.ways.clues:
        if clue.figure == figure and clue.topic in intent.topics and (intent.verb == "sway" or not clue.pressed):
            await clue_here(scene, hero.id, clue, f"clue.{figure}", t=figure)
            return
    wanted = [i for i in intent.items if scene.state.items[i] == figure and scene.ways.named(scene.state, i)]
    if wanted and "request" in intent.marks:
        await _requested(scene, hero.id, figure, wanted[0])
        return
    clock = scene.ways.calmed.get(figure)
    if clock and scene.state.clocks[clock] and (intent.verb == "sway" or "fire" in intent.topics):
        await _calmed(scene, hero.id, figure, clock)
    elif intent.verb == "sway":
        outcome = await scene.check(hero.id, "speech")
        scene.say(f"sway.{'failure' if outcome in FAILED else 'success'}", p=hero.id, t=figure)
        if outcome not in FAILED or outcome == "crit_fail":
            await regard(scene, figure, "-1" if outcome in FAILED else "1")
        if intent.topics and outcome not in FAILED:
            _answered(scene, hero.id, figure, intent)
        await aftermath(scene, hero.id, outcome if outcome == "crit_success" else "", body=False)
    else:
        _answered(scene, hero.id, figure, intent)


async def _requested(scene: Scene, hero: str, figure: str, item: str) -> None:
    """Ask somebody for what they hold; whoever likes the heroes parts with it more easily."""
    liking = band(scene.state.figures[figure].attitude)
    outcome = await scene.check(hero, "speech", {"warm": "easy", "even": "even", "cold": "hard"}[liking])
    done = await scene.ask("item", deed="take", who=hero, item=item) if outcome not in FAILED else None
    scene.say("request.granted" if done and done.ok else "request.refused", p=hero, t=figure, i=item)


def _answered(scene: Scene, hero: str, figure: str, intent: Intent) -> None:
    kind = scene.state.figures[figure].kind
    topics = [topic for topic in intent.topics if topic != "hello"] or list(intent.topics)
    for topic in (*topics, "other"):
        if lines(scene.language, f"talk.{kind}.{topic}"):
            scene.say(f"talk.{kind}.{topic}", p=hero, t=figure)
            break
    scene.maybe(_reaction(scene, figure, topics[0] if topics else ""), p=hero, t=figure)


def _reaction(scene: Scene, figure: str, topic: str) -> str:
    """Return the line of how a figure takes it: by whom it is, what it thinks of them, and what was spoken of."""
    there = scene.state.figures[figure]
    liking = band(there.attitude)
    found = [f"said.{there.kind}.{liking}.{_FAMILIES.get(topic, '')}", f"temper.{there.kind}.{liking}"]
    known = [line for line in found if lines(scene.language, line)]
    return scene.rng.choice(known) if known else f"mood.{liking}"


async def _calmed(scene: Scene, hero: str, figure: str, clock: str) -> None:
    outcome = await scene.check(hero, "speech")
    if outcome in FAILED:
        scene.say("calm.failure", p=hero, t=figure)
        if outcome == "crit_fail":
            done = await scene.ask("clock", id=clock, by="1")
            if done.ok:
                scene.say(f"clock.{clock}.up")
        return
    done = await scene.ask("clock", id=clock, by="-1")
    scene.say("calm.success" if done.ok else "calm.failure", p=hero, t=figure)
    await regard(scene, figure, "1")
    if done.ok:
        scene.say(f"clock.{clock}.down")
