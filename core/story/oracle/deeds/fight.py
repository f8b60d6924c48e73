"""Fighting: a check, damage by the engine, and the other's answer."""

from core.game.world import world
from core.story.oracle.deeds.costs import aftermath, regard, rise, show, stir
from core.story.oracle.deeds.moves import point_out
from core.story.oracle.intent import Intent
from core.story.oracle.places import figures_at
from core.story.oracle.scene import FAILED, Scene
from core.story.turn import Deed


async def attack(scene: Scene, deed: Deed, intent: Intent) -> None:
    """Strike at somebody who is here; those who can, strike back."""
    hero = scene.hero(deed)
    scene.place = hero.place
    here = figures_at(scene.state, hero.place)
    people = world(scene.state.world).figures
    named = [f for f in intent.figures if f in here]
    target = named[0] if named else next((f for f in here if f not in people and not intent.figures), "")
    if not target:
        scene.say("fight.nobody", p=hero.id, w=hero.place)
        for away in [f for f in intent.figures if scene.state.figures[f].place != hero.place][:1]:
            point_out(scene, hero.place, scene.state.figures[away].place)
        return
    if target in scene.ways.shielded:
        scene.say("fight.shielded", p=hero.id, t=target)
        await stir(scene)
        return
    await rise(scene, hero.id)
    outcome = await scene.check(hero.id, "fight")
    await show(scene, hero.id)
    if outcome in FAILED:
        scene.say("fight.miss", p=hero.id, t=target)
        await aftermath(scene, hero.id, "crit_fail" if outcome == "crit_fail" else "")
    else:
        await _struck(scene, hero.id, target)
    if outcome != "crit_success":
        await strike_back(scene, target, hero.id)
    if target in people:
        await regard(scene, target, "-1")
        await stir(scene)


async def _struck(scene: Scene, hero: str, target: str) -> None:
    hurt = await scene.ask("hurt", who=target, source=hero)
    if not hurt.ok:
        scene.say("fight.glance", p=hero, t=target)
    elif hurt.result["wound"] == "down":
        scene.say("fight.felled", p=hero, t=target)
    else:
        scene.say(f"fight.hit.{hurt.result['wound']}", p=hero, t=target)


async def strike_back(scene: Scene, figure: str, hero: str, line: str = "fight.back") -> None:
    """Have a standing figure strike at a hero."""
    if scene.state.figures[figure].hp <= 0:
        return
    done = await scene.ask("attack", npc=figure, target=hero)
    if not done.ok:
        return
    if done.result["outcome"] == "miss":
        scene.say(f"{line}.miss", p=hero, t=figure)
        return
    scene.say(f"{line}.hit", p=hero, t=figure)
    scene.say(f"wound.{done.result['wound']}", p=hero)
