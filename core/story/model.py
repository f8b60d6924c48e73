"""The teller that asks a model: streams its words, carries its asks to the engine, releases checked sentences only."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from core.ai import Account, Call, Event, Finished, Message, Prompt, Text, ToolCall
from core.game.state import Ask as Asked
from core.story.checks import faults, refuses
from core.story.hygiene import clean
from core.story.prompt import answer_prompt, narration_prompt, refused_text, secret_text
from core.story.sentences import split
from core.story.turn import Ask, Piece, Settled, Turn

ASKS_MOST: Final = 4
WORDS_MOST: Final = 120
CHARACTERS_MOST: Final = 1_800
BUFFER_MOST: Final = 8_000
ARGUMENTS_MOST: Final = 6
NAME: Final = "model"


class UnusableError(Exception):
    """Nothing that a model wrote could be told: it refused, drifted or was cut whole. `why` says which."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Models(Protocol):
    """The part of core.ai.Router that a teller needs."""

    def stream(self, prompt: Prompt, *, account: Account) -> AsyncGenerator[Event, None]:
        """Yield Text, Call, then one Finished. Raises NoProvider."""
        ...


@dataclass
class Draft:
    """What has been told so far, and what has come in but is not a whole sentence yet."""

    language: str
    names: Mapping[str, str | None]
    spoke: frozenset[str]
    words: int = 0
    characters: int = 0
    waiting: str = ""
    told: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)

    def full(self) -> bool:
        """Tell whether no more fits into one narration."""
        return self.words >= WORDS_MOST or self.characters >= CHARACTERS_MOST

    def take(self, text: str, *, end: bool = False) -> list[str]:
        """Return the sentences that these words complete and that pass the checks."""
        self.waiting = (self.waiting + text)[-BUFFER_MOST:]
        sentences = split(self.waiting)
        keep = "" if end or not sentences else sentences.pop()
        self.waiting = keep + (" " if keep and self.waiting[-1:].isspace() else "")
        return [passed for sentence in sentences if (passed := self._passed(sentence))]

    def _passed(self, sentence: str) -> str:
        cleaned = clean(sentence)
        if not cleaned or cleaned[-1] not in '.!?…”"’»)':
            return ""
        if refuses(cleaned) and not self.told:
            raise UnusableError("refusal")
        found = faults(cleaned, self.language, self.names, self.spoke)
        if found:
            self.cut += found
            return ""
        count = len(cleaned.split())
        if self.words + count > WORDS_MOST or self.characters + len(cleaned) + 1 > CHARACTERS_MOST:
            self.words, self.characters = WORDS_MOST, CHARACTERS_MOST
            return ""
        self.words, self.characters = self.words + count, self.characters + len(cleaned) + 1
        self.told.append(cleaned)
        return cleaned


