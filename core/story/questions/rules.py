"""The prompt of a rules question: the ruleset and the question, nothing of the table. All may share the answer."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, get_args

from core.ai import Message, Prompt
from core.game.state import Language
from core.story.checks import faults
from core.story.questions.normal import normal
from core.story.sentences import folded

OUTPUT_TOKENS: Final = 160
TEMPERATURE: Final = 0.2
ASKED: Final = (
    "Answer a question about the rules of a role-playing table, in at most sixty words, plain text, "
    "from these rules only. Where they say nothing of it, say so and name the nearest rule. "
    "No person, no story, no greeting.\n"
)
ANSWER_IN: Final = {
    "pt-BR": "Responda só em português do Brasil.",
    "en-US": "Answer only in American English.",
}
HARMLESS: Final = frozenset({"digit"})
"""What a narration may not hold and a rule must."""


@dataclass(frozen=True)
class Ruleset:
    """Rules under one name; `about` is what a model is told of them."""

    name: str
    about: str


def ruleset(system: str) -> Ruleset | None:
    """Return the ruleset that a table's system means; None for one that is not known."""
    return _by_name().get(" ".join(folded(system).split()))


def rules_prompt(system: str, question: str, language: str) -> Prompt | None:
    """Return the prompt for a question about rules, to be answered in `language`.

    None for what is no such question, holds a word that is not the game's, or is asked of an unknown system.
    """
    rules = ruleset(system)
    if rules is None:
        return None
    for asked_in in (language, *(other for other in get_args(Language) if other != language)):
        form = normal(question, asked_in)
        if form.rule:
            return Prompt(
                kind="rules",
                messages=(
                    Message("system", f"{ASKED}{ANSWER_IN[language]}\n{rules.about.strip()}"),
                    Message("user", " ".join(question.split())),
                ),
                max_output_tokens=OUTPUT_TOKENS,
                temperature=TEMPERATURE,
                locale=language,
                cache_scope=f"rules-{rules.name}-{language}",
                identity=f"{rules.name} {asked_in} {form.key}",
            )
    return None


def worth_keeping(prompt: Prompt, answer: str) -> bool:
    """Say whether an answer may be kept for others: no refusal, in the right language, no worn phrase."""
    found = set(faults(answer, prompt.locale, {}, frozenset()))
    return not found - (HARMLESS if prompt.kind == "rules" else frozenset())


@cache
def _by_name() -> dict[str, Ruleset]:
    data = tomllib.loads((Path(__file__).parent / "data" / "rulesets.toml").read_text("utf-8"))
    return {known: Ruleset(name, entry["about"]) for name, entry in data.items() for known in entry["names"]}
