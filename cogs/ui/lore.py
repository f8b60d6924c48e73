"""Lore cards as the game master reads and writes them."""

from collections.abc import Mapping
from typing import Final

from cogs.shelf import Arrived, Shelved
from cogs.ui.components import (
    DANGER,
    PRIMARY,
    SECONDARY,
    Button,
    Emoji,
    Label,
    MenuRow,
    Message,
    Modal,
    Option,
    Row,
    Select,
    TextInput,
)
from cogs.ui.custom_id import Signer
from cogs.ui.lore_options import written
from cogs.ui.names import escaped, one_line
from core.game.card import NAME_MOST, Card
from core.game.refusal import Refusal
from core.game.state import State
from core.i18n import text

PAGE: Final = 25
FIELD_MOST: Final = 4_000
OPTIONS_MOST: Final = 400
_TEXT_SHOWN: Final = 1_200
_KEYS_SHOWN: Final = 300


def shelf(signer: Signer, locale: str, state: State, shelved: Shelved, page: int = 0) -> Message:
    """Return the cards, one page of them in a menu, with what can be done."""
    pages = max(1, -(-len(shelved.cards) // PAGE))
    page = min(max(0, page), pages - 1)
    off = sum(not card.on for card in shelved.cards.values())
    head = text(locale, "lore.shelf", n=len(shelved.cards), off=off) if shelved.cards else text(locale, "lore.empty")
    lines = [head]
    if pages > 1:
        lines.append(text(locale, "lore.page", page=page + 1, pages=pages))
    if shelved.erased:
        lines.append(text(locale, "lore.erased", n=len(shelved.erased)))
    menu = _menu(signer, locale, state, shelved.cards, page)
    return Message("\n".join(lines), (*menu, _doing(signer, locale, state, page, pages)))


def _menu(signer: Signer, locale: str, state: State, cards: Mapping[str, Card], page: int) -> tuple[MenuRow, ...]:
    shown = list(cards.items())[page * PAGE : (page + 1) * PAGE]
    options = tuple(Option(title(locale, card), id_, _short(", ".join(card.keys))) for id_, card in shown)
    if not options:
        return ()
    custom_id = signer.write("lore_pick", state.session_id, state.seq, str(page))
    return (MenuRow((Select(custom_id, options, placeholder=text(locale, "lore.choose")),)),)


def _doing(signer: Signer, locale: str, state: State, page: int, pages: int) -> Row:
    def button(style: int, word: str, emoji: str, verb: str, arg: str = "") -> Button:
        custom_id = signer.write(verb, state.session_id, state.seq, arg)
        return Button(style, text(locale, f"buttons.{word}"), custom_id, Emoji(emoji))

    buttons = [button(PRIMARY, "lore_add", "➕", "lore_add")]
    if state.lore:
        buttons.append(button(SECONDARY, "lore_export", "📤", "lore_export"))
    if page > 0:
        buttons.append(button(SECONDARY, "page_back", "◀️", "lore_list", str(page - 1)))
    if page < pages - 1:
        buttons.append(button(SECONDARY, "page_on", "▶️", "lore_list", str(page + 1)))
    return Row(tuple(buttons))


def card(signer: Signer, locale: str, state: State, id_: str, shown: Card, *, note: str = "") -> Message:
    """Return one card with its buttons, under a line that says what became of it."""

    def button(style: int, word: str, emoji: str, verb: str, arg: str) -> Button:
        custom_id = signer.write(verb, state.session_id, state.seq, arg)
        return Button(style, text(locale, f"buttons.{word}"), custom_id, Emoji(emoji))

    keys = text(locale, "lore.always") if shown.constant else one_line(", ".join(shown.keys), _KEYS_SHOWN)
    options = written(locale, shown)
    body = shown.text if len(shown.text) <= _TEXT_SHOWN else f"{shown.text[:_TEXT_SHOWN]}…"
    lines = [
        text(locale, "lore.card" if shown.on else "lore.card_off", name=one_line(title(locale, shown))),
        text(locale, "lore.keys", keys=keys),
        *([f"-# {one_line(options, _KEYS_SHOWN)}"] if options else []),
        escaped(body),
    ]
    switch = ("lore_off", "🌑", "off") if shown.on else ("lore_on", "🌕", "on")
    row = Row(
        (
            button(PRIMARY, "lore_edit", "✏️", "lore_edit", id_),
            button(SECONDARY, switch[0], switch[1], "lore_switch", f"{id_}:{switch[2]}"),
            button(DANGER, "lore_remove", "🗑️", "lore_remove", id_),
            button(SECONDARY, "lore_all", "📖", "lore_list", "0"),
        )
    )
    return Message("\n".join([*([note] if note else []), *lines]), (row,))


def form(signer: Signer, locale: str, state: State, id_: str = "", shown: Card | None = None) -> Modal:
    """Return the form that writes a card, new or known. Raises Refusal `card_too_large_here`."""
    known = shown or Card()
    keys, options = ", ".join(known.keys), written(locale, known)
    if len(known.text) > FIELD_MOST or len(keys) > FIELD_MOST or len(options) > OPTIONS_MOST:
        raise Refusal("card_too_large_here")
    when = tuple(
        Option(text(locale, f"lore.when.{code}"), code, default=(code == "always") == known.constant)
        for code in ("heard", "always")
    )
    verb = "lore_edit" if shown else "lore_add"

    def label(name: str, field: TextInput | Select) -> Label:
        return Label(text(locale, f"lore.form.{name}"), field)

    hint = text(locale, "lore.form.options_hint")
    return Modal(
        signer.write(verb, state.session_id, state.seq, id_),
        text(locale, "lore.form.title"),
        (
            label("name", TextInput("name", 1, NAME_MOST, value=known.name, required=False)),
            label("when", Select("when", when)),
            label("keys", TextInput("keys", 2, FIELD_MOST, value=keys, required=False)),
            label("text", TextInput("text", 2, FIELD_MOST, min_length=1, value=known.text)),
            label("options", TextInput("options", 1, OPTIONS_MOST, value=options, placeholder=hint, required=False)),
        ),
    )


def arrived(locale: str, file: Arrived) -> str:
    """Return what a file brought."""
    if not (file.new or file.known or file.settings):
        return text(locale, "lore.same")
    lines = [text(locale, "lore.imported", n=len(file.new), changed=len(file.known))]
    return "\n".join(lines + ([text(locale, "lore.deaf", n=file.deaf)] if file.deaf else []))


def title(locale: str, shown: Card) -> str:
    """Return what a card is called: its name, else its first key."""
    return _short(shown.title) or text(locale, "lore.nameless")


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= 100 else f"{line[:99]}…"
