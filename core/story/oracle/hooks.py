"""How a telling ends: something for the senses, and one open thing that can be acted on."""

from typing import Final

from core.game.world import world
from core.story.oracle.places import ending, figures_at, items_at, seen_from
from core.story.oracle.scene import Beat, Scene
from core.story.oracle.weather import spell

FELT: Final = 3
"""From this step on a clock of the town's anger makes a hook."""
DETAILS: Final = ("place", "place", "place", "air", "hour")


def closing(scene: Scene) -> list[Beat]:
    """Return what may close the telling here, best first: weather that turned, a detail, then hooks.

    Hooks are legal moves or clocks, each of another kind than the one before as far as there are kinds.
    """
    over = ending(scene.state)
    if over:
        return [Beat(f"after.{over}", {}, False, scene.place)]
    turned = _turned(scene)
    return [*turned, _detail(scene, "place" if turned else scene.rng.choice(DETAILS)), *_hooks(scene)]


def _turned(scene: Scene) -> list[Beat]:
    """Return the change of the weather, at the telling that begins a spell under the open sky."""
    tellings = scene.turn.state.tellings
    if not tellings or spell(tellings) == spell(tellings - 1) or scene.place not in scene.ways.open_air:
        return []
    return [_beat(scene, f"sky.{scene.weather}")]


def _detail(scene: Scene, kind: str) -> Beat:
    match kind:
        case "air":
            side = "out" if scene.place in scene.ways.open_air else "in"
            return _beat(scene, f"air.{side}.{scene.weather}")
        case "hour":
            return _beat(scene, f"hour.{scene.place}.{scene.state.time}")
    return _beat(scene, f"detail.{scene.place}")


def _hooks(scene: Scene) -> list[Beat]:
    """Return the hooks by kind: one of each kind in chance order, then the next of each."""
    kinds = [kind for kind in (_ways(scene), _things(scene), _people(scene), _clocks(scene)) if kind]
    for kind in kinds:
        scene.rng.shuffle(kind)
    scene.rng.shuffle(kinds)
    most = max((len(kind) for kind in kinds), default=0)
    return [kind[at] for at in range(most) for kind in kinds if at < len(kind)]


def _ways(scene: Scene) -> list[Beat]:
    state, place = scene.state, scene.place
    return [_beat(scene, f"hook.way.{seen_from(state, place, way)}", w=way) for way in world(state.world).places[place]]


def _things(scene: Scene) -> list[Beat]:
    """Return what lies here, and what the hero who acts carries."""
    state, place = scene.state, scene.place
    carried = [i for i, holder in state.items.items() if holder == scene.actor and scene.ways.named(state, i)]
    return [
        *(_beat(scene, "hook.item", i=item, w=place) for item in items_at(state, place) if not _guarded(scene, item)),
        *(_beat(scene, f"hook.held.{item}") for item in carried if scene.actor),
    ]


def _guarded(scene: Scene, item: str) -> bool:
    """Tell whether somebody here keeps an eye on an item: it is not to be had for the asking."""
    return scene.ways.guarded.get(item, "") in figures_at(scene.state, scene.place)


def _people(scene: Scene) -> list[Beat]:
    state, place = scene.state, scene.place
    people = world(state.world).figures
    found = [
        _beat(scene, f"hook.figure.{figure}" if figure in people else "hook.foe", t=figure, w=place)
        for figure in figures_at(state, place)
    ]
    fallen = [hero.id for hero in state.present() if hero.place == place and hero.hp <= 0 and hero.id != scene.actor]
    return [*found, *(_beat(scene, "hook.companion", t=hero) for hero in fallen)]


def _clocks(scene: Scene) -> list[Beat]:
    state, anger, strokes = scene.state, scene.ways.stirred["clock"], scene.ways.ringing.clock
    found = [_beat(scene, f"hook.{anger}", w=scene.place)] if state.clocks[anger] >= FELT else []
    return [*found, _beat(scene, f"hook.{strokes}")] if state.clocks[strokes] else found


def _beat(scene: Scene, line: str, **who: str) -> Beat:
    return Beat(line, {role: scene.noun(key) for role, key in who.items()}, False, scene.place)
