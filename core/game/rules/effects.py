"""What tellings change: checks, wounds, items, conditions, places, clocks, secrets. Events and how they are applied."""

from core.game.registry import Event, applies
from core.game.rules.rolls import Cast
from core.game.state import Figure, State


class Checked(Event, frozen=True, kw_only=True):
    """A check was rolled and judged. `outcome`: crit_success, success, success_cost, failure, crit_fail."""

    who: str
    skill: str
    dc: int
    cast: Cast
    outcome: str
    margin: str


class Fated(Event, frozen=True, kw_only=True):
    """Chance decided what no skill does. `outcome`: yes_and, yes, yes_but, no_but, no, no_and."""

    who: str
    likelihood: str
    cast: Cast
    outcome: str


class Hurt(Event, frozen=True, kw_only=True):
    """Hit points were lost (or, negative, won back)."""

    who: str
    amount: int
    source: str
    cast: Cast | None = None


class ItemMoved(Event, frozen=True, kw_only=True):
    """An item changed hands: to a hero, a figure, a place, or `gone`."""

    item: str
    holder: str


class Conditioned(Event, frozen=True, kw_only=True):
    """A condition was put on or taken off somebody."""

    who: str
    condition: str
    on: bool


class Moved(Event, frozen=True, kw_only=True):
    """Somebody went to a place; `group` moves all heroes and the scene."""

    who: str
    place: str


class Spawned(Event, frozen=True, kw_only=True):
    """A creature appeared."""

    figure: str
    kind: str
    place: str
    hp: int


class Ticked(Event, frozen=True, kw_only=True):
    """A clock moved."""

    clock: str
    by: int


class Revealed(Event, frozen=True, kw_only=True):
    """A secret may be told from now on."""

    secret: str


class SceneEnded(Event, frozen=True, kw_only=True):
    """The scene closed; the next one begins at `place`, at this time of day."""

    place: str
    time: str


class EndingReached(Event, frozen=True, kw_only=True):
    """The adventure came to one of its ends; the table stays open for what follows."""

    ending: str


@applies(Checked)
def _checked(state: State, event: Checked, _: int) -> State:
    return state.with_(rolls=event.cast.index + 1)


@applies(Fated)
def _fated(state: State, event: Fated, _: int) -> State:
    return state.with_(rolls=event.cast.index + 1)


@applies(Hurt)
def _was_hurt(state: State, event: Hurt, _: int) -> State:
    if event.cast:
        state = state.with_(rolls=event.cast.index + 1)
    if event.who in state.heroes:
        hero = state.heroes[event.who]
        return state.hero(hero.id, hp=min(max(hero.hp - event.amount, 0), hero.hp_max))
    figure = state.figures[event.who]
    return state.figure(figure.id, hp=max(figure.hp - event.amount, 0))


@applies(ItemMoved)
def _item_moved(state: State, event: ItemMoved, _: int) -> State:
    return state.with_(items={**state.items, event.item: event.holder})


@applies(Conditioned)
def _conditioned(state: State, event: Conditioned, _: int) -> State:
    who = state.heroes.get(event.who) or state.figures[event.who]
    conditions = tuple(c for c in who.conditions if c != event.condition)
    if event.on:
        conditions = (*conditions, event.condition)
    change = state.hero if event.who in state.heroes else state.figure
    return change(event.who, conditions=conditions)


@applies(Moved)
def _moved(state: State, event: Moved, _: int) -> State:
    if event.who == "group":
        going = {h.id for h in state.present() if h.place == state.scene}
        for hero in going:
            state = state.hero(hero, place=event.place)
        return state.with_(scene=event.place)
    return (state.hero if event.who in state.heroes else state.figure)(event.who, place=event.place)


@applies(Spawned)
def _spawned(state: State, event: Spawned, _: int) -> State:
    figure = Figure(event.figure, event.kind, event.place, event.hp)
    return state.with_(figures={**state.figures, figure.id: figure})


@applies(Ticked)
def _ticked(state: State, event: Ticked, _: int) -> State:
    return state.with_(clocks={**state.clocks, event.clock: state.clocks[event.clock] + event.by})


@applies(SceneEnded)
def _scene_ended(state: State, event: SceneEnded, _: int) -> State:
    for hero in state.present():
        if hero.place == state.scene:
            state = state.hero(hero.id, place=event.place)
    return state.with_(scene=event.place, time=event.time, scenes=state.scenes + 1)


@applies(EndingReached)
def _ending_reached(state: State, event: EndingReached, _: int) -> State:
    return state.with_(ending=event.ending)


@applies(Revealed)
def _revealed(state: State, event: Revealed, _: int) -> State:
    return state.with_(revealed=(*state.revealed, event.secret))
