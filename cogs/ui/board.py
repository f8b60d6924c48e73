"""The map as a board: a picture with its words, arrows that move the presser's token."""

import asyncio
from collections.abc import Mapping
from hashlib import blake2b
from typing import Final

import msgspec

from cogs.ui.components import (
    SECONDARY,
    Button,
    Container,
    Emoji,
    Gallery,
    Label,
    Media,
    Message,
    Modal,
    Picture,
    Row,
    Text,
    TextInput,
    Upload,
)
from cogs.ui.custom_id import Signer
from cogs.ui.names import escaped
from core.game.state import State
from core.i18n import text
from core.maps import Board, MapError, cell_name, describe
from core.maps.render import render

ACCENT: Final = 0x8B6CEF
FILE: Final = "map.png"
_ARROWS: Final = (
    (("nw", "↖️"), ("n", "⬆️"), ("ne", "↗️")),
    (("w", "⬅️"), ("", "📍"), ("e", "➡️")),
    (("sw", "↙️"), ("s", "⬇️"), ("se", "↘️")),
)


def named(state: State, names: Mapping[str, str | None], locale: str) -> Board:
    """Return the board with the heroes' names on their tokens. Raises ValueError when there is no board."""
    if state.board is None:
        raise ValueError("no board")
    tokens = tuple(
        msgspec.structs.replace(token, name=(names.get(token.id) or text(locale, "table.nameless"))[:40])
        if token.id in state.heroes
        else token
        for token in state.board.tokens
    )
    return msgspec.structs.replace(state.board, tokens=tokens)


def mark(board: Board) -> str:
    """Return six characters that change when anything on the board does."""
    return blake2b(msgspec.json.encode(board), digest_size=3).hexdigest()


async def board(
    signer: Signer,
    locale: str,
    state: State,
    names: Mapping[str, str | None],
    *,
    line: str,
    who: str = "",
    picture: bool = True,
) -> Message:
    """Return the map as seen from token `who`, under a line of words.

    The picture is drawn beside the event loop; without one, the map is told in words.
    """
    shown = named(state, names, locale)
    told = describe(shown, locale, who or None)
    buttons = (*_arrows(signer, locale, state), _reads(signer, locale, state))
    if not picture:
        words = "\n".join((line, escaped(told), text(locale, "board.no_picture")))
        return Message(rows=(Container(ACCENT, (Text(words), *buttons)),))
    drawn = await asyncio.to_thread(render, shown, focus=who or None, locale=locale)
    gallery = Gallery((Picture(Media(f"attachment://{FILE}"), told),))
    return Message(
        rows=(Container(ACCENT, (Text(line), gallery, *buttons)),), files=(Upload(FILE, drawn, "image/png", told),)
    )


def where(locale: str, state: State, names: Mapping[str, str | None], who: str) -> str:
    """Return the line that says where a token stands, or how large the map is."""
    shown = named(state, names, locale)
    token = next((token for token in shown.tokens if token.id == who), None)
    if token is None:
        return text(locale, "board.laid", width=shown.width, height=shown.height)
    return text(locale, "board.at", name=escaped(token.name), at=cell_name(token.at))


def words(locale: str, state: State, names: Mapping[str, str | None], who: str) -> Message:
    """Return the map in words."""
    return Message(escaped(describe(named(state, names, locale), locale, who or None)))


def go_form(signer: Signer, locale: str, session: int, seq: int) -> Modal:
    """Return the form that takes a square."""
    field = TextInput("to", 1, 4, min_length=1)
    return Modal(
        signer.write("go", session, seq),
        text(locale, "board.go_title"),
        (Label(text(locale, "board.go_field"), field),),
    )


def with_name(error: MapError, state: State, names: Mapping[str, str | None], locale: str) -> MapError:
    """Return the error with the name of who stands in the way: the log knows heroes only by id."""
    at = error.data.get("at")
    if error.code != "occupied" or state.board is None:
        return error
    shown = named(state, names, locale).tokens
    found = next((escaped(token.name) for token in shown if at in [cell_name(cell) for cell in token.cells()]), "")
    return MapError("occupied", **{**error.data, "name": found or str(error.data.get("name"))})


def _arrows(signer: Signer, locale: str, state: State) -> list[Row]:
    assert state.board is not None  # noqa: S101 - `named` came first
    seen = mark(state.board)

    def button(way: str, emoji: str) -> Button:
        verb, label, arg = ("step", way, f"{way}:{seen}") if way else ("go", "go_to", "")
        custom_id = signer.write(verb, state.session_id, state.seq, arg)
        return Button(SECONDARY, text(locale, f"buttons.{label}"), custom_id, Emoji(emoji))

    return [Row(tuple(button(way, emoji) for way, emoji in line)) for line in _ARROWS]


def _reads(signer: Signer, locale: str, state: State) -> Row:
    found = (("view", "my_view", "👁️"), ("words", "describe", "💬"))
    return Row(
        tuple(
            Button(
                SECONDARY,
                text(locale, f"buttons.{label}"),
                signer.write(verb, state.session_id, state.seq),
                Emoji(emoji),
            )
            for verb, label, emoji in found
        )
    )
