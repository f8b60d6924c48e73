"""Checks that wait for a player's roll, as the table reads them."""

from collections.abc import Mapping
from typing import Final

from cogs.ui.components import PRIMARY, Button, Emoji, Message
from cogs.ui.custom_id import Signer
from cogs.ui.names import hero_name, plain
from core.game.engine import Outcome
from core.game.rules.effects import Checked
from core.game.state import State
from core.i18n import text

BUTTONS_MOST: Final = 5
LABEL_MOST: Final = 20


def call_buttons(signer: Signer, state: State, names: Mapping[str, str | None]) -> tuple[Button, ...]:
    """Return a button for each check that waits, named by who has to roll it."""
    waiting = list(state.called.items())[:BUTTONS_MOST]
    return tuple(
        Button(
            PRIMARY,
            plain(hero_name(state.language, names, hero))[:LABEL_MOST],
            signer.write("called", state.session_id, called.row, hero),
            Emoji("🎲"),
        )
        for hero, called in waiting
    )


def calls(state: State, names: Mapping[str, str | None]) -> str:
    """Return a line for each check that waits, as people read it below a narration."""
    return "\n".join(
        text(
            state.language,
            "telling.called",
            name=hero_name(state.language, names, hero),
            skill=text(state.language, f"world.skill.{called.skill}"),
        )
        for hero, called in list(state.called.items())[:BUTTONS_MOST]
    )


def rolled(outcome: Outcome) -> Message:
    """Return a called check as it was rolled: the verdict first, the dice below."""
    checked = next(event for event in outcome.events if isinstance(event, Checked))
    locale = outcome.state.language
    head = text(
        locale,
        "rolls.called",
        name=hero_name(locale, outcome.names, checked.who),
        skill=text(locale, f"world.skill.{checked.skill}"),
        dc=checked.dc,
        outcome=text(locale, f"telling.outcome.{checked.outcome}"),
    )
    return Message(f"{head}\n{checked.cast.line}")
