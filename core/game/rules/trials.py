"""What dice decide in a telling: checks, blows, wounds, a life held on to, and fate where no skill fits."""

from core.dice import parse
from core.dice import roll as cast
from core.game.refusal import Refusal
from core.game.registry import Draws, Event
from core.game.rules.calls import CheckCalled, called_for
from core.game.rules.effects import Fated, Hurt
from core.game.rules.judging import judged
from core.game.rules.rolls import Cast, Rolled, cast_dice
from core.game.state import Figure, Hero, State
from core.game.world import SKILLS, world
from core.game.wounds import wound

Arguments = dict[str, str]
Found = tuple[list[Event], dict[str, str | int]]

FATES = ("yes_and", "yes", "yes_but", "no_but", "no", "no_and")
_LIKELY = (15, 30, 25, 15, 10, 5)
CHANCES = {"likely": _LIKELY, "even": (10, 20, 20, 20, 20, 10), "unlikely": _LIKELY[::-1]}
"""Chances in a hundred of each of FATES, by how likely a yes is."""


def hero_here(state: State, who: str) -> Hero:
    """Return a hero who is at the table. Raises Refusal."""
    hero = state.heroes.get(who)
    if hero is None:
        raise Refusal("nobody_such", who=who)
    if hero.away:
        raise Refusal("absent", who=who)
    return hero


def figure_here(state: State, who: str) -> Figure:
    """Return a figure that lives. Raises Refusal."""
    figure = state.figures.get(who)
    if figure is None:
        raise Refusal("nobody_such", who=who)
    if figure.hp <= 0:
        raise Refusal("is_dead", who=who)
    return figure


def anybody(state: State, who: str) -> Hero | Figure:
    """Return a hero at the table or a living figure. Raises Refusal."""
    return hero_here(state, who) if who in state.heroes else figure_here(state, who)


def check(state: State, a: Arguments, draws: Draws) -> Found:
    """Roll a hero's check and judge it, or call for it where players roll for themselves."""
    hero, data = hero_here(state, a.get("who", "")), world(state.world)
    skill, level = a.get("skill", ""), a.get("level", "even")
    if skill not in SKILLS or level not in data.levels:
        raise Refusal("unknown_value", value=f"{skill} {level}".strip())
    if hero.hp <= 0:
        raise Refusal("hero_down")
    if state.rolls_by == "players" and not hero.idle:
        if hero.id in state.called:
            raise Refusal("already_done")
        waits = CheckCalled(who=hero.id, skill=skill, level=level, deed=called_for(state, hero.id))
        return [waits], {"who": hero.id, "skill": skill, "pending": 1}
    checked = judged(state, hero, skill, level, draws)
    return [checked], {"who": hero.id, "skill": skill, "outcome": checked.outcome, "margin": checked.margin}


def attack(state: State, a: Arguments, draws: Draws) -> Found:
    """Have a figure strike at a hero beside it."""
    figure, hero = figure_here(state, a.get("npc", "")), hero_here(state, a.get("target", ""))
    if figure.place != hero.place:
        raise Refusal("not_together", who=figure.id)
    kind = world(state.world).kinds[figure.kind]
    caster = draws.draw(state.rolls)
    natural = cast(parse("1d20"), caster)
    total = int(natural.total) + kind.attack
    result: dict[str, str | int] = {"npc": figure.id, "target": hero.id, "outcome": "miss"}
    struck = cast(parse(kind.damage), caster)
    used = Cast(state.rolls, f"1d20+{kind.attack}", str(total), f"{natural.text} + {kind.attack}", ())
    if natural.total == 20 or (natural.total != 1 and total >= hero.ac):
        result["outcome"] = "hit"
        result["wound"] = wound(hero.hp - int(struck.total), hero.hp_max)
        return [Hurt(who=hero.id, amount=int(struck.total), source=figure.id, cast=used)], result
    return [Rolled(by=0, cast=used, hidden=False)], result


def hurt(state: State, a: Arguments, draws: Draws) -> Found:
    """Wound somebody: a hero whose attack succeeded does, or a hazard after a failed check."""
    who, source = anybody(state, a.get("who", "")), a.get("source", "")
    data = world(state.world)
    outcomes = {
        (s.arguments.get("who"), s.arguments.get("skill")): str(s.result.get("outcome"))
        for s in state.settled()
        if s.ok
    }
    if source in state.heroes:
        if "success" not in outcomes.get((source, "fight"), ""):
            raise Refusal("needs_attack", who=source)
        dice = data.archetypes[hero_here(state, source).archetype].damage
    elif source in data.hazards:
        if not any(w == who.id and "fail" in o for (w, _), o in outcomes.items()):
            raise Refusal("needs_failure", who=who.id)
        dice = data.hazards[source]
    else:
        raise Refusal("needs_attack", who=who.id)
    if any(s.tool == "hurt" and s.ok and s.arguments == a for s in state.asks):
        raise Refusal("already_done")
    made = cast_dice(dice, state.rolls, draws)
    amount = int(made.total)
    most = who.hp_max if isinstance(who, Hero) else data.kinds[who.kind].hp
    return [Hurt(who=who.id, amount=amount, source=source, cast=made)], {
        "who": who.id,
        "wound": wound(who.hp - amount, most),
    }


def mend(state: State, a: Arguments, _: Draws) -> Found:
    """Bring a hero who is down back to one hit point, by a hero beside them whose check of lore succeeded."""
    who, by = hero_here(state, a.get("who", "")), hero_here(state, a.get("by", ""))
    if who.hp > 0:
        raise Refusal("not_down", who=who.id)
    if who.place != by.place:
        raise Refusal("not_together", who=who.id)
    tended = (s.result for s in state.settled() if s.ok and s.tool == "check" and s.result.get("skill") == "lore")
    if not any(r.get("who") == by.id and "success" in str(r.get("outcome")) for r in tended):
        raise Refusal("needs_success")
    return [Hurt(who=who.id, amount=-1, source=by.id)], {"who": who.id, "wound": wound(1, who.hp_max)}


def fate(state: State, a: Arguments, draws: Draws) -> Found:
    """Let chance answer whether something comes off that no skill decides."""
    hero, likelihood = hero_here(state, a.get("who", "")), a.get("likelihood", "even")
    if likelihood not in CHANCES:
        raise Refusal("unknown_value", value=likelihood)
    made = cast_dice("1d100", state.rolls, draws)
    outcome = fated(likelihood, int(made.total))
    drawn = Fated(who=hero.id, likelihood=likelihood, cast=made, outcome=outcome)
    return [drawn], {"who": hero.id, "outcome": outcome}


def fated(likelihood: str, percent: int) -> str:
    """Return what of FATES a roll of 1 to 100 means. Raises KeyError for an unknown likelihood."""
    least = 0
    for outcome, chance in zip(FATES, CHANCES[likelihood], strict=True):
        least += chance
        if percent <= least:
            return outcome
    return FATES[-1]
