"""Questions about the rules: known without a model, and alike in whatever words they are put."""

from core.story.questions.normal import Normal, normal

__all__ = ["Normal", "normal"]
