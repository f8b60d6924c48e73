"""The row of buttons under the newest narration."""

from collections.abc import Mapping, Sequence

import discord

from cogs.ui.calls import call_buttons
from cogs.ui.components import PRIMARY, SECONDARY, SUCCESS, Button, Emoji, Row
from cogs.ui.custom_id import Signer
from cogs.ui.suggestions import suggestion_buttons
from core.game.state import State
from core.game.suggestions import Suggestion
from core.i18n import text


def narration_row(
    signer: Signer, state: State, names: Mapping[str, str | None], suggested: Sequence[Suggestion] = ()
) -> tuple[Row, ...]:
    """Return the buttons that the newest narration gets, in the table's language."""
    session, seq, locale = state.session_id, state.seq, state.language
    called = call_buttons(signer, state, names)
    own = Row(
        (
            *suggestion_buttons(signer, state, names, suggested),
            act_button(signer, session, seq, locale, "other"),
            cut_button(signer, session, seq, locale),
            more_button(signer, session, state.stand, locale),
        )
    )
    return (Row(called), own) if called else (own,)


def narration_view(
    signer: Signer, state: State, names: Mapping[str, str | None], suggested: Sequence[Suggestion] = ()
) -> discord.ui.View:
    """Return the same rows for discord.py, already stopped, so that no process keeps them."""
    return _view(narration_row(signer, state, names, suggested))


def broken_view(signer: Signer, state: State, names: Mapping[str, str | None]) -> discord.ui.View:
    """Return the buttons below a narration that broke off: going on stands in the place of the suggestions."""
    rows = narration_row(signer, state, names)
    going_on = Row((continue_button(signer, state.session_id, state.stand, state.language, "broken"),))
    return _view((*rows[:-1], Row((*going_on.components, *rows[-1].components))))


def version_view(signer: Signer, session: int, row: int, locale: str) -> discord.ui.View:
    """Return the buttons that choose between a narration and the version called for at row `row`."""
    choices = (("take", SUCCESS, "✅"), ("leave", SECONDARY, "↩️"))
    buttons = (
        Button(
            style,
            text(locale, f"buttons.version_{choice}"),
            signer.write("version", session, row, choice),
            Emoji(emoji),
        )
        for choice, style, emoji in choices
    )
    return _view((Row(tuple(buttons)),))


def undone_view(signer: Signer, session: int, start: int, locale: str) -> discord.ui.View:
    """Return the button that shows in private what an undone narration, told from row `start`, had said."""
    read = Button(SECONDARY, text(locale, "buttons.read"), signer.write("read", session, start), Emoji("👁️"))
    return _view((Row((read,)),))


def _view(rows: tuple[Row, ...]) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(rows):
        for button in row.components:
            view.add_item(_item(button, number))
    view.stop()
    return view


def act_button(signer: Signer, session: int, seq: int, locale: str, label: str = "act") -> Button:
    """Return the button that opens the form for an action."""
    return Button(SECONDARY, text(locale, f"buttons.{label}"), signer.write("act", session, seq), Emoji("✍️"))


def more_button(signer: Signer, session: int, stand: int, locale: str) -> Button:
    """Return the button that shows in private what else can be done about the narration told at row `stand`."""
    return Button(SECONDARY, text(locale, "buttons.more"), signer.write("more", session, stand))


def continue_button(signer: Signer, session: int, stand: int, locale: str, arg: str = "") -> Button:
    """Return the button that has the storyteller go on after the narration told at row `stand`."""
    return Button(PRIMARY, text(locale, "buttons.continue"), signer.write("continue", session, stand, arg), Emoji("▶️"))


def cut_button(signer: Signer, session: int, seq: int, locale: str) -> Button:
    """Return the X-card: one tap, and nobody learns whose."""
    return Button(SECONDARY, text(locale, "buttons.x"), signer.write("x", session, seq), Emoji("✋"))


def _item(button: Button, row: int) -> discord.ui.Button[discord.ui.View]:
    return discord.ui.Button(
        style=discord.ButtonStyle(button.style),
        label=button.label,
        custom_id=button.custom_id,
        row=row,
        emoji=button.emoji.name if button.emoji else None,
    )
