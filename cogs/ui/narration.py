"""The row of buttons under the newest narration."""

import discord

from cogs.ui.components import SECONDARY, Button, Emoji, Row
from cogs.ui.custom_id import Signer
from core.i18n import text


def narration_row(signer: Signer, session: int, seq: int, locale: str) -> tuple[Row, ...]:
    """Return the buttons that a narration told at row `seq` gets, in the table's language."""
    return (Row((act_button(signer, session, seq, locale, "other"), cut_button(signer, session, seq, locale))),)


def narration_view(signer: Signer, session: int, seq: int, locale: str) -> discord.ui.View:
    """Return the same row for discord.py, already stopped, so that no process keeps it."""
    return _view(narration_row(signer, session, seq, locale))


def undone_view(signer: Signer, session: int, start: int, locale: str) -> discord.ui.View:
    """Return the button that shows in private what an undone narration, told from row `start`, had said."""
    read = Button(SECONDARY, text(locale, "buttons.read"), signer.write("read", session, start), Emoji("👁️"))
    return _view((Row((read,)),))


def _view(rows: tuple[Row, ...]) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for row in rows:
        for button in row.components:
            view.add_item(_item(button))
    view.stop()
    return view


def act_button(signer: Signer, session: int, seq: int, locale: str, label: str = "act") -> Button:
    """Return the button that opens the form for an action."""
    return Button(SECONDARY, text(locale, f"buttons.{label}"), signer.write("act", session, seq), Emoji("✍️"))


def cut_button(signer: Signer, session: int, seq: int, locale: str) -> Button:
    """Return the X-card: one tap, and nobody learns whose."""
    return Button(SECONDARY, text(locale, "buttons.x"), signer.write("x", session, seq), Emoji("✋"))


def _item(button: Button) -> discord.ui.Button[discord.ui.View]:
    return discord.ui.Button(
        style=discord.ButtonStyle(button.style),
        label=button.label,
        custom_id=button.custom_id,
        emoji=button.emoji.name if button.emoji else None,
    )