class ModelTeller:
    """Tells with whatever model the router finds. Raises core.ai.NoProvider or UnusableError, also after words."""

    def __init__(self, models: Models) -> None:
        self._models = models

    async def tell(self, turn: Turn, ask: Ask) -> AsyncIterator[Piece]:
        """Tell a turn, going on after `turn.shown`; at most four asks, then words only."""
        draft = Draft(turn.state.language, turn.names, _spoke(turn))
        draft.words, draft.characters = len(turn.shown.split()), len(turn.shown)
        prompt, people, teller = _with_history(narration_prompt(turn), turn.asks), _people(turn), NAME
        asked = len(turn.asks)
        while not draft.full():
            calls: list[ToolCall] = []
            async with aclosing(self._events(prompt, turn)) as events:
                async for event in events:
                    match event:
                        case Text(text):
                            for sentence in draft.take(text):
                                yield Piece(f"{sentence} ", teller, people=people)
                            if draft.full():
                                break
                        case Call(call):
                            calls.append(call)
                        case Finished(provider=provider):
                            teller = provider
            # a sentence that stops for an ask is begun anew after it: only whole ones go out
            for sentence in draft.take("", end=True):
                yield Piece(f"{sentence} ", teller, people=people)
            if draft.full() or not calls:
                break
            prompt, asked = await self._answered(replace(prompt, prefix=_joined(turn, draft)), calls, ask, asked)
        if not draft.told and not turn.shown:
            raise UnusableError(draft.cut[0] if draft.cut else "empty")
        yield Piece("", teller, final=True, people=people)

    async def answer(self, turn: Turn, person: int, question: str) -> AsyncIterator[Piece]:
        """Answer a private question in words; no ask."""
        draft = Draft(turn.answers_in, {}, frozenset())
        teller = NAME
        async with aclosing(self._events(answer_prompt(turn, person, question), turn, person)) as events:
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
            raise UnusableError(draft.cut[0] if draft.cut else "empty")
        yield Piece("", teller, final=True)

    async def _events(self, prompt: Prompt, turn: Turn, person: int | None = None) -> AsyncGenerator[Event, None]:
        account = Account(
            guild_id=turn.guild_id or None,
            session_id=turn.state.session_id,
            person_id=person,
            reference=turn.reference,
            from_seq=turn.start,
            attempt=turn.attempt,
        )
        async with aclosing(self._models.stream(prompt, account=account)) as events:
            async for event in events:
                yield event

    async def _answered(self, prompt: Prompt, calls: list[ToolCall], ask: Ask, asked: int) -> tuple[Prompt, int]:
        """Carry the calls to the engine and return the prompt that goes on with the answers."""
        history = [Message("assistant", "", tuple(calls))]
        for call in calls:
            if asked < ASKS_MOST:
                arguments = {str(k): str(v) for k, v in list(call.arguments.items())[:ARGUMENTS_MOST]}
                settled = await ask(call.name, arguments)
                asked += 1
                content = _result(settled)
            else:
                content = json.dumps({"ok": False, "why": "asked enough", "do": refused_text()})
            history.append(Message("tool", content, tool_call_id=call.id))
        more = prompt.tools if asked < ASKS_MOST else ()
        return replace(prompt, messages=(*prompt.messages, *history), tools=more), asked


def _result(settled: Settled) -> str:
    """Return the engine's answer for the model: words, and the text of a secret that was granted."""
    if not settled.ok:
        why = " ".join(str(value).replace("_", " ") for value in settled.result.values())
        return json.dumps({"ok": False, "why": why, "do": refused_text()}, ensure_ascii=False)
    result: dict[str, object] = {"ok": True, **{k: _worded(v) for k, v in settled.result.items()}}
    if "secret" in settled.result:
        result["told"] = secret_text(settled.state, str(settled.result["secret"]))
    return json.dumps(result, ensure_ascii=False)


def _worded(value: str | int) -> str:
    return value.replace("_", " ") if isinstance(value, str) else "yes" if value else "no"


def _with_history(prompt: Prompt, asks: tuple[Asked, ...]) -> Prompt:
    """Return the prompt with what an earlier attempt asked and got, as calls of the model's own."""
    history: list[Message] = []
    for number, old in enumerate(asks):
        call = ToolCall(f"earlier{number}", old.tool, old.arguments)
        content = json.dumps({"ok": old.ok, **{k: _worded(v) for k, v in old.result.items()}}, ensure_ascii=False)
        history += [Message("assistant", "", (call,)), Message("tool", content, tool_call_id=call.id)]
    more = prompt.tools if len(asks) < ASKS_MOST else ()
    return replace(prompt, messages=(*prompt.messages, *history), tools=more)


def _joined(turn: Turn, draft: Draft) -> str:
    """Return the words told so far, ready for the next sentence."""
    return "".join(f"{part} " for part in (turn.shown.strip(), *draft.told) if part)


def _spoke(turn: Turn) -> frozenset[str]:
    return frozenset(deed.hero for deed in turn.deeds if deed.kind == "say")


def _people(turn: Turn) -> frozenset[int]:
    heroes = turn.state.heroes
    return frozenset(heroes[deed.hero].person for deed in turn.deeds if deed.hero in heroes)
