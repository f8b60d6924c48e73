"""What a storyteller asks in one telling, each step once: recorded steps are answered from the log."""

from collections.abc import Mapping, Sequence

from bot.crash import moment
from core.game.engine import Engine, Origin
from core.game.readings import TABLE, view
from core.game.rules.asks import Asked, EngineAsk
from core.game.state import Ask, State
from core.story.tellings import Fenced
from core.story.turn import Settled, Turn


class AskDesk:
    """The `ask` of one telling. The same ask again, by whoever tells on, is the same step: nobody fishes for a roll."""

    def __init__(self, engine: Engine, state: State, origin: Origin, earlier: Sequence[Ask] = ()) -> None:
        self._engine = engine
        self._origin = origin
        self._state = state
        self._start = state.stand
        self._settled = {_named(done.tool, done.arguments): done for done in (*earlier, *state.settled())}
        self._next = len(state.asks)

    async def __call__(self, tool: str, arguments: Mapping[str, str]) -> Settled:
        """Return the engine's answer. Raises Refusal `stale_telling`, or Fenced when another worker asks too."""
        plain = {str(k)[:20]: str(v)[:60] for k, v in list(arguments.items())[:6]}
        done = self._settled.get(_named(tool[:20], plain))
        if done:
            return Settled(done.ok, done.result, view(self._state, TABLE))
        step, self._next = self._next, self._next + 1
        command = EngineAsk(
            key=f"ask:{self._start}:{step}", by=0, start=self._start, step=step, tool=tool, arguments=plain
        )
        outcome = await self._engine.execute(command, session=self._state.session_id, origin=self._origin)
        moment("tool_row_appended")
        asked = next(event for event in outcome.events if isinstance(event, Asked))
        if (asked.tool, asked.arguments) != (tool[:20], plain):
            raise Fenced
        self._state = outcome.state
        self._settled[_named(asked.tool, plain)] = Ask(step, asked.tool, plain, asked.ok, asked.result)
        return Settled(asked.ok, asked.result, view(outcome.state, TABLE))


def _named(tool: str, arguments: Mapping[str, str]) -> tuple[str, frozenset[tuple[str, str]]]:
    return tool, frozenset(arguments.items())


class Settlements:
    """The `ask` of another version of a telling: what was settled stays settled, and nothing new is."""

    def __init__(self, turn: Turn) -> None:
        self._settled = {_named(done.tool, done.arguments): done for done in turn.asks}
        self._state = turn.state

    async def __call__(self, tool: str, arguments: Mapping[str, str]) -> Settled:
        """Return the engine's answer of then, or its refusal."""
        done = self._settled.get(_named(tool, dict(arguments)))
        return (
            Settled(done.ok, done.result, self._state) if done else Settled(False, {"why": "already_done"}, self._state)
        )
