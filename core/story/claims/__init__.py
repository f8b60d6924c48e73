"""What a narration claims, and whether the engine bears it out: read by rules and word lists, without a model."""

from core.story.claims.claim import Claim, Family, Fault
from core.story.claims.evidence import Evidence
from core.story.claims.reading import Reader

__all__ = ["Claim", "Evidence", "Family", "Fault", "Reader"]
