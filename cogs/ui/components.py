"""Discord's messages, components and modals as frozen values, written straight to JSON.

Nothing here is remembered between sending and pressing: a button is its custom id. Types are Discord's numbers.
"""

from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct, UnsetType

EPHEMERAL: Final = 1 << 6
COMPONENTS_V2: Final = 1 << 15
PRIMARY, SECONDARY, SUCCESS, DANGER = 1, 2, 3, 4


class Emoji(Struct, frozen=True):
    """A Unicode emoji."""

    name: str


class Button(Struct, frozen=True, omit_defaults=True, tag_field="type", tag=2):
    """A button; never disabled, never without a word."""

    style: int
    label: str
    custom_id: str
    emoji: Emoji | None = None


class Option(Struct, frozen=True, omit_defaults=True):
    """One choice of a select."""

    label: str
    value: str
    description: str = ""
    default: bool = False


class Select(Struct, frozen=True, omit_defaults=True, tag_field="type", tag=3):
    """A menu of up to 25 choices."""

    custom_id: str
    options: tuple[Option, ...]
    placeholder: str = ""
    required: bool = True


class Row(Struct, frozen=True, tag_field="type", tag=1):
    """Up to five buttons side by side."""

    components: tuple[Button, ...]


class MenuRow(Struct, frozen=True, tag_field="type", tag=1):
    """One menu in a message."""

    components: tuple[Select]


class TextInput(Struct, frozen=True, omit_defaults=True, tag_field="type", tag=4):
    """A field of a modal; style 1 is one line, 2 a paragraph."""

    custom_id: str
    style: int
    max_length: int
    min_length: int = 0
    placeholder: str = ""
    value: str = ""
    required: bool = True


class Label(Struct, frozen=True, omit_defaults=True, tag_field="type", tag=18):
    """A field of a modal with its name."""

    label: str
    component: TextInput | Select
    description: str = ""


class Modal(Struct, frozen=True):
    """A form of up to five fields."""

    custom_id: str
    title: str
    components: tuple[Label, ...]


class Text(Struct, frozen=True, tag_field="type", tag=10):
    """A text in a board."""

    content: str


class Media(Struct, frozen=True):
    """Where a picture is."""

    url: str


class Picture(Struct, frozen=True):
    """A picture with its alt text of at most 1,024 characters."""

    media: Media
    description: str


class Gallery(Struct, frozen=True, tag_field="type", tag=12):
    """Pictures in a board."""

    items: tuple[Picture, ...]


class Container(Struct, frozen=True, tag_field="type", tag=17):
    """A board: texts, pictures and rows under one accent colour."""

    accent_color: int
    components: tuple[Text | Gallery | Row, ...]


class Upload(Struct, frozen=True):
    """A file that goes with a message; `alt` says what a picture shows."""

    name: str
    content: bytes
    media_type: str
    alt: str = ""


class Message(Struct, frozen=True):
    """What is shown: a text with rows of buttons, or a board (then `content` stays empty)."""

    content: str = ""
    rows: tuple[Row | MenuRow | Container, ...] = ()
    files: tuple[Upload, ...] = ()


class _Silence(Struct, frozen=True):
    parse: tuple[str, ...] = ()


class _Attachment(Struct, frozen=True):
    id: int
    filename: str
    description: str | UnsetType = UNSET


class _Body(Struct, frozen=True):
    content: str | UnsetType
    components: tuple[Row | MenuRow | Container, ...]
    allowed_mentions: _Silence
    flags: int | UnsetType = UNSET
    attachments: tuple[_Attachment, ...] | UnsetType = UNSET


_NOBODY: Final = _Silence()


UNBUTTONED: Final = Message()
"""As an update: the text stays as it stands by now, whoever wrote it, and the buttons go."""


def body(message: Message, *, private: bool = False) -> Any:
    """Return the message as Discord wants it. It pings nobody, whatever its text says."""
    board = any(isinstance(row, Container) for row in message.rows)
    flags = (EPHEMERAL if private else 0) | (COMPONENTS_V2 if board else 0)
    files = tuple(_Attachment(n, file.name, file.alt or UNSET) for n, file in enumerate(message.files))
    content = UNSET if board or not message.content else message.content
    return _Body(content, message.rows, _NOBODY, flags or UNSET, files or UNSET)


def encoded(value: Any) -> bytes:
    """Return JSON."""
    return msgspec.json.encode(value)


def row(*buttons: Button) -> tuple[Row, ...]:
    """Return the buttons as one row."""
    return (Row(buttons),)
