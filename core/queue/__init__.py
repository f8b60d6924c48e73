"""The turn queue: at most one wake-up waiting and one active per session; the log holds the work."""

from core.queue.turns import Taker, TurnQueue

__all__ = ["Taker", "TurnQueue"]
