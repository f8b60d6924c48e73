"""The prompt of a telling: layers with a token budget each, the stable first, the engine's facts and the language last.

Wounds, margins and clocks are words, secrets are ids until they are revealed, players' words are escaped data.
"""

import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from core.ai import Message, Prompt
from core.game.state import State
from core.game.world import world
from core.i18n import text
from core.story.budget import BUDGET, Layer, fitted, within
from core.story.factsheet import facts
from core.story.marked import entry, escaped, name, said
from core.story.sentences import words
from core.story.tools import tools
from core.story.turn import Deed, Turn

SAID_DEEDS_MOST: Final = 12
OUTPUT_TOKENS: Final = 320
ANSWER_TOKENS: Final = 160

_PRONOUN_WORDS: Final = {"she": "she", "he": "he", "they": "they", "unknown": "name only, no pronoun"}
_SYSTEM: Final = ("opening", "world")
_AVOIDED: Final = 8
_AVOID_TELLINGS: Final = 5


def narration_prompt(turn: Turn, budget: Mapping[str, int] = BUDGET) -> Prompt:
    """Return the prompt that tells a turn; `turn.asks` are not in it (the teller adds them as tool history)."""
    state = turn.state
    return Prompt(
        kind="narration",
        messages=_messages(layers(turn, budget)),
        tools=() if turn.again else tools(state),
        max_output_tokens=OUTPUT_TOKENS,
        temperature=0.8,
        locale=state.language,
        cache_scope=_cache_scope(turn),
        prefix=f"{turn.shown.rstrip()} " if turn.shown.strip() else "",
    )


def answer_prompt(turn: Turn, person: int, question: str, budget: Mapping[str, int] = BUDGET) -> Prompt:
    """Return the prompt for a private question of one person."""
    state, hero = turn.state, turn.state.hero_of(person)
    asked = said(Deed(state.seq, "say", hero.id if hero else "", question), turn.names)
    ending = (
        Layer("facts", (facts(turn, budget["facts"]),)),
        Layer("turn", (asked, _texts()["answering"])),
        Layer("language", (_language(turn.answers_in),)),
    )
    return Prompt(
        kind="answer",
        messages=_messages(fitted((*_stable(turn, budget), *_changing(turn, budget), *ending), budget, turn.tokens)),
        max_output_tokens=ANSWER_TOKENS,
        temperature=0.4,
        locale=turn.answers_in,
        cache_scope=_cache_scope(turn),
    )


def layers(turn: Turn, budget: Mapping[str, int] = BUDGET) -> tuple[Layer, ...]:
    """Return a telling's layers in the order they are sent, within their budgets and `turn.tokens` altogether."""
    note = (f"<note>{entry(within(turn.note, budget['note']))}</note>",) if turn.note else ()
    ending = (
        Layer("facts", (facts(turn, budget["facts"]),)),
        Layer("turn", tuple(_turn_lines(turn))),
        Layer("note", note),
        Layer("language", (_language(turn.state.language),)),
    )
    return fitted((*_stable(turn, budget), *_changing(turn, budget), *ending), budget, turn.tokens)


def secret_text(state: State, secret: str) -> str:
    """Return what a revealed secret says, in the session's language; nothing for one unknown."""
    return str(_texts()["secret"].get(secret, {}).get(state.language, ""))


def refused_text() -> str:
    """Return what a model is told with a refused ask."""
    return str(_texts()["refused"])


def pending_text() -> str:
    """Return what a model is told while a check waits for its player's roll."""
    return str(_texts()["pending"])


def mending_text(cut: str, language: str) -> str:
    """Return what a model is told of sentences that were not told; `cut` is a line for each."""
    return f"{str(_texts()['mending']).replace('{cut}', cut)}\n{_language(language)}"


def _cache_scope(turn: Turn) -> str:
    """Return under what a provider may keep the beginning that the session's prompts share; no id of ours."""
    return blake2b(str(turn.state.session_id).encode(), key=turn.seed[:32], digest_size=8).hexdigest()


