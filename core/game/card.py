"""Lore cards: what a game master writes for the storyteller to know when a key is heard, and a book's own settings.

Fields and their meaning are those of SillyTavern's world info; what we do not know of a file is kept in `extra`.
"""

from typing import Any, Final, Literal

from msgspec import Struct, field

Logic = Literal["and_any", "not_all", "not_any", "and_all"]
Position = Literal[
    "before", "after", "note_top", "note_bottom", "at_depth", "examples_top", "examples_bottom", "outlet"
]
Role = Literal["system", "user", "assistant"]

CARDS_MOST: Final = 1_000
"""Cards of one session."""
KEYS_MOST: Final = 50
KEY_MOST: Final = 200
"""Characters of a key, a pattern or a group's name."""
NAME_MOST: Final = 200
TEXT_MOST: Final = 8_000
NUMBER_MOST: Final = 1_000_000
EXTRA_MOST: Final = 4_000
"""Bytes of JSON that are kept unread of one card or book."""
FILE_MOST: Final = 1 << 20
"""Bytes of a file that a book comes in."""
SETTINGS_MOST: Final = 8_000
BOOK_MOST: Final = 2_000_000
"""Characters of all that a session's rows hold of its book."""


class Card(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One card.

    `keys` are heard in what was told and done lately, `/…/flags` (or all, with `patterns`) are patterns; `secondary`
    decide by `logic` whether a heard key counts. None means the book's own way. `sticky`, `cooldown` and `delay` are
    tellings, `scan_depth` texts, `probability` percent. `depth` and `role` go with `position` at_depth. `until` is the
    secret that has to be revealed before the card may be used. `accents`: they have to be right.
    """

    name: str = ""
    keys: tuple[str, ...] = ()
    secondary: tuple[str, ...] = ()
    logic: Logic = "and_any"
    selective: bool = True
    text: str = ""
    on: bool = True
    constant: bool = False
    patterns: bool = False
    case: bool | None = None
    whole_words: bool | None = None
    accents: bool = False
    order: int = 100
    position: Position = "before"
    depth: int = 4
    role: Role = "system"
    probability: int = 100
    use_probability: bool = True
    sticky: int = 0
    cooldown: int = 0
    delay: int = 0
    groups: tuple[str, ...] = ()
    group_weight: int = 100
    group_override: bool = False
    group_scoring: bool | None = None
    scan_depth: int | None = None
    exclude_recursion: bool = False
    prevent_recursion: bool = False
    delay_until_recursion: int = 0
    ignore_budget: bool = False
    until: str = ""
    decorators: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Return what the card is called: its name, else its first key."""
        return self.name.strip() or next(iter(self.keys), "")


class BookSettings(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a book reads its cards: how many texts back, within how many tokens (None: the prompt's), and in rounds."""

    name: str = ""
    description: str = ""
    scan_depth: int = 4
    token_budget: int | None = None
    recursive: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


class Page(Struct, frozen=True, omit_defaults=True):
    """What the words of one row hold of a book: cards by their id, and the book's settings if the row sets them."""

    cards: dict[str, Card]
    settings: BookSettings | None = None
