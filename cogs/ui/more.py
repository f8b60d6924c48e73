"""What else can be done about the newest narration, each with its cost, for whoever pressed ⋯ alone."""

from typing import Final

from cogs.ui.components import SECONDARY, Button, Emoji, Label, Message, Modal, Row, TextInput
from cogs.ui.custom_id import CustomId, Signer
from cogs.ui.narration import continue_button
from core.game.rules.retelling import EDIT_MOST
from core.game.state import State
from core.i18n import text

_DECIMALS: Final = {"pt-BR": ","}


def money(locale: str, micro_usd: int) -> str:
    """Return millionths of a dollar as people read them: `US$ 0.0009`, `US$ 12.40`."""
    digits = 2 if micro_usd >= 100_000 or not micro_usd else 4
    amount = f"{max(micro_usd, 100 if micro_usd else 0) / 1_000_000:.{digits}f}"
    return f"US$ {amount.replace('.', _DECIMALS.get(locale, '.'))}"


def menu(signer: Signer, locale: str, state: State, cost: int | None, *, leads: bool, stand: int) -> Message:
    """Return what this person can do about the narration told at row `stand`."""
    session, newest = state.session_id, stand == state.stand and not state.pending
    why = _button(signer, locale, "❓", CustomId("why", session, stand))
    if not newest:
        return Message(text(locale, "more.older"), (Row((why,)),))
    price = money(locale, cost) if cost else ""
    said = text(locale, "more.priced", cost=price) if price else text(locale, "more.free")
    go_on = continue_button(signer, session, stand, locale)
    if not leads:
        return Message(said, (Row((go_on, why)),))
    words = (
        _button(signer, locale, "🔁", CustomId("retell", session, stand, f"again:{state.seq}"), "again_told"),
        _button(signer, locale, "🔀", CustomId("retell", session, stand, f"other:{state.seq}"), "other_told"),
        _button(signer, locale, "✏️", CustomId("edit", session, stand)),
    )
    undo = Button(
        SECONDARY, text(locale, "buttons.undo_one"), signer.write("undo_list", session, state.seq), Emoji("↩️")
    )
    branch = _button(signer, locale, "🌿", CustomId("branch", session, stand, str(state.seq)))
    first = (*(words if state.newest_telling(stand) else ()), go_on)
    return Message(said, (Row(first), Row((branch, why, undo))))


def edit_form(signer: Signer, locale: str, session: int, stand: int, told: str) -> Modal:
    """Return the form that takes the narration in somebody's own words."""
    field = TextInput("text", 2, EDIT_MOST, min_length=1, value=told[:EDIT_MOST])
    return Modal(
        signer.write("edit", session, stand),
        text(locale, "more.edit_title"),
        (Label(text(locale, "more.edit_field"), field),),
    )


def _button(signer: Signer, locale: str, emoji: str, custom_id: CustomId, label: str = "") -> Button:
    written = signer.write(custom_id.verb, custom_id.session, custom_id.seq, custom_id.arg)
    return Button(SECONDARY, text(locale, f"buttons.{label or custom_id.verb}"), written, Emoji(emoji))
