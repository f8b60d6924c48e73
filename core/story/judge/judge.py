"""One verdict: the checks, else a model asked in both orders; if it changes its mind with the order, a tie."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, Protocol

from core.ai import Account, Completion, Message, NoProvider
from core.story.claims import Evidence
from core.story.judge.checks import LOST, flaws
from core.story.judge.contest import Contest, Telling, lines
from core.story.judge.rubric import Rubric, rubric

Winner = Literal["one", "other", "tie"]
FACTS_MOST: Final = 8_000
TELLING_MOST: Final = 4_000
OUTPUT_MOST: Final = 400


class Asker(Protocol):
    """The part of core.ai.Router that a judge needs."""

    async def complete(
        self,
        messages: Sequence[Message],
        *,
        kind: str,
        max_output_tokens: int,
        temperature: float,
        locale: str,
        account: Account | None,
        model: str | None,
        schema: Mapping[str, Any] | None,
    ) -> Completion:
        """Return one whole answer that fits `schema`. Raises NoProvider."""
        ...


class Undecided(Exception):  # noqa: N818 - it is an outcome
    """The model gave no answer for a contest; `reason` is core.ai.NoProvider's."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Verdict:
    """Who told better, by `check` or by `judge`; `steady`: the model said the same in both orders.

    `points` sum the weights for `one` less those for `other`, both orders together; `criteria` the same a criterion.
    `flaws` and `words` are of `one` and `other`; `micro_usd` is what it cost, millionths of a dollar.
    `checked`: claims were read.
    """

    language: str
    winner: Winner
    by: Literal["check", "judge"]
    steady: bool = True
    points: int = 0
    criteria: Mapping[str, int] = field(default_factory=dict)
    flaws: tuple[Mapping[str, int], Mapping[str, int]] = ({}, {})
    words: tuple[int, int] = (0, 0)
    micro_usd: int = 0
    checked: bool = False


@dataclass(frozen=True)
class _Heard:
    """What one order said: points of the first telling less those of the second, and who lost outright."""

    winner: Literal["first", "second", "tie"]
    picks: Mapping[str, int]
    micro_usd: int


class Judge:
    """Judges contests with a model."""

    def __init__(self, asker: Asker, *, model: str | None = None, by: Rubric | None = None) -> None:
        self._asker = asker
        self._model = model
        self._rubric = by or rubric()

    async def verdict(self, contest: Contest, evidence: Evidence | None = None) -> Verdict:
        """Compare two tellings. Raises Undecided when nobody answers."""
        one, other = (flaws(telling, evidence) for telling in (contest.one, contest.other))
        counted = (Counter(one), Counter(other))
        words = (len(contest.one.telling.split()), len(contest.other.telling.split()))
        language, checked = contest.one.language, evidence is not None
        begun = Verdict(language, "tie", "check", flaws=counted, words=words, checked=checked)
        lost = (bool(LOST & set(one)), bool(LOST & set(other)))
        if lost[0] != lost[1]:
            return replace(begun, winner="other" if lost[0] else "one")
        there = await self._heard(contest.one, contest.other)
        back = await self._heard(contest.other, contest.one)
        winners = _side(there.winner, "one", "other"), _side(back.winner, "other", "one")
        criteria = {name: there.picks[name] - back.picks[name] for name in self._rubric.weights}
        return replace(
            begun,
            winner=winners[0] if winners[0] == winners[1] else "tie",
            by="judge",
            steady=winners[0] == winners[1],
            points=sum(criteria.values()),
            criteria=criteria,
            micro_usd=there.micro_usd + back.micro_usd,
        )

    async def _heard(self, first: Telling, second: Telling) -> _Heard:
        language = first.language
        body = (
            f"<facts>\n{lines(first.facts, FACTS_MOST)}\n</facts>\n"
            f"<first>\n{lines(first.telling, TELLING_MOST)}\n</first>\n"
            f"<second>\n{lines(second.telling, TELLING_MOST)}\n</second>\n{self._rubric.question[language]}"
        )
        try:
            answer = await self._asker.complete(
                [Message("system", self._rubric.system[language]), Message("user", body)],
                kind="judge",
                max_output_tokens=OUTPUT_MOST,
                temperature=0.0,
                locale=language,
                account=None,
                model=self._model,
                schema=self._rubric.schema,
            )
        except NoProvider as error:
            raise Undecided(error.reason) from error
        return self._weighed(answer)

    def _weighed(self, answer: Completion) -> _Heard:
        said = answer.value
        sign = {"first": 1, "second": -1, "equal": 0}
        picks = {name: weight * sign[said[name]] for name, weight in self._rubric.weights.items()}
        points = sum(picks.values())
        # A contradiction loses, however well it is told
        winner = {"first": "second", "second": "first"}.get(said["contradicts"]) or (
            "first" if points > 0 else "second" if points < 0 else "tie"
        )
        spent = sum(tried.micro_usd for tried in answer.attempts)
        return _Heard(winner, picks, spent)  # type: ignore[arg-type]


def _side(heard: str, first: Winner, second: Winner) -> Winner:
    return first if heard == "first" else second if heard == "second" else "tie"
