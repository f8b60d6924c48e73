"""What becomes of a model's words: whole sentences, released as they pass, held while the engine is asked, or cut."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from core.story.hygiene import clean
from core.story.sentences import split

WORDS_MOST: Final = 120
CHARACTERS_MOST: Final = 1_800
BUFFER_MOST: Final = 8_000
HELD_MOST: Final = 24
SENTENCE_ENDS: Final = '.!?…”"’»)'


@dataclass(frozen=True)
class Fault:
    """What is wrong with a sentence; `settles` says that an answer of the engine may yet make it true."""

    name: str
    settles: bool = False


@dataclass(frozen=True)
class Cut:
    """A sentence that was not told, and why."""

    sentence: str
    fault: str


class Judge(Protocol):
    """Who says what is wrong with the next sentence of a telling."""

    def faults(self, sentence: str) -> Sequence[Fault]:
        """Return what is wrong with it; nothing when it may be told."""
        ...

    def told(self, sentence: str) -> None:
        """Take note that it was told."""
        ...


@dataclass
class Draft:
    """A telling as it comes in. `words` and `characters` count what stands in front of the first word."""

    judge: Judge
    words: int = 0
    characters: int = 0
    waiting: str = ""
    told: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    cut: list[Cut] = field(default_factory=list)

    def full(self) -> bool:
        """Tell whether no more fits into one narration."""
        return self.words >= WORDS_MOST or self.characters >= CHARACTERS_MOST

    def take(self, text: str, *, end: bool = False) -> list[str]:
        """Return the sentences that these words complete and that may go out now.

        A sentence that waits for the engine holds back all behind it, so that nothing is told out of order.
        """
        self.waiting = (self.waiting + text)[-BUFFER_MOST:]
        sentences = split(self.waiting)
        keep = "" if end or not sentences else sentences.pop()
        self.waiting = keep + (" " if keep and self.waiting[-1:].isspace() else "")
        return [passed for sentence in sentences if (passed := self._passed(clean(sentence)))]

    def settle(self, judge: Judge) -> list[str]:
        """Judge what was held anew, now that the engine has answered; return what may go out. The rest is cut."""
        self.judge = judge
        held, self.held = self.held, []
        passed = [told for sentence in held if (told := self._passed(sentence))]
        self.give_up()
        return passed

    def give_up(self) -> None:
        """Cut what is still held: nothing will settle it."""
        for sentence in self.held:
            faults = self.judge.faults(sentence)
            self.cut.append(Cut(sentence, faults[0].name if faults else "behind"))
        self.held = []

    def _passed(self, sentence: str) -> str:
        if not sentence or sentence[-1] not in SENTENCE_ENDS or self.full():
            return ""
        if self.held:
            if len(self.held) < HELD_MOST:
                self.held.append(sentence)
            return ""
        faults = self.judge.faults(sentence)
        if faults and all(fault.settles for fault in faults):
            self.held.append(sentence)
            return ""
        if faults:
            self.cut += [Cut(sentence, fault.name) for fault in faults]
            return ""
        return self._counted(sentence)

    def _counted(self, sentence: str) -> str:
        count = len(sentence.split())
        if self.words + count > WORDS_MOST or self.characters + len(sentence) + 1 > CHARACTERS_MOST:
            self.words, self.characters = WORDS_MOST, CHARACTERS_MOST
            return ""
        self.words, self.characters = self.words + count, self.characters + len(sentence) + 1
        self.told.append(sentence)
        self.judge.told(sentence)
        return sentence
