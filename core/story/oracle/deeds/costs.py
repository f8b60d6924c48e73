"""What a check brings beside its outcome: a cost, a boon, something worse."""

from typing import Final

from core.game.world import world
from core.story.oracle.scene import Scene

ATTITUDE_MOST: Final = 3


async def aftermath(scene: Scene, hero: str, outcome: str, *, hazard: str = "", body: bool = True) -> None:
    """Tell what a success at a cost, a full success or a full failure brings beyond the plain outcome.

    Whoever only reads or speaks (not `body`) does not fall over it.
    """
    if outcome == "crit_success":
        scene.say("boon", p=hero)
    elif outcome == "success_cost":
        await _cost(scene, hero, body=body)
    elif outcome == "crit_fail":
        await _worse(scene, hero, hazard, body=body)


async def _cost(scene: Scene, hero: str, *, body: bool) -> None:
    if not body:
        scene.say("cost.noise", p=hero)
        return
    place = scene.state.heroes[hero].place
    what = "soaked" if place in scene.ways.muddy else "prone"
    done = await scene.ask("condition", who=hero, what=what, on="on")
    scene.say(f"cost.{what}" if done.ok else "cost.noise", p=hero)


async def _worse(scene: Scene, hero: str, hazard: str, *, body: bool) -> None:
    if not body:
        scene.say("worse.noise", p=hero)
        return
    if hazard:
        hurt = await scene.ask("hurt", who=hero, source=hazard)
        if hurt.ok:
            scene.say(f"worse.{hazard}", p=hero)
            scene.say(f"wound.{hurt.result['wound']}", p=hero)
            return
    done = await scene.ask("condition", who=hero, what="prone", on="on")
    scene.say("worse.prone" if done.ok else "worse.noise", p=hero)


async def rise(scene: Scene, hero: str) -> None:
    """Get up from the ground before doing anything else."""
    if "prone" in scene.state.heroes[hero].conditions:
        done = await scene.ask("condition", who=hero, what="prone", on="off")
        if done.ok:
            scene.maybe("rise", p=hero)


async def show(scene: Scene, hero: str) -> None:
    """Come out of hiding."""
    if "hidden" in scene.state.heroes[hero].conditions:
        done = await scene.ask("condition", who=hero, what="hidden", on="off")
        if done.ok:
            scene.maybe("shown", p=hero)


async def regard(scene: Scene, figure: str, by: str) -> None:
    """Have a person think better (`1`) or worse (`-1`) of the heroes for what was just done."""
    there = scene.state.figures.get(figure)
    if not there or there.hp <= 0 or figure not in world(scene.state.world).figures:
        return
    if abs(there.attitude + int(by)) <= ATTITUDE_MOST:
        await scene.ask("attitude", figure=figure, by=by)


async def stir(scene: Scene) -> None:
    """Violence or scandal among people moves the town's clock."""
    clock = scene.ways.stirred["clock"]
    done = await scene.ask("clock", id=clock, by="1")
    if done.ok:
        scene.say(f"clock.{clock}.up")
