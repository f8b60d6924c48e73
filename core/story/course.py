"""The course of one telling by a model: what it asked, what it is told back, when it is asked to mend, when it ends."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final, Self

from core.ai import Message, Prompt, ToolCall
from core.game.state import Ask as Asked
from core.game.state import State
from core.story.draft import Draft
from core.story.gate import SETTLES, Gate
from core.story.oracle.desk import settled_state
from core.story.oracle.intent import understood
from core.story.prompt import mending_text, narration_prompt, pending_text, refused_text, secret_text
from core.story.sentences import split
from core.story.turn import Ask, Turn

ASKS_MOST: Final = 4
ARGUMENTS_MOST: Final = 6
ENOUGH: Final = 2
"""Sentences that a telling can stand on when a worn or false one was cut."""
MENDED_MOST: Final = 3
"""Cut sentences that a model is shown again."""


@dataclass
class Course:
    """One telling as it goes."""

    turn: Turn
    ask: Ask
    prompt: Prompt
    state: State
    asks: list[Asked]
    draft: Draft
    teller: str = "model"
    mended: bool = False
    waits: bool = False

    @classmethod
    def of(cls, turn: Turn, ask: Ask) -> Self:
        """Begin a telling behind what was shown, with what an earlier attempt asked already settled."""
        state = reduce(settled_state, (old for old in turn.asks if old.ok), turn.state)
        draft = Draft(Gate(turn, state, turn.asks, split(turn.shown)), len(turn.shown.split()), len(turn.shown))
        prompt = _with_history(narration_prompt(turn), turn.asks, state)
        return cls(turn, ask, prompt, state, list(turn.asks), draft)

    async def answer(self, calls: Sequence[ToolCall]) -> list[str]:
        """Carry the model's calls to the engine; return the held sentences that its answers let go."""
        history = [Message("assistant", "", tuple(calls))]
        for call in calls:
            content = await self._settled(call) if len(self.asks) < ASKS_MOST else _refused("asked enough")
            history.append(Message("tool", content, tool_call_id=call.id))
        more = self.prompt.tools if len(self.asks) < ASKS_MOST and not self.waits else ()
        released = self.draft.settle(
            Gate(self.turn, self.state, self.asks, (*split(self.turn.shown), *self.draft.told))
        )
        self.prompt = replace(self.prompt, messages=(*self.prompt.messages, *history), tools=more)
        self._follow_on()
        return released

    def goes_on(self, *, asked: bool) -> bool:
        """Tell whether the model is to be asked for more: for the outcome of its asks, or once to mend what was cut."""
        if self.draft.full():
            return False
        if asked:
            return not (self.waits and self.draft.told)
        if self.mended or not self._lacks():
            return False
        self.mended = True
        cut = "\n".join(f"<cut>{cut.sentence}</cut> {cut.fault}" for cut in self.draft.cut[:MENDED_MOST])
        message = Message("user", mending_text(cut, self.turn.state.language))
        self.prompt = replace(self.prompt, messages=(*self.prompt.messages, message))
        self._follow_on()
        return True

    async def _settled(self, call: ToolCall) -> str:
        arguments = {str(k): str(v) for k, v in list(call.arguments.items())[:ARGUMENTS_MOST]}
        settled = await self.ask(call.name, arguments)
        self.asks.append(Asked(len(self.asks), call.name, arguments, settled.ok, dict(settled.result)))
        self.state = settled.state
        self.waits = self.waits or bool(settled.result.get("pending"))
        return _content(settled.ok, settled.result, settled.state)

    def _lacks(self) -> bool:
        """Tell whether something that matters was cut: a claim on what happened, or nearly all."""
        cut = [fault.fault for fault in self.draft.cut]
        return bool(cut) and (any(fault in SETTLES for fault in cut) or len(self.draft.told) < ENOUGH)

    def _follow_on(self) -> None:
        told = (self.turn.shown.strip(), *self.draft.told)
        self.prompt = replace(self.prompt, prefix="".join(f"{part} " for part in told if part))


def softened(turn: Turn) -> Turn:
    """Return the turn with its deeds in the engine's words instead of the players'."""
    deeds = []
    for deed in turn.deeds:
        wanted = understood(deed.text, turn.state, turn.names)
        named = (*wanted.figures, *wanted.items, *wanted.places, *wanted.features)
        deeds.append(replace(deed, text=" ".join((wanted.verb, *named)) if deed.text else ""))
    return replace(turn, deeds=tuple(deeds), rating="everyone", tone="")


def _content(ok: bool, asked: Mapping[str, str | int], state: State) -> str:
    """Return the engine's answer for the model: words, and the text of a secret that was granted."""
    if not ok:
        return _refused(" ".join(str(value).replace("_", " ") for value in asked.values()))
    result: dict[str, object] = {"ok": True, **{k: _worded(v) for k, v in asked.items()}}
    if "secret" in asked:
        result["told"] = secret_text(state, str(asked["secret"]))
    if asked.get("pending"):
        result["do"] = pending_text()
    return json.dumps(result, ensure_ascii=False)


def _refused(why: str) -> str:
    return json.dumps({"ok": False, "why": why, "do": refused_text()}, ensure_ascii=False)


def _worded(value: str | int) -> str:
    return value.replace("_", " ") if isinstance(value, str) else "yes" if value else "no"


def _with_history(prompt: Prompt, asks: Sequence[Asked], state: State) -> Prompt:
    """Return the prompt with what an earlier attempt asked and got, as calls of the model's own."""
    history: list[Message] = []
    for number, old in enumerate(asks):
        call = ToolCall(f"earlier{number}", old.tool, old.arguments)
        content = _content(old.ok, old.result, state)
        history += [Message("assistant", "", (call,)), Message("tool", content, tool_call_id=call.id)]
    more = prompt.tools if len(asks) < ASKS_MOST else ()
    return replace(prompt, messages=(*prompt.messages, *history), tools=more)
