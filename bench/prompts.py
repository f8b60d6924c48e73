"""Prompts: how long they are as a story grows, in layers with budgets and laid out naively (every telling, no budget).

Measured on the written campaign; a token is counted as four characters. `naive` is for other benches too.
"""

from collections.abc import Mapping
from dataclasses import replace

from bench.report import Row, write
from core.ai import Prompt
from core.story.budget import tokens
from core.story.memory.recall import Question
from core.story.prompt import narration_prompt
from core.story.turn import Turn
from tests.story.campaign.campaign import LANGUAGES, Campaign, load
from tests.story.campaign.replay import turn_at

TURNS = (2, 10, 25, 50, 100, 150, 200)
UNBOUNDED: Mapping[str, int] = dict.fromkeys(("opening", "world", "summary", "facts", "note"), 1_000_000)


def main(*, short: bool) -> None:
    """Measure and write the table."""
    rows = [
        row for language in LANGUAGES for row in _measured(load(language), language, TURNS[::3] if short else TURNS)
    ]
    write("prompts", rows, "python -m bench prompts" + (" --short" if short else ""))


def naive(turn: Turn, told: tuple[str, ...]) -> Prompt:
    """Return the prompt that gives every telling whole, oldest first, and nothing else of the past."""
    return narration_prompt(
        replace(turn, recent=told, summary="", memories=(), bonds={}, tokens=1_000_000), budget=UNBOUNDED
    )


def size(prompt: Prompt) -> int:
    """Return about how many tokens a prompt's messages take."""
    return sum(tokens(message.content) for message in prompt.messages)


def _measured(campaign: Campaign, language: str, turns: tuple[int, ...]) -> list[Row]:
    rows = []
    for n in turns:
        turn = turn_at(campaign, n, Question(campaign.turn[n - 1].deed.text), language, None)
        told = tuple(lived.tell for lived in campaign.turn[: n - 1])
        ours, plain = size(narration_prompt(replace(turn, tokens=8_000))), size(naive(turn, told))
        rows.append(Row(f"{language}, tokens of turn {n} (peer: naive)", ours, "tokens", plain, round(ours / plain, 3)))
    return rows
