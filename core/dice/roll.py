"""Rolling an expression."""

from functools import cache

import msgspec

from core.dice import limits
from core.dice.arithmetic import apply, bounded, holds, shown
from core.dice.draw import Draw
from core.dice.picks import kept
from core.dice.tree import Dice, Expression, Labelled, Negated, Node, Number, Side, Value

_SHOWN_OF_LONG_HAND = 5
_COMMON_SIDES = 100
_SIGNS = {">=": "≥", "<=": "≤", "==": "=", "!=": "≠"}


class Die(msgspec.Struct, frozen=True, gc=False):
    """One die as it fell: `value` is what it counts for, `face` what was drawn (1 to `sides`)."""

    sides: int
    value: int
    kept: bool
    face: int


Hand = tuple[Die, ...]


class Term(msgspec.Struct, frozen=True):
    """One term at the top of a sum, such as `2d6[fire]`: its text, label, signed total and dice."""

    text: str
    label: str
    total: Value
    dice: Hand


class Rolled(msgspec.Struct, frozen=True):
    """A roll: `text` reads `1d20+5 = [14] + 5 = 19`, a dropped die in parentheses.

    With a comparison `success` tells whether it holds, and `target` what the total was held against.
    `total` and `terms` are of its left side; `dice` are all, in the order they were drawn.
    """

    total: Value
    text: str
    dice: Hand
    terms: tuple[Term, ...]
    success: bool | None = None
    target: Value | None = None


def roll(expression: Expression, draw: Draw) -> Rolled:
    """Roll every die with `draw`, from left to right.

    Raises DiceError `division_by_zero` or `too_big`, where the dice made it so.
    """
    total, text, hands, terms = _side(expression.side, draw)
    if expression.operator is None or expression.target is None:
        return Rolled(total, text, _joined(hands), terms)
    target, aim, more, _ = _side(expression.target, draw)
    if not more:
        aim = shown(target)
    text = f"{text} ({_SIGNS.get(expression.operator, expression.operator)} {aim})"
    success = holds(expression.operator, total, target)
    return Rolled(total, text, _joined(hands + more), terms, success, target)


def _side(side: Side, draw: Draw) -> tuple[Value, str, list[Hand], tuple[Term, ...]]:
    hands: list[Hand] = []
    terms: list[Term] = []
    total: Value = 0
    for addend in side.addends:
        mine: list[Hand] = []
        value = _value(addend.node, draw, mine)
        if addend.sign < 0:
            value = -value
        total += value
        terms.append(Term(addend.text, addend.label, value, _joined(mine)))
        hands += mine
    total = bounded(total)
    return total, _text(side, hands, total), hands, tuple(terms)


def _value(node: Node, draw: Draw, hands: list[Hand]) -> Value:
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Dice):
        return _thrown(node, draw, hands)
    if isinstance(node, Negated):
        return -_value(node.of, draw, hands)
    if isinstance(node, Labelled):
        return _value(node.of, draw, hands)
    value = _value(node.first, draw, hands)
    for sign, operand in node.rest:
        value = apply(sign, value, _value(operand, draw, hands))
    return value


def _thrown(dice: Dice, draw: Draw, hands: list[Hand]) -> int:
    sides, picks = dice.sides, dice.picks
    if not picks and not dice.percent:
        fallen = _fallen(sides) if sides <= _COMMON_SIDES else None
        if dice.count == 1:
            face = draw(sides)
            hands.append((fallen[face] if fallen else Die(sides, face, True, face),))
            return face
        faces = [draw(sides) for _ in range(dice.count)]
        hands.append(tuple([fallen[face] if fallen else Die(sides, face, True, face) for face in faces]))
        return sum(faces)
    faces = [draw(sides) for _ in range(dice.count)]
    values = [10 * (face - 1) for face in faces] if dice.percent else faces
    stay = kept(values, picks)
    hand = [Die(sides, value, False, face) for value, face in zip(values, faces, strict=True)]
    for at in stay:
        hand[at] = Die(sides, values[at], True, faces[at])
    hands.append(tuple(hand))
    return sum([values[at] for at in stay])


@cache
def _fallen(sides: int) -> tuple[Die, ...]:
    """Return the dice of so many sides by their face, since most rolls throw the same few."""
    return tuple(Die(sides, face, True, face) for face in range(sides + 1))


def _joined(hands: list[Hand]) -> Hand:
    if len(hands) == 1:
        return hands[0]
    return tuple([die for hand in hands for die in hand])


def _text(side: Side, hands: list[Hand], total: Value) -> str:
    if not hands:
        return f"{side.canonical} = {shown(total)}"
    middle = _framed(side.frame, [_hand(hand) for hand in hands])
    if len(middle) > limits.HANDS_TEXT:
        middle = _framed(side.frame, [_short_hand(hand) for hand in hands])
    if len(middle) > limits.HANDS_TEXT:
        middle = "…"
    return f"{side.canonical} = {middle} = {shown(total)}"


def _framed(frame: tuple[str, ...], hands: list[str]) -> str:
    if len(hands) == 1:
        return f"{frame[0]}{hands[0]}{frame[1]}"
    pieces = [frame[0]]
    for hand, after in zip(hands, frame[1:], strict=True):
        pieces += hand, after
    return "".join(pieces)


def _hand(hand: Hand) -> str:
    if len(hand) == 1 and hand[0].kept:
        return f"[{hand[0].value}]"
    return f"[{', '.join([str(die.value) if die.kept else f'({die.value})' for die in hand])}]"


def _short_hand(hand: Hand) -> str:
    if len(hand) <= _SHOWN_OF_LONG_HAND:
        return _hand(hand)
    total = sum(die.value for die in hand if die.kept)
    return f"{_hand(hand[:_SHOWN_OF_LONG_HAND])[:-1]}, … = {total}]"
