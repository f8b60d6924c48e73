"""Items: taken, given, dropped, read, used, and the bell that is rung."""

from core.story.oracle.deeds.costs import aftermath, regard, rise, show, stir
from core.story.oracle.deeds.feats import attempt, clue_here, search
from core.story.oracle.deeds.moves import look, point_out
from core.story.oracle.intent import Intent
from core.story.oracle.places import figures_at
from core.story.oracle.scene import FAILED, Scene
from core.story.turn import Deed

_ROUGH = ("force", "take")


async def take(scene: Scene, deed: Deed, intent: Intent) -> None:
    """Take an item that lies here; out of somebody's hands or from under a guard's eyes it needs a check."""
    hero = scene.hero(deed)
    item = next((i for i in intent.items if scene.ways.named(scene.state, i)), "")
    if not item:
        await (search(scene, deed, intent) if intent.items else attempt(scene, deed, intent))
        return
    await rise(scene, hero.id)
    holder = scene.state.items[item]
    near = figures_at(scene.state, hero.place)
    if holder == hero.id:
        scene.say("take.have", p=hero.id, i=item)
    elif holder in near or (scene.ways.guarded.get(item) in near and holder == hero.place):
        await _stolen(scene, hero.id, item, holder if holder in near else scene.ways.guarded[item])
    elif holder in {hero.place, *scene.state.figures}:
        await _taken(scene, hero.id, item, "take.done")
    else:
        scene.say("take.nothing", p=hero.id, i=item, w=hero.place)
        if item in scene.ways.hidden and holder in scene.ways.features.values():
            point_out(scene, hero.place, holder)


async def _taken(scene: Scene, hero: str, item: str, line: str, **who: str) -> None:
    done = await scene.ask("item", deed="take", who=hero, item=item)
    scene.say(line if done.ok else "take.nothing", p=hero, i=item, w=scene.state.heroes[hero].place, **who)


async def _stolen(scene: Scene, hero: str, item: str, owner: str) -> None:
    outcome = await scene.check(hero, "hands")
    if outcome in FAILED:
        scene.say("take.caught", p=hero, i=item, t=owner)
        await regard(scene, owner, "-1")
        await show(scene, hero)
        await stir(scene)
        return
    await _taken(scene, hero, item, "take.stolen", t=owner)
    await aftermath(scene, hero, outcome, body=False)


async def give(scene: Scene, deed: Deed, intent: Intent) -> None:
    """Give an item that the hero holds to somebody who is here."""
    hero = scene.hero(deed)
    held = [i for i in intent.items if scene.state.items[i] == hero.id]
    others = [h for h in intent.heroes if h != hero.id and scene.state.heroes[h].place == hero.place]
    taker = [*(f for f in intent.figures if f in figures_at(scene.state, hero.place)), *others]
    if not held or not taker:
        scene.say("give.nothing" if not held else "give.nobody", p=hero.id, **({"i": held[0]} if held else {}))
        return
    done = await scene.ask("item", deed="give", who=hero.id, item=held[0], to=taker[0])
    scene.say("give.done" if done.ok else "give.nobody", p=hero.id, i=held[0], t=taker[0])
    if done.ok:
        await regard(scene, taker[0], "1")


async def drop(scene: Scene, deed: Deed, intent: Intent) -> None:
    """Let go of an item: it lies where the hero stands, or is caught by whoever it was meant for."""
    hero = scene.hero(deed)
    item = next((i for i in intent.items if scene.state.items[i] == hero.id), "")
    missing = next((i for i in intent.items if scene.ways.named(scene.state, i)), "")
    if not item and missing:
        scene.say("use.not_held", p=hero.id, i=missing)
        return
    if not item:
        await attempt(scene, deed, intent)
        return
    if intent.heroes or set(intent.figures) & set(figures_at(scene.state, hero.place)):
        await give(scene, deed, intent)
        return
    done = await scene.ask("item", deed="drop", who=hero.id, item=item)
    scene.say("drop.done" if done.ok else "drop.kept", p=hero.id, i=item, w=hero.place)


async def read(scene: Scene, deed: Deed, intent: Intent) -> None:
    """Read what is at hand; a clue may lie in it."""
    hero = scene.hero(deed)
    for clue in scene.ways.clues:
        item = clue.item
        if item and item in intent.items and scene.state.items[item] in {hero.id, hero.place}:
            await clue_here(scene, hero.id, clue, f"clue.{item}")
            return
    await (look if intent.items else attempt)(scene, deed, intent)


async def examine(scene: Scene, deed: Deed, intent: Intent) -> None:
    """Look at a thing of the place, or lay hands on it; a clue may be under it."""
    hero = scene.hero(deed)
    scene.place = hero.place
    feature = next(f for f in intent.features if scene.ways.features[f] == hero.place)
    for clue in scene.ways.clues:
        if clue.feature == feature and (clue.secret not in scene.state.revealed or intent.verb in _ROUGH):
            await clue_here(scene, hero.id, clue, f"clue.{feature}")
            return
    if intent.verb in _ROUGH:
        await attempt(scene, deed, intent)
    scene.say(f"thing.{feature}", p=hero.id, w=hero.place)


async def afar(scene: Scene, deed: Deed, intent: Intent) -> None:
    """Tell that what was meant is somewhere else, and the way there."""
    hero = scene.hero(deed)
    places = [*(scene.ways.features[feature] for feature in intent.features), *intent.places]
    scene.say("afar", p=hero.id, w=hero.place)
    point_out(scene, hero.place, next(place for place in places if place != hero.place))


async def use(scene: Scene, deed: Deed, intent: Intent) -> None:
    """Use an item that the hero holds; where the bell waits for its clapper, that is ringing it."""
    hero, ringing = scene.hero(deed), scene.ways.ringing
    if ringing.item in intent.items and scene.state.items[ringing.item] == hero.id and hero.place == ringing.place:
        await ring(scene, deed, intent)
        return
    item = next((i for i in intent.items if scene.ways.named(scene.state, i)), "")
    if not item:
        await attempt(scene, deed, intent)
        return
    if scene.state.items[item] != hero.id:
        scene.say("use.not_held", p=hero.id, i=item)
        return
    await rise(scene, hero.id)
    await scene.ask("item", deed="use", who=hero.id, item=item)
    outcome = await scene.check(hero.id, "hands", "easy")
    scene.say("use.failure" if outcome in FAILED else "use.success", p=hero.id, i=item)
    await aftermath(scene, hero.id, outcome, body=False)


async def ring(scene: Scene, deed: Deed, _: Intent) -> None:
    """Strike the bell: it takes the clapper, the place and a check; the third stroke wins."""
    hero, ringing = scene.hero(deed), scene.ways.ringing
    if hero.place != ringing.place:
        scene.say("ring.far", p=hero.id, w=hero.place)
        point_out(scene, hero.place, ringing.place)
        return
    if scene.state.items[ringing.item] != hero.id:
        scene.say("ring.empty", p=hero.id)
        return
    await rise(scene, hero.id)
    outcome = await scene.check(hero.id, ringing.skill, ringing.level)
    if outcome in FAILED:
        scene.say("ring.failure", p=hero.id)
        await aftermath(scene, hero.id, outcome)
        return
    done = await scene.ask("clock", id=ringing.clock, by="1")
    if not done.ok:
        scene.say("ring.failure", p=hero.id)
        return
    scene.say(f"ring.{scene.state.clocks[ringing.clock]}", p=hero.id)
    if not done.result.get("full"):
        await aftermath(scene, hero.id, outcome)
