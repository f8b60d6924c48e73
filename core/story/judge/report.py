"""What many verdicts come to: a win rate with its interval, for each language and together."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec

from core.story.judge.judge import Verdict

Z95: Final = 1.959964
TOGETHER: Final = "all"


class Part(msgspec.Struct, frozen=True):
    """Contests of one language, or of all.

    `rate`: wins of `one` and half of the ties, of all that were judged, with the 95 % interval `low` to `high`
    (Wilson's; a tie counts as half a win, which makes it wider than need be). `unsteady`: ties because the model
    changed its mind with the order. `by_check`: settled without a model. `longer`: share of decided contests that the
    longer telling won; far from one half either way it deserves a look. `criteria`: points for `one` less those for
    `other`, a contest and order.
    """

    contests: int
    wins: int
    ties: int
    losses: int
    rate: float
    low: float
    high: float
    unsteady: int
    by_check: int
    checked: int
    longer: float
    criteria: dict[str, float]
    flaws: tuple[dict[str, int], dict[str, int]]
    words: tuple[float, float]


class Report(msgspec.Struct, frozen=True):
    """All of it. `undecided` by reason: contests without an answer, which count in no rate."""

    rubric: int
    parts: dict[str, Part]
    undecided: dict[str, int]
    micro_usd: int


def report(verdicts: Sequence[Verdict], undecided: Sequence[str], version: int) -> Report:
    """Sum verdicts up; languages without one are left out."""
    languages = sorted({verdict.language for verdict in verdicts})
    parts = {language: _part([one for one in verdicts if one.language == language]) for language in languages}
    if verdicts:
        parts[TOGETHER] = _part(verdicts)
    return Report(version, parts, dict(Counter(undecided)), sum(verdict.micro_usd for verdict in verdicts))


def interval(wins: float, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if not of:
        return 0.0, 1.0
    share, square = wins / of, Z95 * Z95 / of
    middle = (share + square / 2) / (1 + square)
    reach = Z95 / (1 + square) * math.sqrt(share * (1 - share) / of + square / (4 * of))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _part(verdicts: Sequence[Verdict]) -> Part:
    count = Counter(verdict.winner for verdict in verdicts)
    score = count["one"] + count["tie"] / 2
    low, high = interval(score, len(verdicts))
    judged = [verdict for verdict in verdicts if verdict.by == "judge"]
    decided = [verdict for verdict in verdicts if verdict.winner != "tie" and verdict.words[0] != verdict.words[1]]
    longer = [(verdict.words[0] > verdict.words[1]) == (verdict.winner == "one") for verdict in decided]
    names = judged[0].criteria if judged else ()
    sides = [sum((Counter(verdict.flaws[side]) for verdict in verdicts), Counter()) for side in (0, 1)]
    return Part(
        contests=len(verdicts),
        wins=count["one"],
        ties=count["tie"],
        losses=count["other"],
        rate=score / len(verdicts),
        low=low,
        high=high,
        unsteady=sum(not verdict.steady for verdict in verdicts),
        by_check=sum(verdict.by == "check" for verdict in verdicts),
        checked=sum(verdict.checked for verdict in verdicts),
        longer=sum(longer) / len(longer) if longer else 0.5,
        criteria={name: sum(one.criteria[name] for one in judged) / (2 * len(judged)) for name in names},
        flaws=(dict(sides[0]), dict(sides[1])),
        words=tuple(sum(verdict.words[side] for verdict in verdicts) / len(verdicts) for side in (0, 1)),  # type: ignore[arg-type]
    )
