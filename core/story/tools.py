"""What a model may ask of the engine, as schemas whose values are the state's own ids; nothing hidden is among them."""

from collections.abc import Mapping, Sequence
from typing import Final

from core.ai import Tool
from core.game.rules.asks import CONDITIONS
from core.game.rules.trials import CHANCES
from core.game.state import State
from core.game.world import SKILLS, World, world
from core.story.oracle.places import ways

DESCRIPTIONS: Final[Mapping[str, str]] = {
    "check": "Have a PC's deed decided by a roll. Tell its outcome only after the answer.",
    "attack": "Have a creature or figure strike at a PC who is in the same place.",
    "hurt": "Wound somebody: by the PC whose fight check succeeded, or by a hazard after a failed check.",
    "mend": "Bring a PC who is down back to their senses, by a PC beside them whose lore check succeeded.",
    "fate": "Let chance answer what no skill decides. Tell its outcome only after the answer.",
    "item": "Have a PC take, give, use, drop or lose an item that exists.",
    "condition": "Put a condition on somebody or take it off.",
    "move": "Have somebody, or the group, go to an adjacent place.",
    "spawn": "Have a creature appear.",
    "clock": "Move a progress clock by one.",
    "reveal": "Let a secret come out, after a success that earns it. The answer tells the secret.",
    "attitude": "Have a figure think better or worse of the PCs, once a deed of theirs has earned it.",
    "end_scene": "Close the scene when nothing in it is open any more; the next begins at a place beside it, or later.",
}


def tools(state: State) -> tuple[Tool, ...]:
    """Return the tools that this state allows, always in the same order."""
    data = world(state.world)
    found = [
        Tool(name, DESCRIPTIONS[name], _schema(fields))
        for name, fields in _fields(state, data).items()
        if all(values for values in fields.values())
    ]
    return tuple(found)


def _fields(state: State, data: World) -> dict[str, dict[str, Sequence[str]]]:
    heroes = [hero.id for hero in state.present()]
    figures = [figure.id for figure in state.figures.values() if figure.hp > 0]
    everybody = [*heroes, *figures]
    known = ways(state.world)
    items = [i for i, holder in state.items.items() if holder != "gone" and known.named(state, i)]
    kinds = [kind for kind in data.kinds if kind not in data.figures]
    secrets = [secret for secret in data.secrets if secret not in state.revealed]
    return {
        "check": {"who": heroes, "skill": SKILLS, "level": list(data.levels)},
        "attack": {"npc": figures, "target": heroes},
        "hurt": {"who": everybody, "source": [*heroes, *data.hazards]},
        "mend": {"who": [hero.id for hero in state.present() if hero.hp <= 0], "by": heroes},
        "fate": {"who": heroes, "likelihood": list(CHANCES)},
        "item": {"deed": ("take", "give", "use", "drop", "lose"), "who": heroes, "item": items, "to": everybody},
        "condition": {"who": everybody, "what": CONDITIONS, "on": ("on", "off")},
        "move": {"who": [*heroes, "group", *figures], "to": list(data.places)},
        "spawn": {"kind": kinds, "place": list(data.places)},
        "clock": {"id": list(data.clocks), "by": ("1", "-1")},
        "reveal": {"secret": secrets},
        "attitude": {"figure": [f for f in figures if f in data.figures], "by": ("1", "-1")},
        "end_scene": {"next": [state.scene, *data.places[state.scene]], "time": ("same", "later")},
    }


def _schema(fields: Mapping[str, Sequence[str]]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": {name: {"type": "string", "enum": list(values)} for name, values in fields.items()},
        "required": [name for name in fields if name != "to" or "deed" not in fields],
        "additionalProperties": False,
    }
