"""A check, rolled and judged by the world's numbers."""

from core.game.registry import Draws
from core.game.rules.effects import Checked
from core.game.rules.rolls import cast_dice
from core.game.state import Hero, State
from core.game.world import world

CLEARLY = 3


def judged(state: State, hero: Hero, skill: str, level: str, draws: Draws) -> Checked:
    """Roll a hero's check of a known skill and level with the next open draw, and judge it."""
    data = world(state.world)
    bonus, dc = data.archetypes[hero.archetype].skills.get(skill, 0), data.levels[level]
    made = cast_dice(f"1d20+{bonus}", state.rolls, draws)
    margin = int(made.total) - dc
    outcome = _outcome(made.fell[0].value, margin)
    told = "clearly" if abs(margin) >= CLEARLY else "narrowly"
    return Checked(who=hero.id, skill=skill, dc=dc, cast=made, outcome=outcome, margin=told)


def _outcome(natural: int, margin: int) -> str:
    if natural in {1, 20}:
        return "crit_fail" if natural == 1 else "crit_success"
    if margin < 0:
        return "failure"
    return "success_cost" if margin == 0 else "success"
