"""Who judges a model's sentences: the voice, the table's limits, what was told before, and the engine's facts."""

from collections.abc import Mapping, Sequence
from typing import Final

from core.game.state import Ask as Asked
from core.game.state import State
from core.game.world import world
from core.story.checks import faults
from core.story.claims import Evidence, Reader
from core.story.draft import Fault
from core.story.prompt import secret_text
from core.story.safety import crosses, unveils
from core.story.sentences import folded, overlap, split, stems
from core.story.turn import Turn

LIKE_MOST: Final = 0.75
LIKE_TELLINGS: Final = 15
LEAK_STEMS: Final = 4
SETTLES: Final = frozenset({"outcome", "hp", "death", "unconscious", "gained", "lost", "position", "presence"})
"""The families of claims that an answer of the engine may yet make true."""


class Gate:
    """The judge of one telling as of what the engine has settled. Made anew when it settles more."""

    def __init__(self, turn: Turn, state: State, asks: Sequence[Asked], told: Sequence[str]) -> None:
        self._turn = turn
        self._language = state.language
        self._reader = Reader(Evidence.of(turn, state, asks), state.language)
        self._secrets = [stems(secret_text(state, s)) for s in world(state.world).secrets if s not in state.revealed]
        self._recent = _sentences((*turn.recent[-LIKE_TELLINGS:], *turn.again))
        self._spoke = frozenset(deed.hero for deed in turn.deeds if deed.kind == "say")
        for sentence in told:
            self._reader.faults(sentence)
            self.told(sentence)

    def faults(self, sentence: str) -> list[Fault]:
        """Return what is wrong with the next sentence; nothing when it may be told."""
        turn = self._turn
        found = _voiced(faults(sentence, self._language, turn.names, self._spoke))
        if crosses(sentence, turn.lines, self._language) or unveils(sentence, turn.veils, self._language):
            found.append(Fault("limit"))
        if any(len(stems(sentence) & secret) >= LEAK_STEMS for secret in self._secrets):
            found.append(Fault("secret"))
        if self._repeats(sentence):
            found.append(Fault("repeated"))
        return found or [Fault(c.family, c.family in SETTLES) for c in self._reader.faults(sentence)]

    def told(self, sentence: str) -> None:
        """Take note that it was told: the telling does not say it twice either."""
        self._recent[folded(sentence)] = sentence

    def _repeats(self, sentence: str) -> bool:
        if folded(sentence) in self._recent:
            return True
        return len(stems(sentence)) > LEAK_STEMS and any(
            overlap(sentence, old) > LIKE_MOST for old in self._recent.values()
        )


class Voice:
    """The judge of a private answer: the voice alone, but for the faults that are `allowed`."""

    def __init__(self, language: str, allowed: frozenset[str] = frozenset()) -> None:
        self._language = language
        self._allowed = allowed

    def faults(self, sentence: str) -> list[Fault]:
        """Return what is wrong with it."""
        found = faults(sentence, self._language, _NOBODY, frozenset())
        return _voiced([name for name in found if name not in self._allowed])

    def told(self, sentence: str) -> None:
        """Nothing follows from it."""


_NOBODY: Final[Mapping[str, str | None]] = {}
_NAMED: Final = frozenset({"refusal", "drift", "speech", "digit"})


def _voiced(names: Sequence[str]) -> list[Fault]:
    return [Fault(name if name in _NAMED else "worn") for name in names]


def _sentences(tellings: Sequence[str]) -> dict[str, str]:
    return {folded(sentence): sentence for told in tellings for sentence in split(told)}
