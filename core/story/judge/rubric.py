"""The judge's prompt and weights: a versioned data file, a version for each wording."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

PICKS: Final = ("first", "second", "equal")
CONTRADICTS: Final = ("none", "first", "second", "both")
_FOLDER: Final = Path(__file__).parent / "rubrics"
NEWEST: Final = 1


@dataclass(frozen=True)
class Rubric:
    """`weights` by criterion, in points of 100; `system` and `question` by language."""

    version: int
    weights: Mapping[str, int]
    system: Mapping[str, str]
    question: Mapping[str, str]

    @property
    def schema(self) -> dict[str, Any]:
        """The shape of an answer: who contradicts the facts, and for each criterion which telling does it better."""
        picks = {name: {"type": "string", "enum": list(PICKS)} for name in self.weights}
        properties = {"contradicts": {"type": "string", "enum": list(CONTRADICTS)}, **picks}
        return {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }


@cache
def rubric(version: int = NEWEST) -> Rubric:
    """Read a version. Raises FileNotFoundError for one that there is not."""
    data = tomllib.loads((_FOLDER / f"v{version}.toml").read_text("utf-8"))
    return Rubric(version, data["weights"], data["system"], data["question"])
