"""How a telling ends: a detail for the senses, and one open thing that can be acted on."""

from core.game.world import world
from core.story.oracle.places import ending, figures_at, items_at, seen_from
from core.story.oracle.scene import Beat, Scene


def closing(scene: Scene) -> list[Beat]:
    """Return what may close the telling here, best first: details, then hooks; all are legal moves or clocks."""
    over = ending(scene.state)
    if over:
        return [Beat(f"after.{over}", {}, False, scene.place)]
    hooks = _hooks(scene)
    scene.rng.shuffle(hooks)
    return [Beat(f"detail.{scene.place}", {}, False, scene.place), *hooks]


def _hooks(scene: Scene) -> list[Beat]:
    state, place = scene.state, scene.place
    people = world(state.world).figures
    found = [
        _beat(scene, f"hook.way.{seen_from(state, place, way)}", w=way) for way in world(state.world).places[place]
    ]
    found += [_beat(scene, "hook.item", i=item, w=place) for item in items_at(state, place)]
    for figure in figures_at(state, place):
        name = f"hook.figure.{figure}" if figure in people else "hook.foe"
        found.append(_beat(scene, name, t=figure, w=place))
    clock = scene.ways.stirred["clock"]
    if state.clocks[clock] >= 3:
        found.append(_beat(scene, f"hook.{clock}", w=place))
    return found


def _beat(scene: Scene, line: str, **who: str) -> Beat:
    return Beat(line, {role: scene.noun(key) for role, key in who.items()}, False, scene.place)
