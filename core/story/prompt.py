"""The prompt of a telling: layers with a token budget each, the stable first, the engine's facts and the language last.

Wounds, margins and clocks are words, secrets are ids until they are revealed, players' words are escaped data.
"""

import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from core.ai import Message, Prompt
from core.game.state import State
from core.game.world import world
from core.game.wounds import wound
from core.i18n import text
from core.story.hygiene import plain_name, without_controls
from core.story.oracle.places import ways
from core.story.sentences import split, words
from core.story.tools import tools
from core.story.turn import Deed, Turn

SAID_MOST: Final = 500
SAID_DEEDS_MOST: Final = 12
OUTPUT_TOKENS: Final = 320
ANSWER_TOKENS: Final = 160
BUDGET: Final[Mapping[str, int]] = {"opening": 900, "world": 700, "summary": 400, "recent": 1_200, "facts": 900}
"""Most tokens a layer, counted as four characters each."""

_PRONOUN_WORDS: Final = {"she": "she", "he": "he", "they": "they", "unknown": "name only, no pronoun"}
_CLOCK_WORDS: Final = ("empty", "stirring", "half", "high", "full")
_AVOIDED: Final = 8
_AVOID_TELLINGS: Final = 5


def narration_prompt(turn: Turn) -> Prompt:
    """Return the prompt that tells a turn; `turn.asks` are not in it (the teller adds them as tool history)."""
    state = turn.state
    user = "\n".join(part for part in (*_changing(turn), _turn_block(turn), _language(state.language)) if part)
    return Prompt(
        kind="narration",
        messages=(Message("system", _stable(turn)), Message("user", user)),
        tools=tools(state),
        max_output_tokens=OUTPUT_TOKENS,
        temperature=0.8,
        locale=state.language,
        prefix=f"{turn.shown.rstrip()} " if turn.shown.strip() else "",
    )


def answer_prompt(turn: Turn, person: int, question: str) -> Prompt:
    """Return the prompt for a private question of one person."""
    state, hero = turn.state, turn.state.hero_of(person)
    asked = _said(Deed(state.seq, "say", hero.id if hero else "", question), turn.names)
    parts = (*_changing(turn), _facts(turn), asked, _texts()["answering"], _language(turn.answers_in))
    return Prompt(
        kind="answer",
        messages=(Message("system", _stable(turn)), Message("user", "\n".join(part for part in parts if part))),
        max_output_tokens=ANSWER_TOKENS,
        temperature=0.4,
        locale=turn.answers_in,
    )


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


def _stable(turn: Turn) -> str:
    """Return the part that stays byte for byte the same while title, tone and the characters stay."""
    state, fixed = turn.state, _texts()
    opening = fixed["opening"].strip()
    filled = {
        "title": escaped(turn.title or text(state.language, f"world.place.{world(state.world).start}"), 80),
        "tone": escaped(turn.tone or "as the world's", 100),
        "rating": "teen",
        "heroes": "; ".join(_hero_line(state, turn.names, hero.id) for hero in state.heroes.values()) or "none yet",
        "rules": fixed["rules"].strip(),
    }
    for name, value in filled.items():
        opening = opening.replace("{" + name + "}", value)
    about = fixed["world"][state.world][state.language].strip()
    return f"{within(opening, BUDGET['opening'])}\n{within(about, BUDGET['world'])}"


def _hero_line(state: State, names: Mapping[str, str | None], hero: str) -> str:
    known = state.heroes[hero]
    return f"{hero} {_name(names, hero)} ({_PRONOUN_WORDS[known.pronoun]}), {known.archetype}"


def _changing(turn: Turn) -> list[str]:
    """Return summary, revealed secrets and recent tellings."""
    state = turn.state
    parts = [f"<memory>{escaped(within(turn.summary, BUDGET['summary']), 4_000)}</memory>"] if turn.summary else []
    parts += [f"<known>{secret_text(state, secret)}</known>" for secret in state.revealed]
    recent = _recent(turn.recent)
    if recent:
        parts.append("<recent>\n" + "\n".join(escaped(told, 2_000) for told in recent) + "\n</recent>")
    return parts


def _recent(recent: tuple[str, ...]) -> list[str]:
    """Return as many of the last tellings as the budget holds, oldest first."""
    kept: list[str] = []
    room = BUDGET["recent"]
    for told in reversed(recent):
        room -= _tokens(told)
        if room < 0:
            break
        kept.insert(0, told)
    return kept


