"""Dice: a language, fair rolls and exact odds."""

from core.dice.draw import SEED_BYTES, Draw, SeededDraw
from core.dice.errors import DiceError
from core.dice.grammar import parse
from core.dice.odds import Odds, odds
from core.dice.roll import Die, Rolled, Term, roll
from core.dice.tokens import without_words
from core.dice.tree import Expression, Value

__all__ = [
    "SEED_BYTES",
    "DiceError",
    "Die",
    "Draw",
    "Expression",
    "Odds",
    "Rolled",
    "SeededDraw",
    "Term",
    "Value",
    "odds",
    "parse",
    "roll",
    "without_words",
]
