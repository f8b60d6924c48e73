"""The first words of a model that goes on after another's: held until they can be judged."""

from __future__ import annotations

import re

from core.ai.errors import Malformed

HELD_WORDS = 10
HELD_CHARACTERS = 60
TOLD_AGAIN = 0.7
CONTENT_LETTERS = 4
LEAST_CONTENT = 5
FOREIGN = 3
WORDS = re.compile(r"[^\W\d_]+")
# Talk about the task, which belongs to nobody's story.
PREAMBLE = re.compile(
    r"\s*(?:claro|certo|aqui (?:está|vai)|continuando|continuação|segue|sure|certainly|of course|okay|here(?:'s| is|’s)"
    r"|continuing|continuation)\b[^.!?\n:]{0,80}:\s*",
    re.IGNORECASE,
)
PORTUGUESE = "a o os as um uma de do da dos das em no na que e é não se com por para ele ela você seu sua"
ENGLISH = "the a an of to in on and is are was it that with for he she they you his her their its at"
COMMON = {"pt": frozenset(PORTUGUESE.split()), "en": frozenset(ENGLISH.split())}


class Opening:
    """Lets a continuation through once its first words are fit to follow.

    Drops a preamble; raises Malformed("drifts") when they are in another language than the telling's, and
    Malformed("repeats") when they tell the beginning of `told` again in like words.
    """

    def __init__(self, told: str, locale: str) -> None:
        self._told = told
        self._language = locale[:2] if locale[:2] in COMMON else ""
        self._held = ""
        self._open = not told

    def feed(self, text: str) -> str:
        """Text that may be shown now."""
        if self._open:
            return text
        self._held += text
        if len(self._held) < HELD_CHARACTERS or len(self._held.split()) < HELD_WORDS:
            return ""
        return self.finish()

    def finish(self) -> str:
        """What is held, at the end of the answer or when there is enough of it."""
        if self._open:
            return ""
        self._open = True
        space = self._held[: len(self._held) - len(self._held.lstrip())]
        kept = PREAMBLE.sub("", self._held, count=1)
        text = kept if kept == self._held else space + kept
        self._judge([word.casefold() for word in WORDS.findall(text)])
        return text

    def _judge(self, words: list[str]) -> None:
        if self._language:
            counts = {language: sum(word in common for word in words) for language, common in COMMON.items()}
            own = counts.pop(self._language)
            if max(counts.values()) >= FOREIGN and max(counts.values()) > 2 * own:
                raise Malformed("drifts", billable=True)
        content = {word for word in words if len(word) >= CONTENT_LETTERS}
        told = [word.casefold() for word in WORDS.findall(self._told)]
        beginning = set(told[: 2 * HELD_WORDS])
        enough = len(told) > 2 * HELD_WORDS and len(content) >= LEAST_CONTENT
        if enough and len(content & beginning) >= TOLD_AGAIN * len(content):
            raise Malformed("repeats", billable=True)
