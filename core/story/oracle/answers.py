"""Private answers from the state: where, who, what, how hurt, what can be done, how a check works."""

from core.story.turn import Turn


def answered(turn: Turn, person: int, question: str) -> str:
    """Return the answer to a question of one person."""
    return ""
