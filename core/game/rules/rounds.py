"""Rounds: several people's actions make one telling, told when all have acted, on a word, or when the pause is over.

No clock is read here. The deadline is a number in the log, made from the time of the action that opened the round; when
it is over the worker says so with a `CloseRound` of the table's own.
"""

from typing import Final, cast, get_args

from core.game.refusal import Refusal
from core.game.registry import Command, Decision, Draws, Event, applies, rule
from core.game.state import Absence, Rating, RollsBy, State

PAUSES: Final = (0, 30, 45, 90, 300, 3_600, 86_400)
"""Seconds that a table may wait for everybody after the first action of a round; 0 tells each at once."""


class CloseRound(Command, frozen=True, kw_only=True):
    """Have the storyteller tell what has gathered, without waiting for more.

    The game master's word counts at once; where the storyteller leads, a player's is a vote. Given by the table itself,
    `until` names the deadline that is over.
    """

    until: int = 0


class SetTable(Command, frozen=True, kw_only=True):
    """Change how the table plays; what is left empty (or -1) stays. `most` is the rating allowed in this place."""

    gather: int = -1
    absence: str = ""
    rating: str = ""
    rolls: str = ""
    most: Rating = "teen"


class RoundOpened(Event, frozen=True, kw_only=True):
    """The first action of a round; it is told at `until` (Unix seconds) at the latest."""

    until: int


class RoundVoted(Event, frozen=True, kw_only=True):
    """A player would have it told now."""

    hero: str


class RoundClosed(Event, frozen=True, kw_only=True):
    """What has gathered is to be told now, without the heroes `missed`."""

    missed: tuple[str, ...] = ()


class TableSet(Event, frozen=True, kw_only=True):
    """How the table plays was changed; empty fields (and -1) stand for what stays."""

    gather: int = -1
    absence: str = ""
    rating: str = ""
    rolls: str = ""


def gathering(state: State) -> tuple[int, ...]:
    """Return the rows that wait for the round to be closed."""
    return tuple(row for row in state.pending if row > state.closed)


def missing(state: State) -> list[str]:
    """Return the heroes the round waits for: those awaited whose action has not been gathered."""
    acted = _acted(state)
    return [hero.id for hero in state.awaited() if hero.id not in acted]


def on_action(state: State, hero: str, at: int) -> tuple[Event, ...]:
    """Return what an action of a hero at `at` (Unix seconds, 0: unknown) does to the round."""
    if not state.gathers():
        return ()
    acted = _acted(state) | {hero}
    if all(awaited.id in acted for awaited in state.awaited()):
        return (RoundClosed(),)
    return (RoundOpened(until=at + state.gather),) if at and not state.until else ()


def on_leaving(state: State, hero: str) -> tuple[Event, ...]:
    """Return what it does to the round that this hero leaves the table."""
    waited = [one for one in missing(state) if one != hero]
    return (RoundClosed(),) if state.gathers() and gathering(state) and not waited else ()


def _acted(state: State) -> set[str]:
    rows = set(gathering(state))
    return {step.hero for step in state.trail if step.before in rows}


def votes_needed(state: State) -> int:
    """Return how many players have to want the telling: half of those awaited."""
    return max(1, (len(state.awaited()) + 1) // 2)


def age_gate(state: State, *, gated: bool) -> tuple[Event, ...]:
    """Return the change that an adult table comes to where the channel is not age-gated any more."""
    return (TableSet(rating="teen"),) if state.rating == "adult" and not gated else ()


@rule(CloseRound, who="anyone")
def close_round(state: State, command: CloseRound, _draws: Draws) -> Decision:
    """Close the round: at the deadline, on the game master's word, or with half of the players' votes."""
    if command.by == 0 and (not state.until or command.until != state.until):
        raise Refusal("stale_telling")
    hero = state.hero_of(command.by)
    leads = command.by in {0, state.gm}
    if not leads and (state.lead != "ai" or hero is None):
        raise Refusal("gm_only", gm=state.gm)
    if not state.pending:
        raise Refusal("nothing_to_tell")
    waits = state.gathers() or state.lead == "gm"
    if waits and not gathering(state):
        raise Refusal("round_closed")
    closed = RoundClosed(missed=tuple(missing(state)) if waits else ())
    if leads or hero is None:
        return Decision((closed,), {"closed": 1})
    votes, needed = len({*state.votes, hero.id}), votes_needed(state)
    events = (RoundVoted(hero=hero.id), closed) if votes >= needed else (RoundVoted(hero=hero.id),)
    return Decision(events, {"closed": int(votes >= needed), "votes": votes, "needed": needed})


@rule(SetTable, who="gm", when_paused=True)
def set_table(_state: State, command: SetTable, _: Draws) -> Decision:
    """Change the pause, who is absent, who rolls, or the rating, within what this place allows."""
    if command.gather not in {-1, *PAUSES}:
        raise Refusal("unknown_value", value=str(command.gather))
    if command.absence not in {"", *get_args(Absence)} or command.rating not in {"", *get_args(Rating)}:
        raise Refusal("unknown_value", value=(command.absence or command.rating)[:40])
    ratings = get_args(Rating)
    if command.rating and ratings.index(command.rating) > ratings.index(command.most):
        raise Refusal("rating_too_high")
    if command.rolls not in {"", *get_args(RollsBy)}:
        raise Refusal("unknown_value", value=command.rolls[:40])
    changed = TableSet(gather=command.gather, absence=command.absence, rating=command.rating, rolls=command.rolls)
    if changed == TableSet():
        raise Refusal("unknown_value", value="")
    return Decision((changed,))


@applies(RoundOpened)
def _opened(state: State, event: RoundOpened, _: int) -> State:
    return state.with_(until=event.until)


@applies(RoundVoted)
def _voted(state: State, event: RoundVoted, _: int) -> State:
    return state.with_(votes=(*(hero for hero in state.votes if hero != event.hero), event.hero))


@applies(RoundClosed)
def _closed(state: State, event: RoundClosed, seq: int) -> State:
    for hero in event.missed:
        state = state.hero(hero, missed=state.heroes[hero].missed + 1)
    return state.with_(closed=seq, until=0, votes=(), missed=event.missed)


@applies(TableSet)
def _set(state: State, event: TableSet, _: int) -> State:
    return state.with_(
        gather=state.gather if event.gather < 0 else event.gather,
        absence=cast("Absence", event.absence or state.absence),
        rating=cast("Rating", event.rating or state.rating),
        rolls_by=cast("RollsBy", event.rolls or state.rolls_by),
    )
