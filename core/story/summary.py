"""The summary of the story so far: a model writes it anew from the last one and what was told since."""

import tomllib
from collections.abc import Sequence
from contextlib import aclosing
from functools import cache
from pathlib import Path
from typing import Any, Final

from core.ai import Account, Message, Prompt, Text
from core.story.budget import within
from core.story.checks import drifts, refuses
from core.story.hygiene import clean
from core.story.marked import entry
from core.story.model import Models
from core.story.sentences import split

OUTPUT_TOKENS: Final = 500
SENTENCES_MOST: Final = 24
_GIVEN_TOKENS: Final = 3_000


def summary_prompt(before: str, lived: Sequence[str], language: str) -> Prompt:
    """Return the prompt that makes one summary of the last one and of what was lived since, as data."""
    fixed = _texts()
    since = within("\n".join(entry(line) for line in lived), _GIVEN_TOKENS)
    parts = (f"<summary>\n{entry(before, 4_000)}\n</summary>" if before else "", f"<recent>\n{since}\n</recent>")
    user = "\n".join((*filter(None, parts), str(fixed["language"][language])))
    return Prompt(
        kind="summary",
        messages=(Message("system", str(fixed["summary"]).strip()), Message("user", user)),
        max_output_tokens=OUTPUT_TOKENS,
        temperature=0.2,
        locale=language,
    )


async def summarized(models: Models, prompt: Prompt, account: Account) -> str:
    """Return the sentences of a model's summary that can be kept; nothing where none can. Raises NoProvider."""
    async with aclosing(models.stream(prompt, account=account)) as events:
        said = [event.text async for event in events if isinstance(event, Text)]
    sentences = (clean(sentence) for sentence in split("".join(said)))
    kept = [one for one in sentences if one and not refuses(one) and not drifts(one, prompt.locale)]
    return " ".join(kept[:SENTENCES_MOST])


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "prompt.toml").read_text("utf-8"))
