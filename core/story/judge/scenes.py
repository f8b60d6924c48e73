"""Scenes to judge: exported from evenings of the oracle, and played again for what their claims may lean on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from core.ai import Prompt
from core.story.claims import Evidence
from core.story.judge.contest import Telling, lines
from core.story.oracle.pairs import pairs
from core.story.prompt import narration_prompt

SCENES_MOST = 200
FACTS_MOST = 8_000
Place = tuple[str, str, int, str]


def scenes(seed: str, language: str, turns: int) -> list[Telling]:
    """Return the scenes of one evening as the oracle tells them."""
    found = pairs(seed.encode(), language, turns)
    return [Telling(language, one.facts, one.telling, seed, number, "oracle") for number, one in enumerate(found)]


def evidence_of(tellings: Iterable[Telling]) -> Mapping[Place, Evidence]:
    """Play the evenings again; scenes of none, or whose facts are others by now, have no evidence."""
    last: dict[tuple[str, str], int] = defaultdict(int)
    wanted = set()
    for telling in tellings:
        if telling.seed and telling.scene < SCENES_MOST:
            last[telling.seed, telling.language] = max(last[telling.seed, telling.language], telling.scene)
            wanted.add(telling.place)
    found: dict[Place, Evidence] = {}
    for (seed, language), scene in last.items():
        for number, pair in enumerate(pairs(seed.encode(), language, scene)):
            place = (language, seed, number, pair.facts)
            if pair.evidence is not None and place in wanted:
                found[place] = pair.evidence
    return found


def prompts(seed: str, language: str, turns: int) -> list[Prompt]:
    """Return for each scene the game's own prompt, with what the engine settled in it and nothing left to ask."""
    found = []
    for pair in pairs(seed.encode(), language, turns):
        assert pair.turn is not None  # noqa: S101 - those of an evening have one
        prompt = narration_prompt(pair.turn)
        *before, last = prompt.messages
        settled = f"{last.content}\n<settled>\n{lines(pair.facts, FACTS_MOST)}\n</settled>"
        found.append(replace(prompt, messages=(*before, replace(last, content=settled)), tools=()))
    return found
