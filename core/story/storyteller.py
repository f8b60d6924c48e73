"""Who tells: a model first; the oracle when there is none, or when none can. The turn is never lost."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace

from core.ai import NoProvider
from core.game.state import Ask as Asked
from core.story.model import NAME, UnusableError
from core.story.turn import Ask, Piece, Settled, Teller, Turn


@dataclass
class _Noted:
    """An `ask` that remembers what was asked anew, so that whoever goes on need not ask again."""

    ask: Ask
    known: list[Asked]
    new: list[Asked] = field(default_factory=list)

    async def __call__(self, tool: str, arguments: Mapping[str, str]) -> Settled:
        settled = await self.ask(tool, arguments)
        done = next((old for old in self.known if (old.tool, old.arguments) == (tool, dict(arguments))), None)
        if done:
            self.known.remove(done)
        else:
            self.new.append(Asked(len(self.new), tool, dict(arguments), settled.ok, dict(settled.result)))
        return settled


class Storyteller:
    """Tells with `models`, and with `oracle` where that is None or fails, before a word or after some.

    With `stops`, a telling whose models fail is left where it broke off, for the table to go on with; one that has no
    word yet is tried again later.
    """

    def __init__(self, models: Teller | None, oracle: Teller, *, stops: bool = False) -> None:
        self._models = models
        self._oracle = oracle
        self._stops = stops

    async def tell(self, turn: Turn, ask: Ask) -> AsyncIterator[Piece]:
        """Tell a turn. After a failure the oracle goes on behind the last whole sentence, and pieces say `outage`.

        Raises NoProvider or UnusableError when it stops instead and nothing was told.
        """
        if self._models is None:
            async for piece in self._oracle.tell(turn, ask):
                yield piece
            return
        noted, shown = _Noted(ask, list(turn.asks)), turn.shown
        try:
            async for piece in self._models.tell(turn, noted):
                shown = f"{shown.rstrip()} {piece.text}".strip()
                yield piece
        except (NoProvider, UnusableError) as error:
            if self._stops and shown:
                yield Piece("", NAME, final=True, outage=_reason(error), broken=True)
                return
            if self._stops:
                raise
            rest = replace(turn, shown=shown, asks=(*turn.asks, *noted.new))
            async for piece in self._oracle.tell(rest, ask):
                yield replace(piece, outage=_reason(error))

    async def answer(self, turn: Turn, person: int, question: str) -> AsyncIterator[Piece]:
        """Answer a private question of one person."""
        said, why = False, ""
        if self._models is not None:
            try:
                async for piece in self._models.answer(turn, person, question):
                    said = said or bool(piece.text)
                    yield piece
            except (NoProvider, UnusableError) as error:
                why = _reason(error)
                if said:
                    yield Piece("", "", final=True, outage=why)
                    return
            else:
                return
        async for piece in self._oracle.answer(turn, person, question):
            yield replace(piece, outage=why)


def _reason(error: NoProvider | UnusableError) -> str:
    return error.reason if isinstance(error, NoProvider) else "unusable"
