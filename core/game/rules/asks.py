"""What a storyteller may ask of the engine in a telling. The engine decides; a refused ask is told, not obeyed.

The command never raises for a bad ask: the refusal itself is an event, so a rerun is fed the same answer.
Numbers stay here: what goes back to the storyteller are words such as `success`, `clearly`, `hurt` (law 3).
"""

from collections.abc import Callable

from core.dice import parse
from core.dice import roll as cast
from core.game.refusal import Refusal
from core.game.registry import Command, Decision, Draws, Event, applies, rule
from core.game.rules.effects import (
    Checked,
    Conditioned,
    EndingReached,
    Hurt,
    ItemMoved,
    Moved,
    Revealed,
    Spawned,
    Ticked,
)
from core.game.rules.rolls import Cast, Rolled, cast_dice
from core.game.state import Ask, Figure, Hero, State
from core.game.world import SKILLS, world
from core.game.wounds import wound

ASKS_MOST = 40
FIGURES_MOST = 40
Arguments = dict[str, str]
Found = tuple[list[Event], dict[str, str | int]]


class EngineAsk(Command, frozen=True, kw_only=True):
    """One tool call of the telling that started at row `start`."""

    start: int
    step: int
    tool: str
    arguments: Arguments


class Asked(Event, frozen=True, kw_only=True):
    """The engine's answer to one ask: settled with its result, or refused with the reason."""

    start: int
    step: int
    tool: str
    arguments: Arguments
    ok: bool
    result: dict[str, str | int]


CONDITIONS = ("hidden", "prone", "grappled", "stunned", "poisoned", "frightened", "blessed", "soaked")


@rule(EngineAsk, who="table")
def ask(state: State, command: EngineAsk, draws: Draws) -> Decision:
    """Settle one ask of the telling that stands open."""
    if command.start != state.stand:
        raise Refusal("stale_telling")
    arguments = {k[:20]: str(v)[:60] for k, v in list(command.arguments.items())[:6]}
    events: list[Event] = []
    try:
        if command.step >= ASKS_MOST:
            raise Refusal("asked_enough")
        tool = _tools.get(command.tool)
        if tool is None:
            raise Refusal("no_such_tool", tool=command.tool[:20])
        events, result = tool(state, arguments, draws)
        ok = True
    except Refusal as refusal:
        ok, result = False, {"why": refusal.code, **{k: str(v) for k, v in refusal.data.items()}}
    asked = Asked(
        start=command.start,
        step=command.step,
        tool=command.tool[:20],
        arguments=arguments,
        ok=ok,
        result=result,
    )
    return Decision((*events, asked), {"ok": int(ok), **result})


@applies(Asked)
def _asked(state: State, event: Asked, seq: int) -> State:
    done = Ask(event.step, event.tool, event.arguments, event.ok, event.result)
    return state.with_(asks=(*state.asks, done), asked_at=state.asked_at or seq)


def _hero(state: State, who: str) -> Hero:
    hero = state.heroes.get(who)
    if hero is None:
        raise Refusal("nobody_such", who=who)
    if hero.away:
        raise Refusal("absent", who=who)
    return hero


def _figure(state: State, who: str) -> Figure:
    figure = state.figures.get(who)
    if figure is None:
        raise Refusal("nobody_such", who=who)
    if figure.hp <= 0:
        raise Refusal("is_dead", who=who)
    return figure


def _anybody(state: State, who: str) -> Hero | Figure:
    return _hero(state, who) if who in state.heroes else _figure(state, who)


def _check(state: State, a: Arguments, draws: Draws) -> Found:
    hero, data = _hero(state, a.get("who", "")), world(state.world)
    skill, level = a.get("skill", ""), a.get("level", "even")
    if skill not in SKILLS or level not in data.levels:
        raise Refusal("unknown_value", value=f"{skill} {level}".strip())
    if hero.hp <= 0:
        raise Refusal("hero_down")
    bonus, dc = data.archetypes[hero.archetype].skills.get(skill, 0), data.levels[level]
    made = cast_dice(f"1d20+{bonus}", state.rolls, draws)
    natural, total = made.fell[0].value, int(made.total)
    outcome = _outcome(natural, total - dc)
    margin = "clearly" if abs(total - dc) >= 3 else "narrowly"
    checked = Checked(who=hero.id, skill=skill, dc=dc, cast=made, outcome=outcome, margin=margin)
    return [checked], {"who": hero.id, "skill": skill, "outcome": outcome, "margin": margin}


def _outcome(natural: int, margin: int) -> str:
    if natural in {1, 20}:
        return "crit_fail" if natural == 1 else "crit_success"
    if margin < 0:
        return "failure"
    return "success_cost" if margin == 0 else "success"


def _attack(state: State, a: Arguments, draws: Draws) -> Found:
    figure, hero = _figure(state, a.get("npc", "")), _hero(state, a.get("target", ""))
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


def _hurt(state: State, a: Arguments, draws: Draws) -> Found:
    who, source = _anybody(state, a.get("who", "")), a.get("source", "")
    data = world(state.world)
    outcomes = {
        (s.arguments.get("who"), s.arguments.get("skill")): str(s.result.get("outcome")) for s in state.asks if s.ok
    }
    if source in state.heroes:
        if "success" not in outcomes.get((source, "fight"), ""):
            raise Refusal("needs_attack", who=source)
        dice = data.archetypes[_hero(state, source).archetype].damage
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


