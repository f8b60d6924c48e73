"""From text to tree, by recursive descent.

Precedence, dice and keep/drop are those of d20 (github.com/avrae/d20, README); `adv` and `dis`, also `vant`
and `desv`, are ours. From loosest to tightest: comparison, `+ -`, `* / // %`, sign, `[label]`.
"""

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import Final

from core.dice import limits
from core.dice.errors import DiceError
from core.dice.tokens import Token, split_comment, tokens
from core.dice.tree import (
    Chain,
    Dice,
    Expression,
    Labelled,
    Negated,
    Node,
    Number,
    Pick,
    Selector,
    SelectorKind,
    dice_of,
    side_of,
)

_ADVANTAGE: Final = frozenset(("adv", "advantage", "vant", "vantagem"))
_DISADVANTAGE: Final = frozenset(("dis", "disadvantage", "desv", "desvantagem"))
_EITHER: Final = _ADVANTAGE | _DISADVANTAGE
_PICKS: Final[dict[str, tuple[bool, SelectorKind]]] = {
    "k": (False, ""),
    "kh": (False, "h"),
    "kl": (False, "l"),
    "p": (True, ""),
    "ph": (True, "h"),
    "pl": (True, "l"),
    "dh": (True, "h"),
    "dl": (True, "l"),
}
# Words that begin dice; all but the first lack the sides between the `d` and what follows.
_DICE_WORDS: Final = frozenset(("d", "dh", "dl", *(f"d{word}" for word in (*_PICKS, *_EITHER))))
_COMPARISONS: Final = frozenset((">=", "<=", ">", "<", "==", "!="))


def parse(text: str) -> Expression:
    """Return the expression that `text` says, from a cache where it was read before.

    Raises DiceError for every fault, and nothing else.
    """
    if len(text) > limits.LENGTH:
        raise DiceError("length", n=len(text), limit=limits.LENGTH)
    return _parse(text)


@lru_cache(maxsize=1024)
def _parse(text: str) -> Expression:
    expression, comment = split_comment(text)
    return _Parser(tokens(expression)).expression(comment)


