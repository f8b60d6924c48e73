"""Rolls and their exact odds, as people read them."""

from fractions import Fraction
from functools import lru_cache
from typing import Final

from msgspec import Struct

from cogs.ui.components import SECONDARY, Button, Emoji, Message, row
from cogs.ui.custom_id import Signer, base62
from cogs.ui.names import hero_name, one_line
from core.accounts import PersonRoll
from core.dice import DiceError, Odds, odds, parse
from core.game.engine import Outcome
from core.game.rules.rolls import Rolled, with_words
from core.i18n import text

_THRESHOLDS: Final = 8


class Shown(Struct, frozen=True):
    """A roll to be shown: who rolled what, how it fell, and where its buttons lead."""

    name: str
    dice: str
    total: str
    line: str
    success: bool | None
    session: int = 0
    seq: int = 0
    arg: str = ""


def of_session(outcome: Outcome, event: Rolled, person_name: str, typed: str) -> Shown:
    """Return a roll made at a table, by the character if the person plays one; labels as it was typed."""
    name = hero_name(outcome.state.language, outcome.names, event.hero) if event.hero else one_line(person_name)
    cast = event.cast
    return Shown(
        name,
        cast.dice,
        cast.total,
        with_words(typed, cast),
        cast.success,
        outcome.session_id,
        outcome.seq,
        base62(event.by),
    )


def of_person(kept: PersonRoll, person_name: str) -> Shown:
    """Return a roll of a person's own."""
    rolled = kept.rolled
    arg = f"{base62(kept.person_id)}-{base62(kept.roll_id)}"
    return Shown(one_line(person_name), kept.dice, str(rolled.total), rolled.text, rolled.success, arg=arg)


def roll(signer: Signer, locale: str, shown: Shown, label: str = "") -> Message:
    """Return a roll in three lines: who and what for, the dice, how likely it was."""
    head = text(locale, "rolls.labelled", name=shown.name, label=one_line(label)) if label else ""
    head = head or text(locale, "rolls.head", name=shown.name)
    if shown.success is not None:
        verdict = text(locale, "rolls.made" if shown.success else "rolls.missed")
        head = text(locale, "rolls.verdict", head=head, verdict=verdict)
    again = Button(
        SECONDARY, text(locale, "buttons.again"), signer.write("again", shown.session, shown.seq, shown.arg), _DIE
    )
    chance = _chance_line(locale, shown.dice, shown.total)
    if not chance:
        return Message(f"{head}\n{dice_line(shown.line)}", row(again))
    chart = Button(
        SECONDARY, text(locale, "buttons.odds"), signer.write("odds", shown.session, shown.seq, shown.arg), _CHART
    )
    return Message(f"{head}\n{dice_line(shown.line)}\n{chance}", row(again, chart))


def secret(locale: str, line: str) -> Message:
    """Return a roll behind the screen."""
    return Message(text(locale, "rolls.secret", line=dice_line(line)))


def chart(locale: str, dice: str, total: str) -> Message:
    """Return the odds of a roll in words and numbers. Raises DiceError `too_complex`."""
    found, mine = odds(parse(dice)), _number(total)
    lines = [
        text(
            locale,
            "rolls.odds.head",
            dice=dice,
            low=_decimal(locale, found.min),
            high=_decimal(locale, found.max),
            mean=_decimal(locale, found.mean),
        )
    ]
    if found.success is not None:
        lines.append(text(locale, "rolls.odds.success", chance=percent(locale, found.success)))
    for value in _thresholds(found, mine):
        key = "rolls.odds.yours" if value == mine else "rolls.odds.one"
        chance = percent(locale, found.at_least(value))
        lines.append(text(locale, key, total=_decimal(locale, value), chance=chance))
    return Message("\n".join(lines))


def percent(locale: str, chance: float) -> str:
    """Return a chance as people say it: whole, except near the ends, where one or two digits more tell."""
    hundred = 100 * chance
    if 1 <= hundred <= 99 or hundred in {0.0, 100.0}:
        return f"{hundred:.0f}%"
    if hundred < 0.001:
        return f"< {_decimal(locale, 0.001, 3)}%"
    if hundred > 99.999:
        return f"> {_decimal(locale, 99.999, 3)}%"
    digits = 1 if 0.1 <= hundred <= 99.9 else 3
    return f"{_decimal(locale, hundred, digits)}%"


def dice_line(line: str) -> str:
    """Return the line of a roll; a multiplication is no italics."""
    return line.replace("*", "\\*")


@lru_cache(maxsize=4096)
def _chance_line(locale: str, dice: str, total: str) -> str:
    """Return how likely a roll was, or nothing where no die was thrown or nobody can compute it."""
    tree = parse(dice)
    if tree.dice == 0:
        return ""
    try:
        found = odds(tree)
    except DiceError:
        return ""
    if found.success is not None:
        return text(locale, "rolls.success", chance=percent(locale, found.success))
    mine = _number(total)
    beaten = int(100 * found.beats(mine) + 1e-9)
    chance = percent(locale, found.at_least(mine))
    return text(locale, "rolls.at_least", total=_decimal(locale, mine), chance=chance, n=beaten)


def _thresholds(found: Odds, mine: Fraction | int) -> list[Fraction | int]:
    step = max(1, len(found.values) // _THRESHOLDS)
    return sorted({*found.values[step - 1 :: step][:_THRESHOLDS], mine})


def _number(total: str) -> Fraction | int:
    value = Fraction(total)
    return value.numerator if value.denominator == 1 else value


def _decimal(locale: str, value: Fraction | float, digits: int = 1) -> str:
    shown = f"{float(value):.{digits}f}".rstrip("0").rstrip(".")
    return shown.replace(".", ",") if locale == "pt-BR" else shown


_DIE: Final = Emoji("🎲")
_CHART: Final = Emoji("📊")
