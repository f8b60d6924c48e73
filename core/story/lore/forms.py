"""How SillyTavern's world info and the Character Book name what a card says; read by import and export alike."""

from typing import Any, Final

from core.game.card import Logic, Position, Role

LOGICS: Final[tuple[Logic, ...]] = ("and_any", "not_all", "not_any", "and_all")
POSITIONS: Final[tuple[Position, ...]] = (
    "before",
    "after",
    "note_top",
    "note_bottom",
    "at_depth",
    "examples_top",
    "examples_bottom",
    "outlet",
)
ROLES: Final[tuple[Role, ...]] = ("system", "user", "assistant")
OURS: Final = "yourtale"
"""Where, among an entry's extensions, stands what only we know."""

FLAGS: Final[dict[str, str]] = {
    "constant": "constant",
    "selective": "selective",
    "use_probability": "useProbability",
    "group_override": "groupOverride",
    "exclude_recursion": "excludeRecursion",
    "prevent_recursion": "preventRecursion",
    "ignore_budget": "ignoreBudget",
}
"""Card fields that are true or false, by SillyTavern's name."""
CHOICES: Final[dict[str, str]] = {
    "case": "caseSensitive",
    "whole_words": "matchWholeWords",
    "group_scoring": "useGroupScoring",
}
"""Card fields that may also be left to the book."""
NUMBERS: Final[dict[str, str]] = {
    "order": "order",
    "depth": "depth",
    "probability": "probability",
    "group_weight": "groupWeight",
}
TIMED: Final[dict[str, str]] = {"sticky": "sticky", "cooldown": "cooldown", "delay": "delay"}
"""Card fields that are 0 where SillyTavern writes null."""

UNREAD: Final[dict[str, Any]] = {
    "vectorized": False,
    "addMemo": True,
    "automationId": "",
    "outletName": "",
    "matchPersonaDescription": False,
    "matchCharacterDescription": False,
    "matchCharacterPersonality": False,
    "matchCharacterDepthPrompt": False,
    "matchScenario": False,
    "matchCreatorNotes": False,
    "triggers": [],
}
"""What SillyTavern writes in every entry and we do not read, as it usually is; kept where it says something else."""
PLACES: Final = frozenset({"uid", "displayIndex"})
"""What says only where an entry stands in its file."""

EXTENSIONS: Final[dict[str, str]] = {
    "position": "position",
    "depth": "depth",
    "role": "role",
    "probability": "probability",
    "useProbability": "useProbability",
    "selectiveLogic": "selectiveLogic",
    "exclude_recursion": "excludeRecursion",
    "prevent_recursion": "preventRecursion",
    "delay_until_recursion": "delayUntilRecursion",
    "ignore_budget": "ignoreBudget",
    "group": "group",
    "group_override": "groupOverride",
    "group_weight": "groupWeight",
    "use_group_scoring": "useGroupScoring",
    "scan_depth": "scanDepth",
    "case_sensitive": "caseSensitive",
    "match_whole_words": "matchWholeWords",
    "sticky": "sticky",
    "cooldown": "cooldown",
    "delay": "delay",
    "display_index": "displayIndex",
    "vectorized": "vectorized",
    "automation_id": "automationId",
    "outlet_name": "outletName",
    "match_persona_description": "matchPersonaDescription",
    "match_character_description": "matchCharacterDescription",
    "match_character_personality": "matchCharacterPersonality",
    "match_character_depth_prompt": "matchCharacterDepthPrompt",
    "match_scenario": "matchScenario",
    "match_creator_notes": "matchCreatorNotes",
    "triggers": "triggers",
}
"""Where a Character Book's entry keeps, among its extensions, what SillyTavern's entry says by another name."""
