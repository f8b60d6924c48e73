"""A claim that a sentence makes, and what is wrong with one."""

from dataclasses import dataclass
from typing import Final, Literal

Family = Literal[
    "hp",
    "death",
    "unconscious",
    "outcome",
    "gained",
    "lost",
    "position",
    "presence",
    "time",
    "name",
    "count",
    "promise",
    "speech",
]
Kind = Literal["contradiction", "no_evidence"]
Span = tuple[int, int]


@dataclass(frozen=True)
class Claim:
    """What a sentence says of a subject: an id of the engine, or the word as it stands. `span` are characters."""

    family: Family
    subject: str
    value: str
    span: Span = (0, 0)


FAIL_CLOSED: Final[frozenset[Family]] = frozenset({"death", "gained", "lost", "hp", "unconscious", "presence"})
"""The families where a claim that nothing bears out is a fault; elsewhere only a contradiction is one."""


@dataclass(frozen=True)
class Fault:
    """A claim that the engine does not bear out: it knows better, or it knows nothing of the kind."""

    family: Family
    why: str
    span: Span
    kind: Kind = "contradiction"
