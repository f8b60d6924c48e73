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
BEHIND: Final = "behind"
"""The fault of a sentence that was held for nothing but the one before it."""
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
    held: list[Cut] = field(default_factory=list)
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
        """Judge what was held anew, now that the engine has answered; return what may go out.

        From the first sentence on that still does not hold all is cut: the teller goes on from there.
        """
        self.judge = judge
        held, self.held = self.held, []
        passed: list[str] = []
        for number, one in enumerate(held):
            if faults := self.judge.faults(one.sentence):
                self.cut += [Cut(one.sentence, faults[0].name), *held[number + 1 :]]
                break
            passed.append(self._counted(one.sentence))
        return [told for told in passed if told]

    def finish(self) -> list[str]:
        """Cut what waits for an answer that will not come; return what stood behind it and holds by itself."""
        held, self.held = self.held, []
        passed: list[str] = []
        for one in held:
            if faults := self.judge.faults(one.sentence):
                self.cut.append(Cut(one.sentence, faults[0].name))
            else:
                passed.append(self._counted(one.sentence))
        return [told for told in passed if told]

    def _passed(self, sentence: str) -> str:
        if not sentence or sentence[-1] not in SENTENCE_ENDS or self.full():
            return ""
        faults = [] if self.held else self.judge.faults(sentence)
        if self.held or (faults and all(fault.settles for fault in faults)):
            if len(self.held) < HELD_MOST:
                self.held.append(Cut(sentence, faults[0].name if faults else BEHIND))
            return ""
        if faults:
            self.cut.append(Cut(sentence, faults[0].name))
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
