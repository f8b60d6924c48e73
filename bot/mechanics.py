"""The mechanics line below a narration: what was rolled and what it came to, from the log, never from a model."""

from collections.abc import Iterable, Mapping

from core.game.readings import TABLE, may_see
from core.game.registry import Event
from core.game.rules.effects import Checked, Fated, Hurt
from core.game.state import State
from core.game.world import world
from core.i18n import text

LINES_MOST = 4


def mechanics(events: Iterable[Event], state: State, names: Mapping[str, str | None]) -> str:
    """Return subtext lines such as `-# 🎲 Lia 17 contra CD 15: passou`, or an empty string."""
    lines = [line for event in events if may_see(event.to, TABLE) and (line := _line(event, state, names))]
    shown = lines[:LINES_MOST]
    if len(lines) > LINES_MOST:
        shown.append(text(state.language, "telling.mechanics.more", n=len(lines) - LINES_MOST))
    return "\n".join(f"-# {line}" for line in shown)


def _line(event: Event, state: State, names: Mapping[str, str | None]) -> str:
    language = state.language
    if isinstance(event, Checked):
        outcome = text(language, f"telling.outcome.{event.outcome}")
        who = _name(event.who, state, names)
        return text(language, "telling.mechanics.check", who=who, total=event.cast.total, dc=event.dc, outcome=outcome)
    if isinstance(event, Fated):
        return text(language, "telling.mechanics.fate", outcome=text(language, f"telling.fate.{event.outcome}"))
    if isinstance(event, Hurt) and event.amount < 0:
        return text(language, "telling.mechanics.mended", who=_name(event.who, state, names), n=-event.amount)
    if isinstance(event, Hurt) and event.who in state.heroes:
        hero = state.heroes[event.who]
        who = _name(event.who, state, names)
        return text(language, "telling.mechanics.hurt", who=who, n=event.amount, hp=hero.hp, hp_max=hero.hp_max)
    if isinstance(event, Hurt):
        return text(language, "telling.mechanics.struck", who=_name(event.who, state, names), n=event.amount)
    return ""


def _name(who: str, state: State, names: Mapping[str, str | None]) -> str:
    if who in state.heroes:
        return names.get(who) or text(state.language, "telling.someone")
    # A figure that an undo has taken away since is still named by the kind its id begins with
    kind = state.figures[who].kind if who in state.figures else who.rstrip("0123456789")
    group = "figure" if kind in world(state.world).figures else "kind"
    return text(state.language, f"world.{group}.{kind}")
