"""Dice at the table: in the open, and the game master's hidden ones."""

from msgspec import Struct

from core.dice import parse, without_words
from core.dice import roll as cast
from core.game.registry import Command, Decision, Draws, Event, Words, applies, rule
from core.game.state import Audience, State
from core.game.texts import cleaned


class Roll(Command, frozen=True, kw_only=True):
    """Roll dice where all see it."""

    dice: str
    label: str = ""


class SecretRoll(Command, frozen=True, kw_only=True):
    """Roll dice that only the game master sees."""

    dice: str


class Die(Struct, frozen=True, array_like=True):
    """One die as it fell."""

    sides: int
    value: int
    kept: bool
    face: int


class Cast(Struct, frozen=True, omit_defaults=True):
    """A roll as the log keeps it: which draw, of what, the dice, the total as text and as a line.

    `success` tells whether a comparison in the expression holds.
    """

    index: int
    dice: str
    total: str
    line: str
    fell: tuple[Die, ...]
    success: bool | None = None


class Rolled(Event, frozen=True, kw_only=True):
    """Dice were rolled. `by` is the person; the label is in this row's words."""

    by: int
    cast: Cast
    hero: str = ""
    hidden: bool = False


def cast_dice(expression: str, index: int, draws: Draws, *, hidden: bool = False) -> Cast:
    """Roll an expression with draw `index`. Raises core.dice.DiceError for a bad one.

    Labels are a person's words and stay out of the cast (law 13); `with_words` puts them back for those who have them.
    """
    parse(expression)
    tree = parse(without_words(expression))
    rolled = cast(tree, draws.draw(index, hidden=hidden))
    fell = tuple(Die(d.sides, d.value, d.kept, d.face) for d in rolled.dice)
    return Cast(index, tree.canonical, str(rolled.total), rolled.text, fell, rolled.success)


def with_words(typed: str, made: Cast) -> str:
    """Return the line of a cast with the labels it was typed with."""
    faces = iter(made.fell)
    return cast(parse(typed), lambda _sides: next(faces).face).text


@rule(Roll, who="anyone")
def roll(state: State, command: Roll, draws: Draws) -> Decision:
    """Roll in the open."""
    made = cast_dice(command.dice, state.rolls, draws)
    hero = state.hero_of(command.by)
    words = (Words("label", cleaned(command.label, 80), command.by),) if command.label.strip() else ()
    rolled = Rolled(by=command.by, cast=made, hero=hero.id if hero else "")
    return Decision((rolled,), {"total": made.total}, words)


@rule(SecretRoll, who="gm")
def secret_roll(state: State, command: SecretRoll, draws: Draws) -> Decision:
    """Roll behind the screen, on a seed of its own."""
    to: Audience = "gm"
    made = cast_dice(command.dice, state.hidden_rolls, draws, hidden=True)
    return Decision((Rolled(by=command.by, cast=made, hidden=True, to=to),), {"total": made.total})


@applies(Rolled)
def _rolled(state: State, event: Rolled, seq: int) -> State:
    if event.hidden:
        return state.with_(hidden_rolls=event.cast.index + 1)
    return state.with_(rolls=event.cast.index + 1).step(seq, "roll", event.hero)
