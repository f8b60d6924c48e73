"""The game master's tools as people read them."""

from collections.abc import Mapping, Sequence

from cogs.ui.components import DANGER, SECONDARY, Button, Emoji, Message, row
from cogs.ui.custom_id import Signer
from cogs.ui.names import hero_name, listed, one_line, who_is
from core.game.engine import Outcome
from core.game.state import State, Step
from core.i18n import text

_STEPS_SHOWN = 8


def value_set(locale: str, outcome: Outcome) -> Message:
    """Return what was changed by hand."""
    who, field, value = (str(outcome.answer[name]) for name in ("who", "field", "value"))
    return Message(
        text(
            locale,
            "gm.set",
            who=who_is(locale, outcome.state, outcome.names, who),
            field=text(locale, f"gm.field.{field}"),
            value=value_name(locale, field, value),
        )
    )


def value_name(locale: str, field: str, value: str) -> str:
    """Return what a value is called."""
    return text(locale, f"world.{field}.{value}") if field in {"place", "item", "time"} else value


def undo_list(
    signer: Signer,
    locale: str,
    state: State,
    then: State,
    names: Mapping[str, str | None],
    *,
    going: Sequence[Step],
    steps: int,
) -> Message:
    """Return what an undo of so many steps takes back, newest last, with the buttons that do it or leave it."""
    told = [_step(locale, step, names) for step in going]
    if len(told) > _STEPS_SHOWN:
        told = [*told[:_STEPS_SHOWN], "…"]
    changes = "".join(
        text(locale, "gm.hp_change", name=hero_name(locale, names, hero.id), now=hero.hp, then=then.heroes[hero.id].hp)
        for hero in state.heroes.values()
        if hero.id in then.heroes and then.heroes[hero.id].hp != hero.hp
    )
    undo = Button(
        DANGER,
        text(locale, "buttons.undo", n=len(going)),
        signer.write("undo", state.session_id, state.seq, str(steps)),
        Emoji("↩️"),
    )
    keep = Button(SECONDARY, text(locale, "buttons.keep"), signer.write("keep", state.session_id, state.seq))
    return Message(text(locale, "gm.undo_list", steps=listed(locale, told), changes=changes), row(undo, keep))


def undone(signer: Signer, outcome: Outcome, name: str, verb: str) -> Message:
    """Return the public line about an undo, with the way back; or about a redo."""
    locale = outcome.state.language
    if verb == "redo":
        return Message(text(locale, "gm.redone", name=one_line(name)))
    redo = Button(
        SECONDARY, text(locale, "buttons.redo"), signer.write("redo", outcome.session_id, outcome.seq), Emoji("↪️")
    )
    return Message(text(locale, "gm.undone", name=one_line(name), n=int(outcome.answer["steps"])), row(redo))


def _step(locale: str, step: Step, names: Mapping[str, str | None]) -> str:
    if step.kind not in {"act", "say", "roll", "move"}:
        return text(locale, f"gm.step.{step.kind}")
    if not step.hero:
        return text(locale, f"gm.step_nobody.{step.kind}")
    return text(locale, f"gm.step.{step.kind}", name=hero_name(locale, names, step.hero))
