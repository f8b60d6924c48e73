"""How far the dice language goes. Each limit is checked before the work that it bounds."""

from typing import Final

LENGTH: Final = 500
"""Characters of an expression, also of its canonical text."""
TOKENS: Final = 300
DEPTH: Final = 50
"""Parentheses and signs inside one another."""
DIGITS: Final = 12
"""Digits of one number."""
DICE: Final = 1_000
"""Dice of a whole expression."""
SIDES: Final = 100_000
VALUE: Final = 10**15
"""Largest total and intermediate value, either sign (exact also as a float)."""
LABEL: Final = 40
"""Characters of a label."""
HANDS_TEXT: Final = 1_000
"""Characters that the rolled dice may take in the text of a roll; beyond, hands are shortened."""
ODDS_VALUES: Final = 10_000
"""Different totals of a distribution."""
ODDS_STEPS: Final = 300_000
"""Elementary steps spent on one distribution: about 0.1 s."""
