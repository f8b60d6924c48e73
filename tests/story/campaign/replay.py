"""The campaign played into a memory, and what a storyteller would be given where a fact is asked for."""

from dataclasses import dataclass, replace
from pathlib import Path

from core.story.budget import BUDGET
from core.story.memory.dense import SIZE, Model
from core.story.memory.index import Index, heroes
from core.story.memory.passages import Episode, passages
from core.story.memory.recall import LEDGER_TOKENS, MEMORIES_TOKENS, Question
from core.story.memory.remembering import remember
from core.story.prompt import layers
from core.story.turn import Deed, Turn
from tests.story.campaign.campaign import LANGUAGES, Campaign, Fact
from tests.story.campaign.campaign import Turn as Lived
from tests.story.table import Table

HEROES = {"Lia": "pc1", "Bento": "pc2", "Kim": "pc3"}
NAMES = {hero: name for name, hero in HEROES.items()}
FOLDER = Path(__file__).parent
MEMORY = ("pinned", "summary", "memories", "recent")
"""The layers in which a fact may be recalled."""


@dataclass(frozen=True)
class Vectors:
    """Vectors of every turn's sentences and whole, and of every fact's ask, in the campaign's order."""

    turns: tuple[bytes, ...]
    asks: tuple[bytes, ...]

    @classmethod
    async def of(cls, campaign: Campaign, model: Model) -> "Vectors":
        turns = [await model.sentences(spoken(turn)) for turn in campaign.turn]
        return cls(tuple(turns), tuple([await model.question(fact.ask) for fact in campaign.fact]))

    @classmethod
    def read(cls, campaign: Campaign, path: Path) -> "Vectors":
        raw, at, turns = path.read_bytes(), 0, []
        for turn in campaign.turn:
            size = len(spoken(turn)) * SIZE
            turns.append(raw[at : at + size])
            at += size
        asks = [raw[at + n * SIZE : at + (n + 1) * SIZE] for n in range(len(campaign.fact))]
        if len(raw) != at + len(asks) * SIZE:
            raise ValueError(f"{path.name} is of another text: write it anew with `python -m bench recall`")
        return cls(tuple(turns), tuple(asks))

    def write(self, path: Path) -> None:
        path.write_bytes(b"".join((*self.turns, *self.asks)))


def episode(turn: Lived) -> Episode:
    deed = Deed(2 * turn.n, "act", HEROES[turn.deed.who], turn.deed.text)
    return Episode(2 * turn.n + 1, (deed,), turn.tell)


def spoken(turn: Lived) -> list[str]:
    """The texts of a turn that are embedded: its sentences, then the whole."""
    shown = [passage.shown(NAMES) for passage in passages(episode(turn))]
    return [*shown, " ".join(shown)]


def given(
    campaign: Campaign, fact: Fact, language: str, vectors: Vectors | None, *, memories: int, held: int
) -> dict[str, str]:
    """The text of each layer of memory in the prompt that would tell the fact's ask, the ask itself left out."""
    question = Question(fact.ask, vectors.asks[campaign.fact.index(fact)] if vectors else b"")
    turn = turn_at(campaign, fact.ask_turn, question, language, vectors, memories=memories, held=held)
    budget = {**BUDGET, "memories": memories + 40, "summary": held + 40}
    return {layer.name: layer.text for layer in layers(turn, budget) if layer.name in MEMORY}


def turn_at(
    campaign: Campaign,
    n: int,
    question: Question,
    language: str,
    vectors: Vectors | None,
    *,
    memories: int = MEMORIES_TOKENS,
    held: int = LEDGER_TOKENS,
) -> Turn:
    """The turn that tells the question as the campaign's nth deed."""
    before = campaign.turn[: n - 1]
    index = Index(language, heroes(NAMES))
    for at, lived in enumerate(before):
        index.add(episode(lived), vectors.turns[at] if vectors else b"")
    found = remember(index, [question], NAMES, recent=BUDGET["recent"], memories=memories, held=held)
    return replace(
        _TABLES[language].turn((Deed(2 * n, "act", "pc1", question.text),)),
        recent=tuple(lived.tell for lived in before)[-60:],
        summary="\n".join(passage.shown(NAMES) for passage in found.ledger),
        memories=tuple(passage.shown(NAMES) for passage in found.memories),
        tokens=100_000,
    )


def _table(language: str) -> Table:
    table = Table(language)
    for name in HEROES:
        table.join(name)
    return table


_TABLES = {language: _table(language) for language in LANGUAGES}
