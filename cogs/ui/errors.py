"""Faults as people see them: one sentence, the reference, and the button that cures it."""

from typing import Final

from cogs.ui.components import PRIMARY, Button, Emoji, Message, row
from cogs.ui.custom_id import Signer
from cogs.ui.names import escaped, mention
from core.dice import DiceError
from core.game.refusal import Refusal
from core.i18n import text
from core.maps import MapError
from core.maps import refusal as map_sentence

CURES: Final = {
    "no_table": ("start", "📖"),
    "not_joined": ("join", "🙋"),
    "nobody_joined": ("join", "🙋"),
    "table_exists": ("join", "🙋"),
    "moved_on": ("act", "✍️"),
    "nothing_to_tell": ("act", "✍️"),
    "paused": ("resume", "▶️"),
}
"""The button that cures a refusal, by its code. It means the table of the channel in which it is pressed."""
_VALUE_MOST: Final = 20
_NAMES_MOST: Final = 60


def refused(signer: Signer, locale: str, refusal: Refusal, reference: str) -> Message:
    """Return what somebody reads when the rules say no."""
    data = {name: _shown(name, value) for name, value in refusal.data.items()}
    sentence = text(locale, f"refusal.{refusal.code}", **data)
    cure = CURES.get(refusal.code)
    if cure is None:
        return _fault(locale, sentence, reference)
    verb, emoji = cure
    button = Button(PRIMARY, text(locale, f"buttons.{verb}"), signer.write(verb), Emoji(emoji))
    return _fault(locale, sentence, reference, button)


def bad_dice(locale: str, error: DiceError, reference: str) -> Message:
    """Return what somebody reads about dice that cannot be rolled."""
    return _fault(locale, text(locale, error.key, **error.data), reference)


def bad_map(locale: str, error: MapError, reference: str) -> Message:
    """Return what somebody reads about a move or map that cannot be."""
    return _fault(locale, map_sentence(locale, error), reference)


def ours(locale: str, reference: str, *, stored: bool) -> Message:
    """Return what somebody reads when the fault is ours; whether to repeat it depends on what was stored."""
    return _fault(locale, text(locale, "errors.ours" if stored else "errors.ours_unsaved"), reference)


def _fault(locale: str, sentence: str, reference: str, *cures: Button) -> Message:
    return Message(text(locale, "errors.shown", sentence=sentence, reference=reference), row(*cures) if cures else ())


def _shown(name: str, value: object) -> object:
    if name == "gm" and isinstance(value, int):
        return mention(value)
    if not isinstance(value, str) or name == "name":
        return value
    line = " ".join(value.split())
    # Inside a code span a backslash is a letter, so only the span's own mark is taken out
    return line[:_VALUE_MOST].replace("`", "'") if name in {"value", "field"} else escaped(line[:_NAMES_MOST])
