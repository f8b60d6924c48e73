"""The offline storyteller: works from the state and the engine's results, never from a prompt."""

from core.story.oracle.oracle import NAME, Oracle

__all__ = ["NAME", "Oracle"]
