"""The words of the dice language."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from core.dice import limits
from core.dice.errors import DiceError

_TOKEN: Final = re.compile(
    r"""[ \t\r\n\f]*(?:
      (?P<number>[0-9]+(?:\.[0-9]+)?)
    | (?P<word>[A-Za-z]+)
    | (?P<label>\[[^\[\]]*\])
    | (?P<sign>//|>=|<=|==|!=|[-+*/%()<>])
    | (?P<end>\Z)
    )""",
    re.VERBOSE,
)
_SPACES: Final = " \t\r\n\f"
_LABEL: Final = re.compile(r"[^\W_]+(?:[ ,.&'’+-]+[^\W_]+)*")
_LABELS: Final = re.compile(r"\[[^\[\]]*\]")
# Phones and typesetting turn plain signs into these.
_TYPOGRAPHIC: Final = str.maketrans({"−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", "\xa0": " "})


class Token(NamedTuple):
    """A word: its `kind` (number, word, label, sign, end), its `text`, and its position from 1."""

    kind: str
    text: str
    at: int


def without_words(text: str) -> str:
    """Return an expression without its labels and comment: what may be kept where no one's words may stand."""
    return _LABELS.sub("", split_comment(text)[0]).strip()


def split_comment(text: str) -> tuple[str, str]:
    """Return the expression with plain signs, and the comment after `#` with its spaces made single."""
    expression, _, comment = text.partition("#")
    return expression.translate(_TYPOGRAPHIC), " ".join("".join(filter(_is_plain, comment)).split())


def tokens(expression: str) -> list[Token]:
    """Return the words of a bounded expression, closed by one of kind `end`.

    Raises DiceError `tokens`, `digits`, `label`, `unicode_digit` or `character`.
    """
    found = list(_scan(expression))
    if len(found) > limits.TOKENS:
        raise DiceError("tokens", limit=limits.TOKENS)
    return found


def _scan(expression: str) -> Iterator[Token]:
    position = 0
    while True:
        match = _TOKEN.match(expression, position)
        if match is None:
            raise _stranger(expression, position)
        kind = str(match.lastgroup)
        found = match[kind]
        at = match.start(kind) + 1
        if kind == "number" and len(found) > limits.DIGITS:
            raise DiceError("digits", n=len(found), limit=limits.DIGITS, at=at)
        yield Token(kind, _label(found, at) if kind == "label" else found.lower(), at)
        if kind == "end":
            return
        position = match.end()


def _label(bracketed: str, at: int) -> str:
    # A label is shown in public: nothing in it may open a link, a mention or formatting.
    label = " ".join(bracketed[1:-1].split())
    if len(label) > limits.LABEL or not _LABEL.fullmatch(label):
        raise DiceError("label", at=at, limit=limits.LABEL)
    return label


def _stranger(expression: str, position: int) -> DiceError:
    rest = expression[position:].lstrip(_SPACES)
    found, at = rest[0], len(expression) - len(rest) + 1
    if found.isnumeric():
        return DiceError("unicode_digit", character=found, at=at)
    if found in "[]":
        return DiceError("label", at=at, limit=limits.LABEL)
    shown = found if found.isprintable() and found not in " `" else f"U+{ord(found):04X}"
    return DiceError("character", character=shown, at=at)


def _is_plain(character: str) -> bool:
    return character.isprintable() or character.isspace()
