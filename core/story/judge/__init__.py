"""Two tellings of the same facts, compared by a model: checks first, both orders, and a disagreement is a tie."""

from core.story.judge.contest import Contest, Telling, contests
from core.story.judge.judge import Judge, Undecided, Verdict
from core.story.judge.report import Report, report
from core.story.judge.rubric import rubric

__all__ = ["Contest", "Judge", "Report", "Telling", "Undecided", "Verdict", "contests", "report", "rubric"]
