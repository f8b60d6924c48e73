"""The storyteller's own commands: a telling is heard once, a private answer once."""

from msgspec import field

from core.game.refusal import Refusal
from core.game.registry import Command, Decision, Draws, Event, applies, rule
from core.game.rules.lore import CardsUsed
from core.game.state import SPOTLIGHT_MOST, Audience, Scene, State


class Tell(Command, frozen=True, kw_only=True):
    """The telling of the pending rows up to `through`, from where it stood at row `start`.

    `teller` says who told: a provider's name or `oracle`. The text is kept beside the log before this is given.
    `cards` are the lore cards it was told with that last a while or rest after, with the telling they came up in.
    """

    start: int
    through: int
    teller: str
    cards: dict[str, int] = field(default_factory=dict)


class Answer(Command, frozen=True, kw_only=True):
    """The private answer to question row `question`; the text is kept beside the log."""

    question: int
    teller: str


class Told(Event, frozen=True, kw_only=True):
    """The pending rows up to `through` were told; the round went without the heroes `missed`."""

    start: int
    through: int
    teller: str
    missed: tuple[str, ...] = ()


class Answered(Event, frozen=True, kw_only=True):
    """A private question was answered."""

    question: int
    teller: str


@rule(Tell, who="table", when_paused=True)
def tell(state: State, command: Tell, _: Draws) -> Decision:
    """Accept a telling only if it starts where the telling stands: of two workers only one is heard."""
    if command.start != state.stand:
        raise Refusal("stale_telling")
    if state.status == "open" and not any(row <= command.through for row in state.pending):
        raise Refusal("stale_telling")  # all of it was taken back meanwhile
    missed = () if _round_after(state, command.through) else state.missed
    told = Told(start=command.start, through=command.through, teller=command.teller, missed=missed)
    cards = {card: turn for card, turn in command.cards.items() if card in state.lore}
    return Decision((told, CardsUsed(cards=cards, to="gm")) if cards else (told,))


@applies(Told)
def _told(state: State, event: Told, seq: int) -> State:
    before = state.asked_at or seq
    rows = {row for row in state.pending if row <= event.through}
    heroes = tuple(dict.fromkeys(step.hero for step in state.trail if step.hero and step.before in rows))
    told = state.step(before, "telling").tells("telling", event.start)
    return told.with_(
        scene_told=Scene(before, tuple(row for row in (*state.pending, *state.taken_back) if row < before)),
        taken_back=(),
        spotlight=(*state.spotlight[1 - SPOTLIGHT_MOST :], heroes),
        missed=state.missed if _round_after(state, event.through) else (),
        stand=seq,
        pending=tuple(row for row in state.pending if row > event.through),
        asks=(),
        rolled={row: ask for row, ask in state.rolled.items() if row not in rows},
        asked_at=0,
        version=state.version if state.version and state.version.waits() else None,
        shown=0,
        heard=seq,
        tellings=state.tellings + 1,
    )


@rule(Answer, who="table", when_paused=True)
def answer(state: State, command: Answer, _: Draws) -> Decision:
    """Accept the answer to a question that still waits."""
    if command.question not in state.questions:
        raise Refusal("stale_telling")
    to: Audience = (state.questions[command.question],)
    return Decision((Answered(question=command.question, teller=command.teller, to=to),))


@applies(Answered)
def _answered(state: State, event: Answered, _: int) -> State:
    return state.with_(questions={row: who for row, who in state.questions.items() if row != event.question})


def _round_after(state: State, through: int) -> bool:
    """Tell whether another round was closed while this one was told: whom that one missed is said with it."""
    return any(through < row <= state.closed for row in state.pending)
