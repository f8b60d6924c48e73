"""The teller that asks a model: streams its words, carries its asks to the engine, releases checked sentences only."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Final, Protocol

from core.ai import Account, Call, Event, Finished, NoProvider, Prompt, Text, ToolCall
from core.story.course import Course, softened
from core.story.draft import Draft
from core.story.gate import Voice
from core.story.prompt import answer_prompt
from core.story.questions.rules import HARMLESS, rules_prompt
from core.story.turn import Ask, Piece, Turn

ROUNDS_MOST: Final = 7
NAME: Final = "model"


class UnusableError(Exception):
    """Nothing that a model wrote could be told: it refused, drifted or was cut whole. `why` says which."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Models(Protocol):
    """The part of core.ai.Router that a teller and a summary need."""

    def stream(self, prompt: Prompt, *, account: Account) -> AsyncGenerator[Event, None]:
        """Yield Text, Call, then one Finished. Raises NoProvider."""
        ...


class ModelTeller:
    """Tells with whatever model the router finds. Raises core.ai.NoProvider or UnusableError, also after words."""

    def __init__(self, models: Models) -> None:
        self._models = models

    async def tell(self, turn: Turn, ask: Ask) -> AsyncIterator[Piece]:
        """Tell a turn, going on after `turn.shown`; at most four asks, then words only.

        A scene that a provider will not hear is put to it once more in milder words.
        """
        said = False
        try:
            async for piece in self._tell(turn, ask):
                said = said or bool(piece.text)
                yield piece
        except NoProvider as error:
            if error.reason != "blocked" or said:
                raise
            async for piece in self._tell(softened(turn), ask):
                yield piece

    async def _tell(self, turn: Turn, ask: Ask) -> AsyncIterator[Piece]:
        course = Course.of(turn, ask)
        draft = course.draft
        for _ in range(ROUNDS_MOST):
            calls: list[ToolCall] = []
            async with aclosing(self._events(course.prompt, turn)) as events:
                async for event in events:
                    match event:
                        case Text(text):
                            for sentence in draft.take(text):
                                yield Piece(f"{sentence} ", course.teller)
                            if draft.full():
                                break
                        case Call(call):
                            calls.append(call)
                        case Finished(provider=provider):
                            course.teller = provider
            # a sentence that stops for an ask is begun anew after it: only whole ones go out
            sentences = draft.take("", end=True)
            if not draft.full():
                sentences += await course.answer(calls) if calls else draft.finish()
            for sentence in sentences:
                yield Piece(f"{sentence} ", course.teller)
            self._usable(draft)
            if not course.goes_on(asked=bool(calls)):
                break
        if not draft.told and not turn.shown:
            raise UnusableError(draft.cut[0].fault if draft.cut else "empty")
        yield Piece("", course.teller, final=True, cut=tuple(cut.fault for cut in draft.cut))

    async def answer(self, turn: Turn, person: int, question: str) -> AsyncIterator[Piece]:
        """Answer a private question in words; no ask. One about the rules is answered without the table."""
        rules = rules_prompt(turn.system, question, turn.answers_in)
        draft = Draft(Voice(turn.answers_in, HARMLESS if rules else frozenset()))
        teller = NAME
        async with aclosing(self._events(rules or answer_prompt(turn, person, question), turn, person)) as events:
            async for event in events:
                match event:
                    case Text(text):
                        for sentence in draft.take(text):
                            yield Piece(f"{sentence} ", teller)
                    case Finished(provider=provider):
                        teller = provider
        for sentence in draft.take("", end=True):
            yield Piece(f"{sentence} ", teller)
        if not draft.told:
            raise UnusableError(draft.cut[0].fault if draft.cut else "empty")
        yield Piece("", teller, final=True)

    async def _events(self, prompt: Prompt, turn: Turn, person: int | None = None) -> AsyncGenerator[Event, None]:
        account = Account(
            guild_id=turn.guild_id or None,
            session_id=turn.state.session_id,
            person_id=person,
            reference=turn.reference,
            from_seq=turn.start,
            attempt=turn.attempt,
            session_limit=turn.state.budget or None,
        )
        async with aclosing(self._models.stream(prompt, account=account)) as events:
            async for event in events:
                yield event

    @staticmethod
    def _usable(draft: Draft) -> None:
        if not draft.told and any(cut.fault == "refusal" for cut in draft.cut):
            raise UnusableError("refusal")
