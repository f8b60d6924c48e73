"""Going somewhere, and looking round."""

from core.story.oracle.deeds.costs import aftermath, rise
from core.story.oracle.intent import Intent
from core.story.oracle.places import figures_at, items_at, next_step
from core.story.oracle.scene import FAILED, Scene
from core.story.turn import Deed


async def go(scene: Scene, deed: Deed, intent: Intent) -> None:
    """Go one place further towards the place named, alone or with all who stand together."""
    hero = scene.hero(deed)
    target = _target(scene, hero.place, intent)
    if not target:
        scene.say("move.where", p=hero.id, w=hero.place)
        return
    if target == hero.place:
        scene.say("move.here", p=hero.id, w=target)
        return
    step = next_step(scene.state, hero.place, target)
    if step is None:
        scene.say("move.noway", p=hero.id, w=target)
        return
    await rise(scene, hero.id)
    level = scene.ways.crossings.get(f"{hero.place}-{step}")
    outcome = await scene.check(hero.id, "agility", level) if level else "success"
    if outcome in FAILED:
        await _stuck(scene, hero.id, step, outcome)
        return
    await _arrive(scene, deed, intent, step)
    if step != target:
        scene.maybe("move.farther", w=target)
    await aftermath(scene, hero.id, outcome)


def _target(scene: Scene, here: str, intent: Intent) -> str:
    others = [place for place in intent.places if place != here]
    if others:
        return others[0]
    by_figure = [scene.state.figures[f].place for f in intent.figures]
    if intent.places:
        return here
    return by_figure[0] if by_figure else ""


async def _stuck(scene: Scene, hero: str, step: str, outcome: str) -> None:
    scene.say("move.stuck", p=hero, w=step)
    if outcome == "crit_fail":
        await aftermath(scene, hero, outcome, hazard="mud")
    else:
        soaked = await scene.ask("condition", who=hero, what="soaked", on="on")
        if soaked.ok:
            scene.maybe("cost.soaked", p=hero)


async def _arrive(scene: Scene, deed: Deed, intent: Intent, step: str) -> None:
    hero, state = scene.hero(deed), scene.state
    beside = [h.id for h in state.present() if h.place == state.scene]
    group = hero.place == state.scene and (intent.together or beside == [hero.id])
    done = await scene.ask("move", who="group" if group else hero.id, to=step)
    if not done.ok:
        scene.say("move.noway", p=hero.id, w=step)
        return
    scene.place = step
    if group and len(beside) > 1:
        scene.say("move.group", p=hero.id, g="group", w=step)
    else:
        scene.say("move.arrive", p=hero.id, w=step)
        await _scene_follows(scene, step)
    scene.maybe(f"look.{step}", w=step)


async def _scene_follows(scene: Scene, place: str) -> None:
    state = scene.state
    if state.scene != place and not any(h.place == state.scene for h in state.present()):
        await scene.ask("move", who="group", to=place)


async def look(scene: Scene, deed: Deed, intent: Intent) -> None:
    """Tell what the state knows of the place; nothing is rolled for what lies open."""
    hero = scene.hero(deed)
    scene.place = hero.place
    away = [f for f in intent.figures if scene.state.figures[f].place != hero.place]
    here = [f for f in intent.figures if f not in away]
    things = [i for i in intent.items if i in items_at(scene.state, hero.place)]
    if here:
        seen = scene.state.figures[here[0]]
        scene.say(f"look.at.{seen.kind if seen.hp > 0 else 'down'}", p=hero.id, t=seen.id)
    elif things:
        scene.say("look.item", p=hero.id, i=things[0], w=hero.place)
    elif away:
        scene.say("look.away", p=hero.id, t=away[0], w=hero.place)
    else:
        scene.say(f"look.{hero.place}", p=hero.id, w=hero.place)
        inventory(scene, hero.place)


def inventory(scene: Scene, place: str) -> None:
    """Tell what lies at a place, and one of those who stand there."""
    for item in items_at(scene.state, place)[:2]:
        scene.maybe("look.item", i=item, w=place)
    for figure in figures_at(scene.state, place)[:1]:
        scene.maybe("look.figure", t=figure, w=place)
