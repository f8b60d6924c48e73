"""Suggested deeds as people see them: a button each, and the words it stands for."""

from collections.abc import Mapping, Sequence
from typing import Final

from cogs.ui.components import SECONDARY, Button, Emoji
from cogs.ui.custom_id import Signer
from cogs.ui.names import hero_name, plain
from core.game.state import State
from core.game.suggestions import Suggestion
from core.i18n import text

LABEL_MOST: Final = 20
_EMOJI: Final = {"fight": "⚔️", "help": "🩹", "talk": "💬", "take": "🫳", "go": "🗝️", "look": "👂"}


def suggestion_buttons(
    signer: Signer, state: State, names: Mapping[str, str | None], found: Sequence[Suggestion]
) -> tuple[Button, ...]:
    """Return a button for each, in the table's language. They hold as long as the newest narration is this one."""
    return tuple(
        Button(
            SECONDARY,
            _said("label", state, names, one)[:LABEL_MOST],
            signer.write("do", state.session_id, state.stand, one.mark),
            Emoji(_EMOJI[one.kind]),
        )
        for one in found
    )


def suggested_words(state: State, names: Mapping[str, str | None], suggestion: Suggestion) -> str:
    """Return what whoever presses is taken to have written, in the table's language."""
    return _said("act", state, names, suggestion)


def _said(form: str, state: State, names: Mapping[str, str | None], suggestion: Suggestion) -> str:
    locale, kind, target = state.language, suggestion.kind, suggestion.target
    match kind:
        case "look":
            return text(locale, f"suggest.{form}.look")
        case "help":
            return text(locale, f"suggest.{form}.help", name=plain(hero_name(locale, names, target)))
        case "talk":
            return text(locale, f"suggest.{form}.talk", name=text(locale, f"world.figure.{target}"))
        case "fight":
            return text(locale, f"suggest.{form}.fight.{state.figures[target].kind}")
    return text(locale, f"suggest.{form}.{kind}.{target}")
