"""The syntax tree of the dice language, and how it is written.

Trees are immutable and plain; parsing, rolling and odds each walk them in a file of their own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Value = int | Fraction
"""A number of the language: whole where it can be, else an exact fraction."""

SelectorKind = Literal["", "h", "l", ">", "<"]


@dataclass(frozen=True, slots=True)
class Selector:
    """Which dice: the `h` or `l` (highest, lowest) `number`, those `>` or `<` it, or those that show it."""

    kind: SelectorKind
    number: int


@dataclass(frozen=True, slots=True)
class Pick:
    """Keep (`k`) or drop (`p`) the dice that any of the selectors names, among those still kept."""

    drop: bool
    selectors: tuple[Selector, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written, never negative."""

    value: Value
    text: str


@dataclass(frozen=True, slots=True)
class Dice:
    """`count` dice with `sides` faces. `percent` is d20's `d%`: ten faces worth 0, 10 … 90."""

    count: int
    sides: int
    percent: bool = False
    picks: tuple[Pick, ...] = ()


@dataclass(frozen=True, slots=True)
class Negated:
    """A minus sign before a value."""

    of: "Node"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A value with a label such as `fire`."""

    of: "Node"
    label: str


@dataclass(frozen=True, slots=True)
class Chain:
    """Values joined from left to right by operators of one rank: `+ -`, or `* / // %`."""

    first: "Node"
    rest: tuple[tuple[str, "Node"], ...]

    @property
    def additive(self) -> bool:
        """Whether this is a sum rather than a product."""
        return self.rest[0][0] in "+-"


Node = Number | Dice | Negated | Labelled | Chain


@dataclass(frozen=True, slots=True)
class Addend:
    """One term at the top of an expression: `sign` is 1 or -1, `text` and `label` are its own."""

    sign: int
    node: Node
    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Side:
    """A value that can be rolled. `frame` is the text around its hands of dice, one piece more than hands."""

    node: Node
    canonical: str
    frame: tuple[str, ...]
    addends: tuple[Addend, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A parsed expression, equal to any other of the same `canonical` text and comment.

    `side` is what is rolled. With a comparison, `operator` is one of `>= <= > < == !=` and `target` is what
    the total is held against; else both are None. `dice` counts the dice; `weight` sums their faces.
    """

    canonical: str
    comment: str
    side: Side
    operator: str | None
    target: Side | None
    dice: int
    weight: int

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Expression):
            return NotImplemented
        return self.canonical == other.canonical and self.comment == other.comment

    def __hash__(self) -> int:
        return hash(self.canonical)


def dice_of(node: Node) -> Iterator[Dice]:
    """Yield the dice below `node` in the order they are rolled."""
    match node:
        case Dice():
            yield node
        case Negated(of) | Labelled(of):
            yield from dice_of(of)
        case Chain(first, rest):
            yield from dice_of(first)
            for _, operand in rest:
                yield from dice_of(operand)


def side_of(node: Node) -> Side:
    """Return `node` ready to be rolled and shown."""
    frame = [""]
    for piece in _pieces(node, " "):
        if isinstance(piece, Dice):
            frame.append("")
        else:
            frame[-1] += piece
    return Side(node, written(node), tuple(frame), tuple(_addends(node)))


def written(node: Node) -> str:
    """Return the shortest text that parses to `node`."""
    return "".join(_dice_text(piece) if isinstance(piece, Dice) else piece for piece in _pieces(node, ""))


def _addends(node: Node) -> Iterator[Addend]:
    parts = [("+", node)]
    if isinstance(node, Chain) and node.additive:
        parts = [("+", node.first), *node.rest]
    for operator, part in parts:
        bare, label = (part.of, part.label) if isinstance(part, Labelled) else (part, "")
        yield Addend(-1 if operator == "-" else 1, part, written(bare), label)


def _pieces(node: Node, space: str) -> Iterator[str | Dice]:
    """Yield the text of `node` with its dice left whole; `space` stands around operators."""
    match node:
        case Number():
            yield node.text
        case Dice():
            yield node
        case Negated(of):
            yield "-"
            yield from _operand(of, _rank(node), space)
        case Labelled(of, label):
            yield from _operand(of, _rank(node), space)
            yield f" {label}" if space else f"[{label}]"
        case Chain(first, rest):
            yield from _operand(first, _rank(node) + 1, space)
            for operator, operand in rest:
                yield f"{space}{operator}{space}"
                yield from _operand(operand, _rank(node) + 1, space)


def _operand(node: Node, least: int, space: str) -> Iterator[str | Dice]:
    if _rank(node) >= least:
        yield from _pieces(node, space)
    else:
        yield "("
        yield from _pieces(node, space)
        yield ")"


def _rank(node: Node) -> int:
    match node:
        case Chain():
            return 1 if node.additive else 2
        case Negated():
            return 3
        case Labelled():
            return 4
        case _:
            return 5


def _dice_text(dice: Dice) -> str:
    faces = "%" if dice.percent else str(dice.sides)
    picks = (
        f"{'p' if pick.drop else 'k'}{selector.kind}{selector.number}"
        for pick in dice.picks
        for selector in pick.selectors
    )
    return f"{dice.count}d{faces}{''.join(picks)}"
