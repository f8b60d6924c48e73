"""What players do in the story: act, speak, ask, and take it back."""

from typing import get_args

from core.game.refusal import Refusal
from core.game.registry import Command, Decision, Draws, Event, Words, applies, rule
from core.game.rules.rounds import age_gate, gathering, on_action
from core.game.state import Audience, Language, State
from core.game.texts import cleaned

PENDING_MOST = 40


class Act(Command, frozen=True, kw_only=True):
    """Say what one's character tries, at `at` (Unix seconds), in a channel that is age-gated or not."""

    text: str
    at: int = 0
    gated: bool = True


class Say(Command, frozen=True, kw_only=True):
    """Speak as one's character. `to` is the figure that was addressed, if the words name one who is there."""

    text: str
    to: str = ""
    at: int = 0
    gated: bool = True


class Question(Command, frozen=True, kw_only=True):
    """Ask the storyteller something in private, free of turn. `locale` is the catalogue the person reads."""

    text: str
    locale: str = ""


class Withdraw(Command, frozen=True, kw_only=True):
    """Take back one's own action while it is untold."""

    seq: int


class Acted(Event, frozen=True, kw_only=True):
    """A character tries something; what, is in this row's words."""

    hero: str


class Spoke(Event, frozen=True, kw_only=True):
    """A character said something; what, is in this row's words. `figure` was addressed."""

    hero: str
    figure: str = ""


class Questioned(Event, frozen=True, kw_only=True):
    """A person asked something in private and reads `locale` (empty: the session's language)."""

    person: int
    locale: str = ""


class Withdrawn(Event, frozen=True, kw_only=True):
    """An untold action was taken back."""

    hero: str
    row: int


@rule(Act, who="player")
def act(state: State, command: Act, _: Draws) -> Decision:
    """Accept what a character tries; whether it works is decided later."""
    hero = state.hero_of(command.by)
    assert hero is not None  # noqa: S101 - settled by who="player"
    _room(state)
    if hero.hp <= 0:
        raise Refusal("hero_down")
    events = (Acted(hero=hero.id), *on_action(state, hero.id, command.at), *age_gate(state, gated=command.gated))
    return Decision(events, {"hero": hero.id}, (Words("act", cleaned(command.text), command.by),))


@applies(Acted)
def _acted(state: State, event: Acted, seq: int) -> State:
    return state.hero(event.hero, missed=0).with_(pending=(*state.pending, seq)).step(seq, "act", event.hero)


@rule(Say, who="player")
def say(state: State, command: Say, _: Draws) -> Decision:
    """Accept speech. Spoken to a figure it waits for an answer; among players it is simply heard."""
    hero = state.hero_of(command.by)
    assert hero is not None  # noqa: S101 - settled by who="player"
    _room(state)
    figure = command.to if command.to in state.figures else ""
    round_of = on_action(state, hero.id, command.at) if figure else ()
    return Decision(
        (Spoke(hero=hero.id, figure=figure), *round_of, *age_gate(state, gated=command.gated)),
        {"hero": hero.id, "figure": figure},
        (Words("say", cleaned(command.text), command.by),),
    )


@applies(Spoke)
def _spoke(state: State, event: Spoke, seq: int) -> State:
    spoken = state.hero(event.hero, missed=0).step(seq, "say", event.hero)
    return spoken.with_(pending=(*state.pending, seq)) if event.figure else spoken


@rule(Question, who="anyone")
def question(state: State, command: Question, _: Draws) -> Decision:
    """Accept a private question from somebody at the table."""
    if command.by != state.gm and state.hero_of(command.by) is None:
        raise Refusal("not_joined")
    if len(state.questions) >= PENDING_MOST:
        raise Refusal("too_many_waiting")
    to: Audience = (command.by,)
    locale = command.locale if command.locale in get_args(Language) else ""
    return Decision(
        (Questioned(person=command.by, locale=locale, to=to),),
        words=(Words("question", cleaned(command.text), command.by, to),),
    )


@applies(Questioned)
def _questioned(state: State, event: Questioned, seq: int) -> State:
    return state.with_(questions={**state.questions, seq: event.person})


@rule(Withdraw, who="player")
def withdraw(state: State, command: Withdraw, _: Draws) -> Decision:
    """Take back one's own untold action."""
    hero = state.hero_of(command.by)
    assert hero is not None  # noqa: S101 - settled by who="player"
    mine = any(s.before == command.seq and s.hero == hero.id for s in state.trail)
    if command.seq not in state.pending:
        raise Refusal("moved_on")
    if not mine:
        raise Refusal("not_yours")
    return Decision((Withdrawn(hero=hero.id, row=command.seq),), {"hero": hero.id})


@applies(Withdrawn)
def _withdrawn(state: State, event: Withdrawn, _: int) -> State:
    left = state.with_(
        pending=tuple(seq for seq in state.pending if seq != event.row),
        trail=tuple(step for step in state.trail if step.before != event.row),
        taken_back=(*state.taken_back, event.row) if state.asked_at else (),
    )
    return left if gathering(left) else left.with_(until=0, votes=())


def _room(state: State) -> None:
    if len(state.pending) >= PENDING_MOST:
        raise Refusal("too_many_waiting")
