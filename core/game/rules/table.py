"""The table itself: opened, joined, left, paused, resumed, ended, and the first scene called for."""

from typing import cast, get_args

from core.game.refusal import Refusal
from core.game.registry import Command, Decision, Draws, Event, Words, applies, rule
from core.game.rules.rounds import PAUSES, on_leaving
from core.game.state import Figure, Hero, Language, Lead, Pronoun, Rating, State
from core.game.texts import cleaned, name
from core.game.world import world

HEROES_MOST = 12
WORLD = "saltmouth"


class Start(Command, frozen=True, kw_only=True):
    """Open a table. Decided by `start`, since there is no state yet."""

    title: str
    language: Language
    lead: Lead
    tone: str = ""
    system: str = ""
    gather: int = 0
    rating: Rating = "teen"


class Join(Command, frozen=True, kw_only=True):
    """Sit down with a character; a second Join by the same person changes the character they have."""

    name: str
    pronoun: str = "unknown"
    archetype: str = "ranger"
    line: str = ""


class Leave(Command, frozen=True, kw_only=True):
    """Leave the table; the character stays where it is, and waits."""


class Pause(Command, frozen=True, kw_only=True):
    """Stop the story until it is resumed."""


class Resume(Command, frozen=True, kw_only=True):
    """Go on after a pause."""


class End(Command, frozen=True, kw_only=True):
    """Close the table for good."""


class Begin(Command, frozen=True, kw_only=True):
    """Ask the storyteller for the first scene."""


class Started(Event, frozen=True, kw_only=True):
    """The table was opened in a world."""

    language: Language
    lead: Lead
    gm: int
    world: str
    gather: int = 0
    rating: Rating = "teen"


class Joined(Event, frozen=True, kw_only=True):
    """A person sat down; their character's name is in this row's words."""

    hero: str
    person: int
    archetype: str
    pronoun: Pronoun
    hp: int
    ac: int


class Renamed(Event, frozen=True, kw_only=True):
    """A person changed their character; the new name is in this row's words."""

    hero: str
    archetype: str
    pronoun: Pronoun


class Returned(Event, frozen=True, kw_only=True):
    """A person who had left is back with the character they had."""

    hero: str


class Left(Event, frozen=True, kw_only=True):
    """A person left the table."""

    hero: str


class Paused(Event, frozen=True, kw_only=True):
    """The story rests."""


class Resumed(Event, frozen=True, kw_only=True):
    """The story goes on."""


class Ended(Event, frozen=True, kw_only=True):
    """The table is closed."""


class SceneCalled(Event, frozen=True, kw_only=True):
    """The first scene was called for."""


def start(command: Start) -> Decision:
    """Decide the first row of a session."""
    words = [Words("title", cleaned(command.title, 80), command.by)]
    if command.tone.strip():
        words.append(Words("tone", cleaned(command.tone, 100), command.by))
    if command.system.strip():
        words.append(Words("system", cleaned(command.system, 100), command.by))
    if command.gather not in PAUSES:
        raise Refusal("unknown_value", value=str(command.gather))
    opened = Started(
        language=command.language,
        lead=command.lead,
        gm=command.by,
        world=WORLD,
        gather=command.gather,
        rating=command.rating,
    )
    return Decision((opened,), words=tuple(words))


def opened(event: Started, session_id: int) -> State:
    """Return the state of a session whose first event this is."""
    data = world(event.world)
    return State(
        session_id=session_id,
        seq=0,
        language=event.language,
        lead=event.lead,
        gm=event.gm,
        world=event.world,
        scene=data.start,
        time=data.time,
        stand=1,
        figures={
            who: Figure(who, who, begin.place, data.kinds[who].hp, begin.attitude)
            for who, begin in data.figures.items()
        },
        items=dict(data.items),
        clocks=dict.fromkeys(data.clocks, 0),
        gather=event.gather,
        rating=event.rating,
    )


@applies(Started)
def _started(state: State, _: Started, _seq: int) -> State:
    return state