class _Parser:
    def __init__(self, words: list[Token]) -> None:
        self._words = words
        self._next = 0
        self._depth = 0
        self._thrown = 0

    def expression(self, comment: str) -> Expression:
        if self._peek.kind == "end":
            raise DiceError("empty")
        left = side_of(self._with_advantage(self._sum()))
        operator, target = None, None
        if self._peek.text in _COMPARISONS:
            operator, target = self._take().text, side_of(self._sum())
            left = side_of(self._with_advantage(left.node))
        self._expect_end()
        canonical = left.canonical if target is None else f"{left.canonical}{operator}{target.canonical}"
        if len(canonical) > limits.LENGTH:
            raise DiceError("length", n=len(canonical), limit=limits.LENGTH)
        dice = [*dice_of(left.node), *(dice_of(target.node) if target else ())]
        return Expression(
            canonical=canonical,
            comment=comment,
            side=left,
            operator=operator,
            target=target,
            dice=sum(each.count for each in dice),
            weight=sum(each.count * each.sides for each in dice),
        )

    @property
    def _peek(self) -> Token:
        return self._words[self._next]

    def _take(self) -> Token:
        word = self._words[self._next]
        self._next += 1
        return word

    def _expect_end(self) -> None:
        word = self._peek
        if word.kind == "end":
            return
        if word.text == ")":
            raise DiceError("bracket_close", at=word.at)
        if word.text in _COMPARISONS:
            raise DiceError("comparison_twice", at=word.at)
        if word.kind == "word" and word.text not in _EITHER:
            raise DiceError("word", part=word.text[:20], at=word.at)
        raise DiceError("operator_missing", part=word.text[:20], at=word.at)

    def _sum(self) -> Node:
        return self._chain(("+", "-"), product=False)

    def _chain(self, operators: tuple[str, ...], *, product: bool) -> Node:
        first = self._signed() if product else self._chain(("*", "/", "//", "%"), product=True)
        rest: list[tuple[str, Node]] = []
        while self._peek.kind == "sign" and self._peek.text in operators:
            operator = self._take().text
            operand = self._signed() if product else self._chain(("*", "/", "//", "%"), product=True)
            rest.append((operator, operand))
        return Chain(first, tuple(rest)) if rest else first

    def _signed(self) -> Node:
        word = self._peek
        if word.text not in ("-", "+"):
            return self._labelled()
        self._take()
        self._deeper(word)
        node = self._signed()
        self._depth -= 1
        return Negated(node) if word.text == "-" else node

    def _deeper(self, word: Token) -> None:
        self._depth += 1
        if self._depth > limits.DEPTH:
            raise DiceError("depth", limit=limits.DEPTH, at=word.at)

    def _labelled(self) -> Node:
        node = self._atom()
        while self._peek.kind == "label":
            word = self._take()
            label = word.text
            match node:
                case Labelled(of, earlier):
                    node, label = of, f"{earlier}, {label}"
            if len(label) > limits.LABEL:
                raise DiceError("label", at=word.at, limit=limits.LABEL)
            node = Labelled(node, label)
        return node

    def _atom(self) -> Node:
        word = self._take()
        if word.kind == "number":
            if self._peek.text in _DICE_WORDS:
                return self._dice(word, self._take())
            return _number(word.text)
        if word.text in _DICE_WORDS:
            return self._dice(None, word)
        if word.text in _EITHER:
            self._count(2)
            return _advantage(Dice(1, 20), word)
        if word.text == "(":
            return self._group(word)
        if word.kind == "word":
            raise DiceError("word", part=word.text[:20], at=word.at)
        raise DiceError("operand_missing", at=word.at)

    def _group(self, opening: Token) -> Node:
        self._deeper(opening)
        node = self._sum()
        self._depth -= 1
        if self._peek.text != ")":
            if self._peek.kind == "end":
                raise DiceError("bracket_open", at=opening.at)
            self._expect_end()
        self._take()
        return node

    def _dice(self, count: Token | None, word: Token) -> Dice:
        at = count.at if count else word.at
        spelled = f"{count.text if count else ''}d"
        faces = self._peek
        percent = word.text == "d" and faces.text == "%"
        if word.text != "d" or not (percent or faces.kind == "number"):
            raise DiceError("sides_missing", part=spelled, at=at)
        self._take()
        sides = 10 if percent else self._whole(faces)
        if not 1 <= sides <= limits.SIDES:
            code = "sides" if sides else "sides_zero"
            raise DiceError(code, n=sides, limit=limits.SIDES, part=f"{spelled}{sides}", at=at)
        dice = Dice(self._whole(count) if count else 1, sides, percent)
        self._count(dice.count)
        return self._picked(dice)

    def _count(self, dice: int) -> None:
        self._thrown += dice
        if self._thrown > limits.DICE:
            raise DiceError("dice", n=self._thrown, limit=limits.DICE)

    def _whole(self, word: Token) -> int:
        if "." in word.text:
            raise DiceError("whole", part=word.text, at=word.at)
        return int(word.text)

    def _picked(self, dice: Dice) -> Dice:
        picks: list[Pick] = []
        while self._peek.kind == "word" and self._peek.text in _PICKS:
            drop, selector = self._pick(self._take())
            if picks and picks[-1].drop == drop:
                picks[-1] = Pick(drop, (*picks[-1].selectors, selector))
            else:
                picks.append(Pick(drop, (selector,)))
        dice = replace(dice, picks=tuple(picks))
        if self._peek.text in _EITHER and (picks or dice.count == 1):
            word = self._take()
            if picks:
                raise DiceError("advantage_dice", part=word.text, at=word.at)
            self._count(1)
            return _advantage(dice, word)
        return dice

    def _pick(self, word: Token) -> tuple[bool, Selector]:
        drop, kind = _PICKS[word.text]
        spelled = word.text
        if not kind and self._peek.text in (">", "<"):
            kind = ">" if self._take().text == ">" else "<"
            spelled += kind
        if self._peek.kind != "number":
            raise DiceError("keep_number", part=spelled, at=word.at)
        return drop, Selector(kind, self._whole(self._take()))

    def _with_advantage(self, node: Node) -> Node:
        """Give the leftmost single twenty-sided die the advantage that stands behind the whole sum."""
        word = self._peek
        if word.kind != "word" or word.text not in _EITHER:
            return node
        self._take()
        found = _with_first_d20(node, word)
        if found is None:
            raise DiceError("advantage_dice", part=word.text, at=word.at)
        self._count(1)
        return found


def _number(text: str) -> Number:
    if "." not in text:
        return Number(int(text), str(int(text)))
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0")
    if not decimals:
        return Number(int(whole), str(int(whole)))
    return Number(Fraction(f"{whole}.{decimals}"), f"{int(whole)}.{decimals}")


def _advantage(dice: Dice, word: Token) -> Dice:
    kind: SelectorKind = "h" if word.text in _ADVANTAGE else "l"
    return replace(dice, count=2, picks=(Pick(drop=False, selectors=(Selector(kind, 1),)),))


def _with_first_d20(node: Node, word: Token) -> Node | None:
    match node:
        case Dice(count=1, sides=20, picks=()):
            return _advantage(node, word)
        case Negated(of) | Labelled(of):
            found = _with_first_d20(of, word)
            return replace(node, of=found) if found else None
        case Chain(first, rest):
            operands = [first, *(operand for _, operand in rest)]
            for index, operand in enumerate(operands):
                if found := _with_first_d20(operand, word):
                    operands[index] = found
                    signs = (sign for sign, _ in rest)
                    return Chain(operands[0], tuple(zip(signs, operands[1:], strict=True)))
    return None
