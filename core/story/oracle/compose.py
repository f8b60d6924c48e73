"""From beats to a text: variants drawn by chance, nothing said twice, outcome first, thirty to ninety words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from random import Random
from typing import Final

from core.story.lint import slips
from core.story.oracle.grammar import Unfit, choices, expand, guards
from core.story.oracle.scene import Beat, Scene
from core.story.oracle.tables import lines
from core.story.sentences import overlap, split

WORDS_LEAST: Final = 30
WORDS_MOST: Final = 90
OVERLAP_MOST: Final = 0.35
OVERLAP_TELLINGS: Final = 15
REDRAWS: Final = 6
CANDIDATES_MOST: Final = 60
REPEAT_STRIDE: Final = 7
NEW: Final = 1_000
ALIKE_MOST: Final = 0.5


@lru_cache(maxsize=4096)
def bag(seed: bytes, line: str, variants: tuple[str, ...]) -> tuple[str, ...]:
    """Return every concrete form of a line's variants in an order that is the session's own."""
    forms = [form for variant in variants for form in choices(variant)]
    Random(sha256(seed + line.encode()).digest()).shuffle(forms)  # noqa: S311 - words, not dice
    return tuple(forms)


@dataclass
class Drawer:
    """Draws sentences for one telling.

    `used` maps a sentence to how many tellings ago it was said last (0: just now), `near` are those of late.
    """

    scene: Scene
    draw_number: int
    used: dict[str, int]
    near: list[str]
    drawn: dict[str, int] = field(default_factory=dict)

    def draw(self, beat: Beat, *, fresh: bool = False) -> str:
        """Return the beat's text, or an empty string. With `fresh` only one that was not said lately."""
        variants = beat.variants or lines(self.scene.language, beat.line)
        best, kept = -1.0, ""
        for text in self._candidates(beat, variants):
            novelty = self._novelty(text)
            if novelty <= best or self.scene.forbidden(text):
                continue
            if novelty == NEW:
                return self._noted(text)
            best, kept = novelty, text
        return "" if not kept or (fresh and best < NEW) else self._noted(kept)

    def _novelty(self, text: str) -> float:
        """NEW, or below that: one to two by how unlike the last ones, below one for what was said or is not so.

        What was said ranks by the tellings since.
        """
        sentences = split(text)
        age = min((self.used.get(sentence, NEW) for sentence in sentences), default=NEW)
        if age < NEW:
            return age / NEW
        if self.scene.contradicted(text):
            return 0.5
        alike = max((overlap(one, old) for one in sentences for old in self.near), default=0.0)
        return NEW if alike < ALIKE_MOST else 2 - alike

    def _candidates(self, beat: Beat, variants: tuple[str, ...]) -> Iterator[str]:
        """Yield what may be said, in the session's own order: every telling begins one further down the list.

        So what is said now comes up again only when the list has gone round, without anybody having to remember.
        """
        state = self.scene.state
        order = bag(self.scene.turn.seed, beat.line, variants)
        start = state.tellings + self.draw_number + REPEAT_STRIDE * self.drawn.get(beat.line, 0)
        self.drawn[beat.line] = self.drawn.get(beat.line, 0) + 1
        for at in range(min(len(order), CANDIDATES_MOST)):
            template = order[(start + at) % len(order)]
            if not all(self.scene.true(guard) for guard in guards(template)):
                continue
            try:
                text = expand(template, beat.nouns, self.scene.resolve, self.scene.language)
            except Unfit:
                continue
            if not slips(text, self.scene.language):
                yield text

    def _noted(self, text: str) -> str:
        for sentence in split(text):
            self.used[sentence] = 0
            self.near.append(sentence)
        return text


def composed(scene: Scene, closing: list[Beat]) -> str:
    """Return the telling: the scene's beats, then as many of the closing beats as there is room for.

    Redrawn while it is too like an earlier telling; the least alike draw is kept.
    """
    recent = (*scene.turn.recent, *scene.turn.again)
    said = {s: len(recent) - at for at, text in enumerate(recent) for s in split(text)}
    near = [s for text in recent[-OVERLAP_TELLINGS:] for s in split(text)]
    best, least = "", 2.0
    for number in range(REDRAWS):
        text = _drawn(scene, closing, Drawer(scene, number, dict(said), list(near)))
        alike = max((overlap(text, old) for old in recent[-OVERLAP_TELLINGS:]), default=0.0)
        if alike < least:
            best, least = text, alike
        if alike <= OVERLAP_MOST:
            break
    return best


def _drawn(scene: Scene, closing: list[Beat], drawer: Drawer) -> str:
    must = [beat for beat in scene.beats if beat.must]
    told = {id(beat): drawer.draw(beat) for beat in must}
    if must and not any(told.values()):
        told[id(must[0])] = drawer.draw(Beat("passed.scene"))
    room = WORDS_MOST - sum(len(text.split()) for text in told.values())
    for beat in scene.beats:
        if not beat.must:
            room = _optional(drawer, beat, told, room)
    parts, hooks = [told[id(beat)] for beat in scene.beats if told.get(id(beat))], 0
    for beat in closing:
        hooked = beat.line.startswith("hook.") and parts and WORDS_MOST - room >= WORDS_LEAST and hooks
        if not hooked:
            room = _optional(drawer, beat, told, room)
        if told.get(id(beat)):
            parts.append(told[id(beat)])
            hooks += beat.line.startswith("hook.")
    return " ".join(parts)


def _optional(drawer: Drawer, beat: Beat, told: dict[int, str], room: int) -> int:
    if room < 12:
        return room
    text = drawer.draw(beat, fresh=True)
    if text and len(text.split()) <= room:
        told[id(beat)] = text
        return room - len(text.split())
    return room