def _messages(found: tuple[Layer, ...]) -> tuple[Message, Message]:
    system = "\n".join(layer.text for layer in found if layer.name in _SYSTEM)
    user = "\n".join(layer.text for layer in found if layer.name not in _SYSTEM and layer.entries)
    return Message("system", system), Message("user", user)


def _stable(turn: Turn, budget: Mapping[str, int]) -> tuple[Layer, Layer]:
    """Return what stays byte for byte the same while title, tone, limits and the characters stay."""
    state, fixed = turn.state, _texts()
    opening = fixed["opening"].strip()
    filled = {
        "title": escaped(turn.title or text(state.language, f"world.place.{world(state.world).start}"), 80),
        "tone": escaped(turn.tone or "as the world's", 100),
        "rating": turn.rating,
        "limits": _limits(turn),
        "heroes": "; ".join(_hero_line(state, turn.names, hero.id) for hero in state.heroes.values()) or "none yet",
        "rules": fixed["rules"].strip(),
    }
    for slot, value in filled.items():
        opening = opening.replace("{" + slot + "}", value)
    about = fixed["world"][state.world][state.language].strip()
    return (
        Layer("opening", (within(opening, budget["opening"]),)),
        Layer("world", (within(about, budget["world"]),)),
    )


def _limits(turn: Turn) -> str:
    """Return what shall not occur and what is only hinted at, whoever set it, always in the same order."""
    lines, veils = (", ".join(sorted(entry(limit, 60) for limit in limits)) for limits in (turn.lines, turn.veils))
    never, hint = (f"\nNever show: {lines}." if lines else ""), (f"\nOnly hint at: {veils}." if veils else "")
    return never + hint


def _hero_line(state: State, names: Mapping[str, str | None], hero: str) -> str:
    known = state.heroes[hero]
    return f"{hero} {name(names, hero)} ({_PRONOUN_WORDS[known.pronoun]}), {known.archetype}"


def _changing(turn: Turn, budget: Mapping[str, int]) -> tuple[Layer, ...]:
    """Return what a table remembers: what changes rarely in front of what changes with each turn."""
    known = tuple(f"<known>{secret_text(turn.state, secret)}</known>" for secret in turn.state.revealed)
    summary = within(turn.summary, budget["summary"])
    bonds = tuple(f"{figure}: {entry(of)}" for figure, all_of in turn.bonds.items() for of in all_of)
    return (
        Layer("pinned", tuple(map(entry, turn.pinned)), "pinned"),
        Layer("known", known),
        Layer("summary", (escaped(summary, 8_000),) if summary else (), "summary"),
        Layer("threads", tuple(map(entry, turn.threads)), "open"),
        Layer("memories", tuple(map(entry, turn.memories)), "memory"),
        Layer("bonds", bonds, "figures"),
        Layer("lore", tuple(escaped(card, 4_000) for card in turn.lore), "lore"),
        Layer("recent", tuple(escaped(told, 2_000) for told in turn.recent), "recent"),
    )


def _turn_lines(turn: Turn) -> list[str]:
    deeds = turn.deeds[:SAID_DEEDS_MOST]
    lines = [said(deed, turn.names) for deed in deeds if deed.kind in {"act", "say"}]
    if any(deed.kind == "open" for deed in deeds):
        first = _texts()["opening_scene"][turn.state.world][turn.state.language]
        lines.insert(0, _texts()["onward"] if turn.state.tellings else first)
    if any(deed.kind == "on" for deed in deeds):
        lines.append(_texts()["broken_off"])
    if turn.again:
        lines += [_texts()["again"], *(f"<told>{escaped(told, 2_000)}</told>" for told in turn.again)]
    avoided = _avoided((*turn.recent, *turn.again))
    return [*lines, *([f"<avoid>{' '.join(avoided)}</avoid>"] if avoided else [])]


def _avoided(recent: tuple[str, ...]) -> list[str]:
    """Return the words that the last tellings leaned on most."""
    counted = Counter(word for told in recent[-_AVOID_TELLINGS:] for word in words(told) if len(word) > 4)
    return [word for word, _ in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:_AVOIDED]]


def _language(language: str) -> str:
    return str(_texts()["language"][language])


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "prompt.toml").read_text("utf-8"))
