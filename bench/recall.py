"""Recall: of 60 facts planted in a written campaign of 200 turns, how many a storyteller is given when asked for them.

The asks use other content words than the facts were told in. Each language's campaign is about 11,000 tokens.
"""

import asyncio
import time

from bench.report import Row, write
from core.story.memory.dense import Model, model
from core.story.memory.recall import LEDGER_TOKENS, MEMORIES_TOKENS
from tests.story.campaign.campaign import LANGUAGES, Campaign, load
from tests.story.campaign.replay import FOLDER, Vectors, given

BUDGETS = (300, 600, 1_200)


def main(*, short: bool) -> None:
    """Measure and write the table, and the vectors that the tests read."""
    rows: list[Row] = []
    for language in LANGUAGES:
        rows += _measured(load(language), language, (MEMORIES_TOKENS,) if short else BUDGETS)
    write("recall", rows, "python -m bench recall" + (" --short" if short else ""))


def share(campaign: Campaign, language: str, vectors: Vectors | None, memories: int, held: int) -> float:
    """Return the part of the facts that is recalled within so many tokens of memories and ledger."""
    texts = ((fact, given(campaign, fact, language, vectors, memories=memories, held=held)) for fact in campaign.fact)
    return sum(fact.recalled_in("\n".join(text.values())) for fact, text in texts) / len(campaign.fact)


def _measured(campaign: Campaign, language: str, budgets: tuple[int, ...]) -> list[Row]:
    rows: list[Row] = []
    found = model()
    vectors = _embedded(campaign, language, found, rows) if found else None
    for how, known in (("by words", None), ("by meaning", vectors)):
        if how == "by meaning" and known is None:
            continue
        for memories in budgets:
            value = 100 * share(campaign, language, known, memories, LEDGER_TOKENS)
            target = "≥ 90 %" if memories == MEMORIES_TOKENS else None
            what = f"{language}, {how}, {memories} tokens of memories and {LEDGER_TOKENS} of ledger"
            rows.append(Row(what, round(value, 1), "%", target=target, met=value >= 90 if target else None))
        value = 100 * share(campaign, language, known, 600, 0)
        rows.append(Row(f"{language}, {how}, 600 tokens of memories, no ledger", round(value, 1), "%"))
    return rows


def _embedded(campaign: Campaign, language: str, found: Model, rows: list[Row]) -> Vectors:
    begun = time.process_time()
    vectors = asyncio.run(Vectors.of(campaign, found))
    spent = time.process_time() - begun
    rows.append(Row(f"{language}, CPU to embed a turn", round(1_000 * spent / len(campaign.turn), 1), "ms"))
    vectors.write(FOLDER / f"vectors.{language}.bin")
    return vectors