def _turn_block(turn: Turn) -> str:
    deeds = turn.deeds[:SAID_DEEDS_MOST]
    said = [_said(deed, turn.names) for deed in deeds if deed.kind != "open"]
    if any(deed.kind == "open" for deed in deeds):
        said.insert(0, _texts()["opening_scene"][turn.state.world][turn.state.language])
    avoided = _avoided(turn.recent)
    avoid = [f"<avoid>{' '.join(avoided)}</avoid>"] if avoided else []
    return "\n".join((_facts(turn), *said, *avoid))


def _facts(turn: Turn) -> str:
    """Return what the engine knows, as the table may know it, in words."""
    state, data = turn.state, world(turn.state.world)
    lines = [_presence(turn, hero.id) for hero in state.present()]
    lines += [
        f"{f.id}{'' if f.kind == f.id else f' ({f.kind})'} at {f.place}, {_attitude(f.attitude)}"
        f"{_state_of(wound(f.hp, data.kinds[f.kind].hp), f.conditions)}"
        for f in state.figures.values()
    ]
    away = [_name(turn.names, h.id) for h in state.heroes.values() if h.away]
    known = ways(state.world)
    lines += [f"away: {', '.join(away)}"] if away else []
    lines.append(
        "items: " + ", ".join(f"{i} with {_holder(h)}" for i, h in state.items.items() if known.named(state, i))
    )
    lines.append("clocks: " + ", ".join(f"{c} {_clock(n, data.clocks[c].most)}" for c, n in state.clocks.items()))
    secrets = [s for s in data.secrets if s not in state.revealed]
    lines += [f"secrets: {', '.join(secrets)}"] if secrets else []
    inside = within("\n".join(lines), BUDGET["facts"])
    return f'<facts seq="{turn.through}" scene="{state.scene}" time="{state.time}">\n{inside}</facts>'


def _presence(turn: Turn, hero: str) -> str:
    known = turn.state.heroes[hero]
    return (
        f"{hero} {_name(turn.names, hero)} at {known.place}{_state_of(wound(known.hp, known.hp_max), known.conditions)}"
    )


def _state_of(hurt: str, conditions: tuple[str, ...]) -> str:
    words_ = [*([] if hurt == "unhurt" else [hurt.replace("_", " ")]), *conditions]
    return f" | {', '.join(words_)}" if words_ else ""


def _attitude(value: int) -> str:
    return "cold" if value < 0 else "warm" if value > 0 else "neutral"


def _holder(holder: str) -> str:
    return "nobody" if holder == "gone" else holder


def _clock(value: int, most: int) -> str:
    return _CLOCK_WORDS[-(-value * (len(_CLOCK_WORDS) - 1) // most)]


def _said(deed: Deed, names: Mapping[str, str | None]) -> str:
    to = f' to="{deed.figure}"' if deed.figure else ""
    return f'<said by="{_name(names, deed.hero)}"{to} seq="{deed.seq}">{escaped(deed.text, SAID_MOST)}</said>'


def _avoided(recent: tuple[str, ...]) -> list[str]:
    """Return the words that the last tellings leaned on most."""
    counted = Counter(word for told in recent[-_AVOID_TELLINGS:] for word in words(told) if len(word) > 4)
    return [word for word, _ in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:_AVOIDED]]


def _name(names: Mapping[str, str | None], hero: str) -> str:
    return escaped(plain_name(names.get(hero) or "") or hero or "a player", 40).replace('"', "'")


def _language(language: str) -> str:
    return str(_texts()["language"][language])


def escaped(text_: str, most: int) -> str:
    """Return foreign words as data: `&<>` escaped, no control or invisible character, at most `most` characters."""
    kept = without_controls(text_)[:most]
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def within(text_: str, tokens: int) -> str:
    """Return the text cut to a budget at the end of a line or a sentence."""
    if _tokens(text_) <= tokens:
        return text_
    kept = text_[: tokens * 4]
    whole = split(kept)
    return " ".join(whole[:-1]) or kept.rsplit("\n", 1)[0]


def _tokens(text_: str) -> int:
    return -(-len(text_) // 4)


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "prompt.toml").read_text("utf-8"))
