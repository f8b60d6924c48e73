"""What a storyteller may ask of the engine in a telling. The engine decides; a refused ask is told, not obeyed.

The command never raises for a bad ask: the refusal itself is an event, so a rerun is fed the same answer.
Numbers stay here: what goes back to the storyteller are words such as `success`, `clearly`, `hurt` (law 3).
"""

from collections.abc import Callable

from core.game.refusal import Refusal
from core.game.registry import Command, Decision, Draws, Event, applies, rule
from core.game.rules.attitudes import attitude
from core.game.rules.calls import called_for
from core.game.rules.effects import (
    Conditioned,
    EndingReached,
    ItemMoved,
    Moved,
    Revealed,
    SceneEnded,
    Spawned,
    Ticked,
)
from core.game.rules.trials import Arguments, Found, anybody, attack, check, fate, hero_here, hurt, mend
from core.game.state import Ask, Hero, State
from core.game.world import world

ASKS_MOST = 40
FIGURES_MOST = 40


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

TIMES = ("dawn", "day", "dusk", "night")


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


def _item(state: State, a: Arguments, _: Draws) -> Found:
    deed, hero, item = a.get("deed", ""), hero_here(state, a.get("who", "")), a.get("item", "")
    holder = state.items.get(item)
    if holder is None or holder == "gone":
        raise Refusal("no_such_item", item=item)
    reach = {hero.id, hero.place, *(f.id for f in state.figures.values() if f.place == hero.place)}
    if deed in {"take", "give", "use", "drop"} and not called_for(state, hero.id):
        raise Refusal("did_not_act", who=hero.id)
    if deed == "take" and holder not in reach:
        raise Refusal("out_of_reach", item=item)
    if deed in {"give", "use", "drop", "lose"} and holder != hero.id:
        raise Refusal("not_held", item=item)
    if deed == "take":
        return [ItemMoved(item=item, holder=hero.id)], {"item": item, "holder": hero.id}
    if deed == "give":
        taker = anybody(state, a.get("to", ""))
        return [ItemMoved(item=item, holder=taker.id)], {"item": item, "holder": taker.id}
    if deed in {"drop", "lose"}:
        left = hero.place if deed == "drop" else "gone"
        return [ItemMoved(item=item, holder=left)], {"item": item, "holder": left}
    if deed == "use":
        return [], {"item": item, "holder": hero.id}
    raise Refusal("unknown_value", value=deed)


def _condition(state: State, a: Arguments, _: Draws) -> Found:
    who, what, on = anybody(state, a.get("who", "")), a.get("what", ""), a.get("on", "on") == "on"
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
    here = state.scene if who == "group" else anybody(state, who).place
    if who in state.heroes and not called_for(state, who):
        raise Refusal("did_not_act", who=who)
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
    earned = any(s.ok and s.tool == "check" and "success" in str(s.result.get("outcome")) for s in state.settled())
    if not earned:
        raise Refusal("needs_success")
    return [Revealed(secret=secret)], {"secret": secret}


def _end_scene(state: State, a: Arguments, _: Draws) -> Found:
    place, later, data = a.get("next", ""), a.get("time", "same") == "later", world(state.world)
    if place not in data.places:
        raise Refusal("no_such_place", place=place)
    if place != state.scene and place not in data.places[state.scene]:
        raise Refusal("no_way", place=place)
    if state.called or any(
        f.hp > 0 and f.kind not in data.figures and f.place == state.scene for f in state.figures.values()
    ):
        raise Refusal("still_open")
    if place == state.scene and not later:
        raise Refusal("already_done")
    time = TIMES[(TIMES.index(state.time) + later) % len(TIMES)]
    return [SceneEnded(place=place, time=time)], {"place": place, "time": time}


_tools: dict[str, Callable[[State, Arguments, Draws], Found]] = {
    "check": check,
    "attack": attack,
    "hurt": hurt,
    "mend": mend,
    "fate": fate,
    "item": _item,
    "condition": _condition,
    "move": _move,
    "spawn": _spawn,
    "clock": _clock,
    "reveal": _reveal,
    "end_scene": _end_scene,
    "attitude": attitude,
}
