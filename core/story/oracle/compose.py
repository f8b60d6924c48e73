"""From beats to a text: variants drawn by chance, nothing said twice, outcome first, thirty to ninety words."""

from dataclasses import dataclass
from random import Random
from typing import Final

from core.story.oracle.grammar import Unfit, expand
from core.story.oracle.scene import Beat, Scene
from core.story.oracle.tables import lines
from core.story.lint import slips
from core.story.sentences import overlap, split

WORDS_LEAST: Final = 30
WORDS_MOST: Final = 90
OVERLAP_MOST: Final = 0.35
OVERLAP_TELLINGS: Final = 15
REDRAWS: Final = 6
TRIES: Final = 6


@dataclass
class Drawer:
    """Draws sentences for one telling; `used` maps a sentence to how long ago it was said last (0: just now)."""

    scene: Scene
    rng: Random
    used: dict[str, int]

    def draw(self, beat: Beat, *, fresh: bool = False) -> str:
        """Return the beat's text, or an empty string. With `fresh` only one that was not said lately."""
        variants = beat.variants or lines(self.scene.language, beat.line)
        oldest, kept = -1, ""
        for text in self._candidates(beat, variants):
            age = min((self.used.get(sentence, 1_000) for sentence in split(text)), default=1_000)
            if age == 1_000:
                return self._noted(text)
            if age > oldest:
                oldest, kept = age, text
        return "" if fresh or not kept else self._noted(kept)

    def _candidates(self, beat: Beat, variants: tuple[str, ...]) -> list[str]:
        found: dict[str, None] = {}
        for _ in range(TRIES):
            for template in self.rng.sample(variants, len(variants)):
                try:
                    text = expand(template, beat.nouns, self.scene.resolve, self.scene.language, self.rng)
                except Unfit:
                    continue
                if not slips(text, self.scene.language):
                    found[text] = None
        return list(found)

    def _noted(self, text: str) -> str:
        for sentence in split(text):
            self.used[sentence] = 0
        return text


def composed(scene: Scene, closing: list[Beat], rng: Random) -> str:
    """Return the telling: the scene's beats, then as many of the closing beats as there is room for.

    Redrawn while it is too like an earlier telling; the least alike draw is kept.
    """
    recent = scene.turn.recent
    said = {s: age for age, text in enumerate(reversed(recent), 1) for s in split(text)}
    best, least = "", 2.0
    for _ in range(REDRAWS):
        text = _drawn(scene, closing, Drawer(scene, Random(rng.random()), dict(said)))
        alike = max((overlap(text, old) for old in recent[-OVERLAP_TELLINGS:]), default=0.0)
        if alike < least:
            best, least = text, alike
        if alike <= OVERLAP_MOST:
            break
    return best


def _drawn(scene: Scene, closing: list[Beat], drawer: Drawer) -> str:
    must = [beat for beat in scene.beats if beat.must]
    told = {id(beat): drawer.draw(beat) for beat in must}
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