@rule(Join, who="anyone")
def join(state: State, command: Join, _: Draws) -> Decision:
    """Sit down, come back, or change the character at hand."""
    archetypes = world(state.world).archetypes
    if command.archetype not in archetypes:
        raise Refusal("unknown_archetype", known=", ".join(archetypes))
    pronoun = cast("Pronoun", command.pronoun if command.pronoun in get_args(Pronoun) else "unknown")
    words = [Words("name", name(command.name), command.by)]
    if command.line.strip():
        words.append(Words("line", cleaned(command.line, 200), command.by))
    mine = next((h for h in state.heroes.values() if h.person == command.by), None)
    if mine:
        events: list[Event] = [Returned(hero=mine.id)] if mine.away else []
        events.append(Renamed(hero=mine.id, archetype=command.archetype, pronoun=pronoun))
        return Decision(tuple(events), {"hero": mine.id}, tuple(words))
    if len(state.heroes) >= HEROES_MOST:
        raise Refusal("table_full", n=HEROES_MOST)
    build = archetypes[command.archetype]
    hero = f"pc{len(state.heroes) + 1}"
    joined = Joined(
        hero=hero, person=command.by, archetype=command.archetype, pronoun=pronoun, hp=build.hp, ac=build.ac
    )
    return Decision((joined,), {"hero": hero}, tuple(words))


@applies(Joined)
def _joined(state: State, event: Joined, seq: int) -> State:
    hero = Hero(
        id=event.hero,
        person=event.person,
        words=seq,
        archetype=event.archetype,
        pronoun=event.pronoun,
        hp=event.hp,
        hp_max=event.hp,
        ac=event.ac,
        place=state.scene,
    )
    return state.with_(heroes={**state.heroes, hero.id: hero})


@applies(Renamed)
def _renamed(state: State, event: Renamed, seq: int) -> State:
    return state.hero(event.hero, words=seq, archetype=event.archetype, pronoun=event.pronoun)


@applies(Returned)
def _returned(state: State, event: Returned, _: int) -> State:
    return state.hero(event.hero, away=False, missed=0)


@rule(Leave, who="player")
def leave(state: State, command: Leave, _: Draws) -> Decision:
    """Leave the table."""
    hero = state.hero_of(command.by)
    assert hero is not None  # noqa: S101 - settled by who="player"
    return Decision((Left(hero=hero.id), *on_leaving(state, hero.id)), {"hero": hero.id})


@applies(Left)
def _left(state: State, event: Left, _: int) -> State:
    return state.hero(event.hero, away=True)


@rule(Pause, who="gm")
def pause(_state: State, _: Pause, _draws: Draws) -> Decision:
    """Let the story rest."""
    return Decision((Paused(),))


@applies(Paused)
def _paused(state: State, _: Paused, _seq: int) -> State:
    return state.with_(status="paused")


@rule(Resume, who="gm", when_paused=True)
def resume(state: State, _: Resume, _draws: Draws) -> Decision:
    """Go on after a pause."""
    if state.status == "ended":
        raise Refusal("no_table")
    if state.status == "open":
        raise Refusal("not_paused")
    return Decision((Resumed(),))


@applies(Resumed)
def _resumed(state: State, _: Resumed, _seq: int) -> State:
    return state.with_(status="open")


@rule(End, who="gm", when_paused=True)
def end(state: State, _: End, _draws: Draws) -> Decision:
    """Close the table for good."""
    if state.status == "ended":
        raise Refusal("no_table")
    return Decision((Ended(),), {"tellings": state.tellings, "rolls": state.rolls})


@applies(Ended)
def _ended(state: State, _: Ended, _seq: int) -> State:
    return state.with_(status="ended", pending=(), questions={}, until=0)


@rule(Begin, who="anyone")
def begin(state: State, command: Begin, _: Draws) -> Decision:
    """Ask for the first scene; whoever sits at the table or leads it may."""
    if command.by != state.gm and state.hero_of(command.by) is None:
        raise Refusal("not_joined")
    if not state.present():
        raise Refusal("nobody_joined")
    if state.tellings or state.pending:
        raise Refusal("moved_on")
    return Decision((SceneCalled(),))


@applies(SceneCalled)
def _scene_called(state: State, _: SceneCalled, seq: int) -> State:
    return state.with_(pending=(*state.pending, seq), closed=seq)
