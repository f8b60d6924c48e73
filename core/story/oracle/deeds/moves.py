"""Going somewhere, and looking round."""

from core.game.world import world
from core.story.oracle.deeds.costs import aftermath, rise
from core.story.oracle.intent import Intent
from core.story.oracle.places import figures_at, items_at, next_step, seen_from
from core.story.oracle.scene import FAILED, Scene
from core.story.turn import Deed


async def go(scene: Scene, deed: Deed, intent: Intent) -> None:
    """Tell that no place to go to was named, or the one where the hero stands."""
    hero = scene.hero(deed)
    here = hero.place in intent.places or any(scene.state.figures[f].place == hero.place for f in intent.figures)
    scene.say("move.here" if here else "move.where", p=hero.id, w=hero.place)


async def travel(scene: Scene, deed: Deed, intent: Intent, goal: str) -> bool:
    """Go to a place, step by step, alone or with all who stand together; return whether it was reached."""
    start, outcome = scene.hero(deed).place, ""
    await rise(scene, deed.hero)
    beside = [h.id for h in scene.state.present() if h.place == start]
    group = start == scene.state.scene and (intent.together or beside == [deed.hero])
    while (here := scene.hero(deed).place) != goal:
        step = next_step(scene.state, here, goal)
        level = scene.ways.crossings.get(f"{here}-{step}")
        outcome = await scene.check(deed.hero, "agility", level) if level and step else outcome
        if step and level and outcome in FAILED:
            _arrived(scene, deed, start, group=group and len(beside) > 1)
            await _stuck(scene, deed.hero, step, outcome)
            return False
        moved = await scene.ask("move", who="group" if group else deed.hero, to=step) if step else None
        if not step or moved is None or not moved.ok:
            scene.say("move.noway", p=deed.hero, w=goal)
            return False
        scene.place = step
        await _scene_follows(scene, step)
        foes = [f for f in figures_at(scene.state, step) if scene.state.figures[f].kind in scene.ways.hostile]
        if step != goal and foes:
            _arrived(scene, deed, start, group=group and len(beside) > 1)
            scene.say("move.halted", p=deed.hero, t=foes[0], w=goal)
            return False
    _arrived(scene, deed, start, group=group and len(beside) > 1)
    await aftermath(scene, deed.hero, outcome)
    return True


def _arrived(scene: Scene, deed: Deed, start: str, *, group: bool) -> None:
    """Tell where a way has led so far."""
    place = scene.hero(deed).place
    if place == start:
        return
    scene.place = place
    if group:
        scene.say("move.group", p=deed.hero, g="group", w=place)
    else:
        scene.say(f"arrive.{place}", p=deed.hero, w=place)
    scene.maybe(f"look.{place}", w=place)


def point_out(scene: Scene, here: str, there: str) -> None:
    """Tell the way from one place to another."""
    step = next_step(scene.state, here, there)
    if step:
        scene.say("way.next" if step == there else "way.past", w=there, s=step)


async def _stuck(scene: Scene, hero: str, step: str, outcome: str) -> None:
    scene.say("move.stuck", p=hero, w=step)
    if outcome == "crit_fail":
        await aftermath(scene, hero, outcome, hazard="mud")
    else:
        soaked = await scene.ask("condition", who=hero, what="soaked", on="on")
        if soaked.ok:
            scene.maybe("cost.soaked", p=hero)


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
    far = [place for place in intent.places if place != hero.place]
    missing = [i for i in intent.items if i not in things and scene.ways.named(scene.state, i)]
    missing = [i for i in missing if scene.state.items[i] not in {hero.id, *here}]
    if here:
        seen = scene.state.figures[here[0]]
        scene.say(f"look.at.{seen.kind if seen.hp > 0 else 'down'}", p=hero.id, t=seen.id)
    elif things:
        scene.say("look.item", p=hero.id, i=things[0], w=hero.place)
    elif missing:
        scene.say("take.nothing", p=hero.id, i=missing[0], w=hero.place)
    elif away:
        scene.say("look.away", p=hero.id, t=away[0], w=hero.place)
        point_out(scene, hero.place, scene.state.figures[away[0]].place)
    elif far and far[0] in world(scene.state.world).places[hero.place]:
        scene.say(f"hook.way.{seen_from(scene.state, hero.place, far[0])}", w=far[0])
    elif far:
        point_out(scene, hero.place, far[0])
    else:
        scene.say(f"look.{hero.place}", p=hero.id, w=hero.place)
        inventory(scene, hero.place)


def inventory(scene: Scene, place: str) -> None:
    """Tell what lies at a place, and one of those who stand there."""
    for item in items_at(scene.state, place)[:2]:
        scene.maybe("look.item", i=item, w=place)
    for figure in figures_at(scene.state, place)[:1]:
        scene.maybe("look.figure", t=figure, w=place)
