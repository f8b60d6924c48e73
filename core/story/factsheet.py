"""What the engine knows, as the table may know it, in words: no number of the rules, secrets as ids."""

from typing import Final

from core.game.world import world
from core.game.wounds import wound
from core.story.budget import within
from core.story.marked import name
from core.story.oracle.places import ways
from core.story.turn import Turn

_CLOCK_WORDS: Final = ("empty", "stirring", "half", "high", "full")


def facts(turn: Turn, most: int) -> str:
    """Return the facts as of this turn, within `most` tokens."""
    inside = within("\n".join(_lines(turn)), most)
    state = turn.state
    return f'<facts seq="{turn.through}" scene="{state.scene}" time="{state.time}">\n{inside}</facts>'


def _lines(turn: Turn) -> list[str]:
    state, data = turn.state, world(turn.state.world)
    lines = [_presence(turn, hero.id) for hero in state.present()]
    lines += [
        f"{f.id}{'' if f.kind == f.id else f' ({f.kind})'} at {f.place}, {_attitude(f.attitude)}"
        f"{_state_of(wound(f.hp, data.kinds[f.kind].hp), f.conditions)}"
        for f in state.figures.values()
    ]
    away = [name(turn.names, h.id) for h in state.heroes.values() if h.away]
    lines += [f"away: {', '.join(away)}"] if away else []
    near = [name(turn.names, hero) for hero in turn.absent]
    lines += [f"stay near without risk, do nothing else: {', '.join(near)}"] if near else []
    lines += _least_seen(turn)
    known = ways(state.world)
    lines.append(
        "items: " + ", ".join(f"{i} with {_holder(h)}" for i, h in state.items.items() if known.named(state, i))
    )
    lines.append("clocks: " + ", ".join(f"{c} {_clock(n, data.clocks[c].most)}" for c, n in state.clocks.items()))
    secrets = [s for s in data.secrets if s not in state.revealed]
    return [*lines, *([f"secrets: {', '.join(secrets)}"] if secrets else [])]


def _least_seen(turn: Turn) -> list[str]:
    """Return the hero who had the least of the last tellings, where that differs at all."""
    if len(set(turn.spotlight.values())) < 2:
        return []
    hero = min(turn.spotlight, key=lambda one: turn.spotlight[one])
    return [f"seen least of late: {name(turn.names, hero)}"]


def _presence(turn: Turn, hero: str) -> str:
    known = turn.state.heroes[hero]
    return (
        f"{hero} {name(turn.names, hero)} at {known.place}{_state_of(wound(known.hp, known.hp_max), known.conditions)}"
    )


def _state_of(hurt: str, conditions: tuple[str, ...]) -> str:
    words = [*([] if hurt == "unhurt" else [hurt.replace("_", " ")]), *conditions]
    return f" | {', '.join(words)}" if words else ""


def _attitude(value: int) -> str:
    return "cold" if value < 0 else "warm" if value > 0 else "neutral"


def _holder(holder: str) -> str:
    return "nobody" if holder == "gone" else holder


def _clock(value: int, most: int) -> str:
    return _CLOCK_WORDS[-(-value * (len(_CLOCK_WORDS) - 1) // most)]
