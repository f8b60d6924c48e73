"""What a hero may try next, drawn from the state: ids alone, so that a button can hold one."""

from collections.abc import Sequence
from typing import Final, Literal, get_args

from msgspec import Struct

from core.game.refusal import Refusal
from core.game.state import Hero, State
from core.game.world import world

Kind = Literal["fight", "help", "talk", "take", "go", "look"]
_KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_MARK: Final = ":"


class Suggestion(Struct, frozen=True):
    """A deed and what it is done to: a figure, a hero, an item or a place; nothing for `look`."""

    kind: Kind
    target: str = ""

    @property
    def mark(self) -> str:
        """The suggestion as a button carries it."""
        return f"{self.kind}{_MARK}{self.target}"

    @classmethod
    def read(cls, mark: str) -> "Suggestion":
        """Return what a button carries. Raises Refusal `moved_on` for what is none of ours."""
        name, _, target = mark.partition(_MARK)
        kind = next((known for known in _KINDS if known == name), None)
        if kind is None:
            raise Refusal("moved_on")
        return cls(kind, target)


def place_of(state: State) -> str:
    """Return the place where most of the heroes are who can act; the scene's where there are none."""
    places = [hero.place for hero in state.awaited()] or [state.scene]
    return max(places, key=lambda place: (places.count(place), place == state.scene))


def offers(state: State, place: str) -> tuple[Suggestion, ...]:
    """Return all that can be tried at a place, what presses first in front."""
    data = world(state.world)
    here = [figure for figure in state.figures.values() if figure.place == place and figure.hp > 0]
    fallen = [hero for hero in state.present() if hero.place == place and hero.hp <= 0]
    return (
        *(Suggestion("fight", figure.id) for figure in here if figure.kind not in data.figures),
        *(Suggestion("help", hero.id) for hero in fallen),
        *(Suggestion("talk", figure.id) for figure in here if figure.kind in data.figures),
        *(Suggestion("take", item) for item, holder in state.items.items() if holder == place),
        *(Suggestion("go", way) for way in data.places[place]),
        Suggestion("look"),
    )


def may_try(state: State, hero: Hero, suggestion: Suggestion) -> bool:
    """Tell whether this hero, where they are, can try it now."""
    return suggestion in offers(state, hero.place) and suggestion.target != hero.id


def two_of(found: Sequence[Suggestion], named: Sequence[str], turn: int) -> tuple[Suggestion, ...]:
    """Return the two to show: what was `named` last in the telling, then what presses, then by turns, unlike kinds."""
    pressing = [one for one in found if one.kind in {"fight", "help"}]
    hooked = sorted((one for one in found if one.target in named), key=lambda one: -named.index(one.target))
    rest = [one for one in found if one.kind not in {"fight", "help"}]
    turned = rest[turn % len(rest) :] + rest[: turn % len(rest)] if rest else []
    chosen: list[Suggestion] = []
    for one in (*hooked[:1], *pressing, *hooked[1:], *turned):
        if one not in chosen and all(one.kind != other.kind for other in chosen):
            chosen.append(one)
    return tuple(chosen[:2])
