"""The buttons that order a picture or a voice, each with about what it costs."""

from typing import Final

from cogs.ui.components import SECONDARY, Button, Emoji, Message, Row
from cogs.ui.custom_id import Signer
from cogs.ui.more import money
from core.i18n import text

EMOJI: Final = {"picture": "🖼️", "voice": "🔊"}


def media_buttons(
    signer: Signer, locale: str, session: int, stand: int, costs: dict[str, int | None]
) -> tuple[Button, ...]:
    """Return a button for each kind that can be had (`costs` in millionths of a dollar; None: not to be had)."""
    return tuple(
        Button(SECONDARY, _label(locale, kind, cost), signer.write(kind, session, stand), Emoji(EMOJI[kind]))
        for kind, cost in costs.items()
        if cost is not None
    )


def with_media(message: Message, buttons: tuple[Button, ...]) -> Message:
    """Return the message with one more row for these buttons."""
    return Message(message.content, (*message.rows, Row(buttons))) if buttons else message


def _label(locale: str, kind: str, cost: int) -> str:
    name = text(locale, f"buttons.{kind}")
    return f"{name} ≈ {money(locale, cost)}" if cost else name
