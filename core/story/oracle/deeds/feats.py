"""Feats of body and mind: searching, hiding, helping, forcing, and what no verb fits."""

from core.story.oracle.deeds.costs import aftermath, regard, rise
from core.story.oracle.deeds.moves import inventory, point_out
from core.story.oracle.intent import Intent
from core.story.oracle.places import Clue, figures_at
from core.story.oracle.scene import FAILED, Scene, Unsettled
from core.story.oracle.tables import lines
from core.story.turn import Deed

_SKILLS = {
    "force": "force",
    "open": "force",
    "attack": "force",
    "leap": "agility",
    "pick": "hands",
    "recall": "lore",
    "take": "hands",
    "give": "hands",
    "drop": "agility",
    "use": "hands",
    "read": "lore",
    "sway": "speech",
    "talk": "speech",
}
_HAZARDS = {"leap": "fall"}
_BODILY = ("force", "agility", "stealth")


async def attempt(scene: Scene, deed: Deed, intent: Intent) -> None:
    """Try something by one skill, with what the outcome brings."""
    hero, verb = scene.hero(deed), intent.verb
    scene.place = hero.place
    await rise(scene, hero.id)
    skill = _SKILLS.get(verb, "agility")
    outcome = await scene.check(hero.id, skill)
    thing = _thing(scene, intent, hero.place)
    line = f"feat_on.{skill}" if thing and lines(scene.language, f"feat_on.{skill}.success") else f"feat.{skill}"
    who = {"p": hero.id, "w": hero.place} | ({"d": thing} if thing else {})
    scene.say(f"{line}.{'failure' if outcome in FAILED else 'success'}", **who)
    if skill == "lore" and outcome not in FAILED:
        known = [topic for topic in intent.topics if lines(scene.language, f"lore.{topic}")]
        scene.say(f"lore.{known[0] if known else scene.ways.lore[hero.place]}")
    await aftermath(scene, hero.id, outcome, hazard=_HAZARDS.get(verb, ""), body=skill in _BODILY)


def _thing(scene: Scene, intent: Intent, place: str) -> str:
    """Return the noun of what a deed is done to, or nothing where it cannot be told."""
    features = [feature for feature in intent.features if scene.ways.features[feature] == place]
    bell = [here for here in intent.places if here == place == scene.ways.ringing.place]
    return next(iter([*bell, *features, *intent.objects]), "")


async def fate(scene: Scene, deed: Deed, intent: Intent) -> None:
    """Leave to chance what no verb fits, told as yes or no with what goes along."""
    hero = scene.hero(deed)
    scene.place = hero.place
    likelihood = next((mark for mark in ("unlikely", "likely") if mark in intent.marks), "even")
    asked = await scene.ask("fate", who=hero.id, likelihood=likelihood)
    if not asked.ok:
        raise Unsettled
    thing = _thing(scene, intent, hero.place)
    who = {"p": hero.id, "w": hero.place} | ({"d": thing} if thing else {})
    scene.say(f"{'fate_on' if thing else 'fate'}.{asked.result['outcome']}", **who)


async def pastime(scene: Scene, deed: Deed, intent: Intent) -> None:
    """Tell what does no harm and needs no check."""
    hero = scene.hero(deed)
    scene.place = hero.place
    scene.say(f"pastime.{intent.verb}", p=hero.id, w=hero.place)


async def search(scene: Scene, deed: Deed, _: Intent) -> None:
    """Search the place: a clue that lies here may come out."""
    hero = scene.hero(deed)
    scene.place = hero.place
    for clue in scene.ways.clues:
        if clue.place == hero.place and clue.secret not in scene.state.revealed:
            await clue_here(scene, hero.id, clue, f"clue.{clue.place}")
            return
    outcome = await scene.check(hero.id, "notice")
    scene.say(f"feat.notice.{'failure' if outcome in FAILED else 'success'}", p=hero.id, w=hero.place)
    if outcome not in FAILED:
        scene.maybe(f"look.{hero.place}", w=hero.place)
        inventory(scene, hero.place)
    await aftermath(scene, hero.id, outcome, body=False)


async def clue_here(scene: Scene, hero: str, clue: Clue, line: str, **who: str) -> None:
    """Check for a clue and reveal its secret on success."""
    if clue.secret in scene.state.revealed:
        scene.say(f"{line}.known", p=hero, **who)
        return
    outcome = await scene.check(hero, clue.skill, clue.level)
    if outcome in FAILED:
        scene.say(f"{line}.failure", p=hero, **who)
        await aftermath(scene, hero, outcome, body=False)
        return
    done = await scene.ask("reveal", secret=clue.secret)
    scene.say(f"{line}.success" if done.ok else f"{line}.known", p=hero, **who)
    await aftermath(scene, hero, outcome, body=False)


async def hide(scene: Scene, deed: Deed, _: Intent) -> None:
    """Hide: on success the condition is set."""
    hero = scene.hero(deed)
    scene.place = hero.place
    await rise(scene, hero.id)
    outcome = await scene.check(hero.id, "stealth")
    if outcome in FAILED:
        scene.say("hide.failure", p=hero.id, w=hero.place)
        await aftermath(scene, hero.id, outcome)
        return
    await scene.ask("condition", who=hero.id, what="hidden", on="on")
    scene.say("hide.success", p=hero.id, w=hero.place)
    if outcome == "success_cost":
        scene.say("cost.slow", p=hero.id)


async def help_(scene: Scene, deed: Deed, intent: Intent) -> None:
    """Help whom the text names, else a companion who is here, else oneself.

    Whoever is down comes to; a condition comes off; without one, they are steadied.
    """
    hero = scene.hero(deed)
    beside = [h for h in scene.state.present() if h.place == hero.place and h.id != hero.id]
    figures = [f for f in figures_at(scene.state, hero.place) if f in intent.figures]
    named = [h for h in beside if h.id in intent.heroes]
    absent = [h for h in intent.heroes if h != hero.id and not named]
    if absent and not figures:
        scene.say("look.away", p=hero.id, t=absent[0], w=hero.place)
        point_out(scene, hero.place, scene.state.heroes[absent[0]].place)
        return
    worse = [h for h in beside if h.hp <= 0] or [h for h in beside if h.conditions] or beside
    friends = named or ([] if figures else [] if "oneself" in intent.marks else worse) or ([] if figures else [hero])
    await rise(scene, hero.id)
    whom = friends[0].id if friends else figures[0]
    outcome = await scene.check(hero.id, "lore", "easy")
    itself = whom == hero.id
    if outcome in FAILED:
        scene.say("help.self.failure" if itself else "help.failure", p=hero.id, t=whom)
        await aftermath(scene, hero.id, outcome, body=False)
        return
    if friends and friends[0].hp <= 0:
        mended = await scene.ask("mend", who=whom, by=hero.id)
        scene.say("help.up" if mended.ok else "help.down", p=hero.id, t=whom)
        return
    bad = [c for c in friends[0].conditions if c not in {"hidden", "blessed"}] if friends else []
    done = await scene.ask("condition", who=whom, what=bad[0], on="off") if bad else None
    line = "help.self.success" if itself else "help.freed" if done and done.ok else "help.success"
    scene.say(line, p=hero.id, t=whom)
    await regard(scene, whom, "1")
    await aftermath(scene, hero.id, outcome, body=False)


async def hold(scene: Scene, deed: Deed, _: Intent) -> None:
    """Nothing is done, as the player wants it."""
    hero = scene.hero(deed)
    scene.place = hero.place
    scene.say("hold", p=hero.id, w=hero.place)