def _item(state: State, a: Arguments, _: Draws) -> Found:
    deed, hero, item = a.get("deed", ""), _hero(state, a.get("who", "")), a.get("item", "")
    holder = state.items.get(item)
    if holder is None or holder == "gone":
        raise Refusal("no_such_item", item=item)
    reach = {hero.id, hero.place, *(f.id for f in state.figures.values() if f.place == hero.place)}
    if deed == "take" and holder not in reach:
        raise Refusal("out_of_reach", item=item)
    if deed in {"give", "use", "lose"} and holder != hero.id:
        raise Refusal("not_held", item=item)
    if deed == "take":
        return [ItemMoved(item=item, holder=hero.id)], {"item": item, "holder": hero.id}
    if deed == "give":
        taker = _anybody(state, a.get("to", ""))
        return [ItemMoved(item=item, holder=taker.id)], {"item": item, "holder": taker.id}
    if deed == "lose":
        return [ItemMoved(item=item, holder="gone")], {"item": item, "holder": "gone"}
    if deed == "use":
        return [], {"item": item, "holder": hero.id}
    raise Refusal("unknown_value", value=deed)


def _condition(state: State, a: Arguments, _: Draws) -> Found:
    who, what, on = _anybody(state, a.get("who", "")), a.get("what", ""), a.get("on", "on") == "on"
    if what not in CONDITIONS:
        raise Refusal("unknown_value", value=what)
    if on == (what in who.conditions):
        raise Refusal("already_done")
    return [Conditioned(who=who.id, condition=what, on=on)], {"who": who.id, "what": what, "on": int(on)}


def _move(state: State, a: Arguments, _: Draws) -> Found:
    who, place = a.get("who", ""), a.get("to", "")
    data = world(state.world)
    if place not in data.places:
        raise Refusal("no_such_place", place=place)
    here = state.scene if who == "group" else _anybody(state, who).place
    if place == here:
        raise Refusal("already_done")
    if place not in data.places[here]:
        raise Refusal("no_way", place=place)
    return [Moved(who=who, place=place)], {"who": who, "place": place}


def _spawn(state: State, a: Arguments, _: Draws) -> Found:
    kind, place = a.get("kind", ""), a.get("place", state.scene)
    data = world(state.world)
    if kind not in data.kinds or kind in data.figures or place not in data.places:
        raise Refusal("unknown_value", value=kind)
    if len(state.figures) >= FIGURES_MOST:
        raise Refusal("too_many_figures")
    count = sum(f.kind == kind for f in state.figures.values())
    spawned = Spawned(figure=f"{kind}{count + 1}", kind=kind, place=place, hp=data.kinds[kind].hp)
    return [spawned], {"who": spawned.figure, "place": place}


def _clock(state: State, a: Arguments, _: Draws) -> Found:
    clock, by = a.get("id", ""), a.get("by", "1")
    rule_of = world(state.world).clocks.get(clock)
    if rule_of is None or by not in {"1", "+1", "-1"}:
        raise Refusal("unknown_value", value=clock)
    if not 0 <= state.clocks[clock] + int(by) <= rule_of.most:
        raise Refusal("already_done")
    if rule_of.at and not any(_may_move(state, h, rule_of.at, rule_of.holding) for h in state.present()):
        raise Refusal("needs_item_there", item=rule_of.holding or "", place=rule_of.at)
    if any(s.ok and s.tool == "clock" and s.arguments.get("id") == clock for s in state.asks):
        raise Refusal("already_done")
    stands = state.clocks[clock] + int(by)
    endings = world(state.world).endings
    reached = "" if state.ending else next((n for n, e in endings.items() if (e.clock, e.at) == (clock, stands)), "")
    events: list[Event] = [Ticked(clock=clock, by=int(by))]
    if reached:
        events.append(EndingReached(ending=reached))
    return events, {"id": clock, "full": int(stands == rule_of.most), "ending": reached}


def _may_move(state: State, hero: Hero, at: str, holding: str | None) -> bool:
    return hero.place == at and hero.hp > 0 and (holding is None or state.items.get(holding) == hero.id)


def _reveal(state: State, a: Arguments, _: Draws) -> Found:
    secret = a.get("secret", "")
    if secret not in world(state.world).secrets:
        raise Refusal("unknown_value", value=secret)
    if secret in state.revealed:
        raise Refusal("already_done")
    earned = any(s.ok and s.tool == "check" and "success" in str(s.result.get("outcome")) for s in state.asks)
    if not earned:
        raise Refusal("needs_success")
    return [Revealed(secret=secret)], {"secret": secret}


_tools: dict[str, Callable[[State, Arguments, Draws], Found]] = {
    "check": _check,
    "attack": _attack,
    "hurt": _hurt,
    "item": _item,
    "condition": _condition,
    "move": _move,
    "spawn": _spawn,
    "clock": _clock,
    "reveal": _reveal,
}
