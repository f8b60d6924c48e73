"""Going on after words that people have already seen, without repeating them."""

from __future__ import annotations

import re

from core.ai.errors import Malformed

# Written for models, not for people, so it does not live in the catalogue.
INSTRUCTIONS = {
    "pt": "Continue exatamente de onde o texto parou, na mesma língua e na mesma voz, sem repetir nada.",
    "en": "Continue exactly where the text stopped, in the same language and voice, repeating nothing.",
}
WORD = re.compile(r"\S+\s*")
REPEAT_LIMIT = 5
CHANCE = 3
PUNCTUATION = ".,;:!?…\"'“”‘’«»()[]*_-–—"
LONGEST_WORD = 64


def instruction(locale: str) -> str:
    """Ask a model without prefill to go on, in the language of the telling."""
    return INSTRUCTIONS.get(locale[:2], INSTRUCTIONS["en"])


def _plain(word: str) -> str:
    """A word without case and outer punctuation, or as it is when nothing else would be left."""
    return word.strip().strip(PUNCTUATION).casefold() or word.strip()


class WordGate:
    """Lets text through in whole words, so that what was shown always ends between two words."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, text: str) -> str:
        """Text that may be shown now."""
        text = self._rest + text
        end = max(text.rfind(" "), text.rfind("\n")) + 1
        if len(text) - end > LONGEST_WORD:
            end = len(text)
        self._rest = text[end:]
        return text[:end]

    def finish(self) -> str:
        """The last word."""
        rest, self._rest = self._rest, ""
        return rest


class Seam:
    """Joins a new answer to words already told: drops what it repeats of them, and a model that starts over is refused.

    Fed with whole words (see WordGate). While the new words repeat a stretch of the told ones they are held back:
    when the stretch reaches the end of what was told, it is dropped; when it stops before that after fewer than five
    words, it was chance and is let through; else the model is telling it again: Malformed("repeats"). Words are the
    same whatever their case and punctuation, but one or two alone are only dropped when they are the same exactly.
    """

    def __init__(self, told: str) -> None:
        self._written = told.split()
        self._told = [_plain(word) for word in self._written]
        self._spaced = not told or told[-1].isspace()
        self._lead = ""
        self._echoed = False
        self._held: list[str] = []
        self._starts = list(range(len(self._told)))
        self._open = bool(self._told)

    def feed(self, text: str) -> str:
        """Text that is new. Raises Malformed("repeats")."""
        if not self._open:
            return text
        if not self._held:
            self._lead += text[: len(text) - len(text.lstrip())]
        words = WORD.findall(text)
        for position, word in enumerate(words):
            self._held.append(word)
            if not self._matches(_plain(word)):
                return self._release("".join(words[position + 1 :]))
        return ""

    def _matches(self, word: str) -> bool:
        """Narrow the places in the told words where the held words may be a copy from."""
        at = len(self._held) - 1
        before = self._starts
        self._starts = [s for s in before if s + at < len(self._told) and self._told[s + at] == word]
        if self._starts:
            return True
        whole = [s for s in before if s + at == len(self._told)]
        if whole and self._dropped(at):
            self._held = self._held[-1:]
            if 0 in whole and not self._echoed:
                # A server that sends the prefix back; what follows it may still repeat its end.
                self._echoed = True
                self._starts = [s for s, told in enumerate(self._told) if told == word]
                return bool(self._starts)
        elif at >= REPEAT_LIMIT:
            raise Malformed("repeats", billable=True)
        return False

    def _dropped(self, count: int) -> bool:
        """Whether the first `count` held words, a copy of the last told ones, were no chance."""
        held = [word.strip() for word in self._held[:count]]
        return count >= CHANCE or held == self._written[len(self._written) - count :]

    def _release(self, following: str) -> str:
        text = "".join(self._held) + following
        self._held = []
        self._open = False
        if self._spaced or not text:
            return text
        if self._lead:
            return self._lead + text
        return " " + text if text[0].isalnum() or text[0] in "“\"'(—–" else text

    def finish(self) -> str:
        """What was held at the end: nothing if it only repeated, else the words."""
        copied = any(s + len(self._held) == len(self._told) for s in self._starts)
        if not self._open or (copied and self._dropped(len(self._held))):
            return ""
        if len(self._held) >= REPEAT_LIMIT:
            raise Malformed("repeats", billable=True)
        return self._release("")
