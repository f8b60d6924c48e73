"""The X-card and a person's own limits, as people read them."""

from collections.abc import Sequence

from cogs.ui.components import (
    DANGER,
    PRIMARY,
    SECONDARY,
    Button,
    Emoji,
    Label,
    Message,
    Modal,
    Option,
    Select,
    TextInput,
    row,
)
from cogs.ui.custom_id import Signer
from cogs.ui.names import escaped
from core.accounts import LIMIT_LENGTH_MOST, Limit
from core.game.state import State
from core.i18n import text


def cut_line(signer: Signer, state: State) -> Message:
    """Return what the table reads of a cut, with the way on where the table still plays."""
    line = text(state.language, "telling.cut_line")
    if state.status == "ended":
        return Message(line)
    go_on = signer.write("go_on", state.session_id, state.seq)
    return Message(line, row(Button(PRIMARY, text(state.language, "buttons.go_on"), go_on, Emoji("▶️"))))


def cut_scene(locale: str) -> Message:
    """Return what stands in the place of a scene that was cut."""
    return Message(text(locale, "telling.cut"))


def yours(signer: Signer, locale: str) -> Message:
    """Return what whoever cut a scene is told, and nobody else."""
    add = Button(SECONDARY, text(locale, "buttons.add_limit"), signer.write("limit_add", arg="line"), Emoji("➕"))
    return Message(text(locale, "safety.yours"), row(add))


def limits(signer: Signer, locale: str, own: Sequence[Limit]) -> Message:
    """Return a person's limits, with the buttons that add one and take one out."""
    listed = [text(locale, f"safety.{limit.kind}", text=escaped(limit.text)) for limit in own]
    lines = [text(locale, "safety.limits"), *(listed or [text(locale, "safety.none")]), text(locale, "safety.kinds")]
    buttons = [
        Button(SECONDARY, text(locale, "buttons.add_line"), signer.write("limit_add", arg="line"), Emoji("🚫")),
        Button(SECONDARY, text(locale, "buttons.add_veil"), signer.write("limit_add", arg="veil"), Emoji("🌫️")),
    ]
    if own:
        drop = signer.write("limit_drop")
        buttons.append(Button(DANGER, text(locale, "buttons.drop_limit"), drop, Emoji("🗑️")))
    return Message("\n".join(lines), row(*buttons))


def add_form(signer: Signer, locale: str, kind: str) -> Modal:
    """Return the form that takes one limit."""
    field = TextInput("text", 1, LIMIT_LENGTH_MOST, min_length=1, placeholder=text(locale, "safety.hint"))
    return Modal(
        signer.write("limit_add", arg=kind),
        text(locale, f"safety.{kind}_title"),
        (Label(text(locale, "safety.field"), field),),
    )


def drop_form(signer: Signer, locale: str, own: Sequence[Limit]) -> Modal:
    """Return the form that takes one limit out."""
    options = tuple(Option(limit.text, str(limit.id)) for limit in own)
    return Modal(
        signer.write("limit_drop"),
        text(locale, "safety.drop_title"),
        (Label(text(locale, "safety.drop_field"), Select("limit", options)),),
    )
