"""What people do in the story, as the table reads it."""

from typing import Final

from cogs.ui.components import PRIMARY, SECONDARY, Button, Emoji, Label, Message, Modal, TextInput, row
from cogs.ui.custom_id import Signer
from cogs.ui.names import escaped, hero_name, listed, mention
from cogs.ui.narration import narration_row
from core.game.engine import Outcome
from core.game.rules.gm import NARRATION_MOST
from core.game.state import State
from core.game.texts import TEXT_MOST, cleaned
from core.i18n import text

_NARRATION_SHOWN: Final = 1_900


def action(signer: Signer, outcome: Outcome, words: str) -> Message:
    """Return the line of an action, with whom the telling waits for."""
    locale = outcome.state.language
    name = hero_name(locale, outcome.names, str(outcome.answer["hero"]))
    line = text(locale, "story.action", name=name, text=escaped(cleaned(words)))
    return _waiting(signer, outcome, line)


def speech(signer: Signer, outcome: Outcome, words: str) -> Message:
    """Return the line of spoken words; only those to a figure wait for a telling."""
    locale = outcome.state.language
    name = hero_name(locale, outcome.names, str(outcome.answer["hero"]))
    line = text(locale, "story.speech", name=name, text=escaped(cleaned(words)))
    return _waiting(signer, outcome, line) if outcome.answer.get("figure") else Message(line)


def narration(signer: Signer, outcome: Outcome, words: str) -> Message:
    """Return what the game master tells; their formatting stays, masked links do not."""
    state = outcome.state
    told = cleaned(words, NARRATION_MOST).replace("](", "] (")[:_NARRATION_SHOWN]
    footer = text(state.language, "story.narrated", gm=mention(state.gm))
    return Message(f"{told}\n{footer}", narration_row(signer, outcome.session_id, outcome.seq, state.language))


def told_now(state: State, shown: str) -> Message:
    """Return an action's message, as it stands in the channel, once its telling was called for."""
    line = text(state.language, "story.telling", round=state.tellings + 1)
    return Message(f"{shown.rpartition(chr(10) + '-# ')[0] or shown}\n{line}")


def withdrawn(outcome: Outcome) -> Message:
    """Return what stands in the place of an action that was taken back."""
    locale = outcome.state.language
    name = hero_name(locale, outcome.names, str(outcome.answer["hero"]))
    return Message(text(locale, "story.withdrawn", name=name))


def act_form(signer: Signer, locale: str, session: int, seq: int) -> Modal:
    """Return the form that takes an action."""
    field = TextInput("text", 2, TEXT_MOST, min_length=1)
    return Modal(
        signer.write("act", session, seq),
        text(locale, "story.act_title"),
        (Label(text(locale, "story.act_field"), field),),
    )


def waited_for(state: State) -> list[str]:
    """Return the heroes who are here and have nothing pending."""
    acted = {step.hero for step in state.trail if step.before in state.pending}
    return [hero.id for hero in state.present() if hero.id not in acted and hero.hp > 0]


def _waiting(signer: Signer, outcome: Outcome, line: str) -> Message:
    state, locale = outcome.state, outcome.state.language
    cancel = Button(
        SECONDARY, text(locale, "buttons.cancel"), signer.write("cancel", outcome.session_id, outcome.seq), Emoji("↩️")
    )
    if state.lead == "ai":
        # Told at once, a button would outlive its use; it is worth its place only while another telling is under way
        busy = state.pending != (outcome.seq,)
        key = "story.round_next" if busy else "story.round_now"
        said = f"{line}\n{text(locale, key, round=state.tellings + 1)}"
        return Message(said, row(cancel)) if busy else Message(said)
    missing = [hero_name(locale, outcome.names, hero) for hero in waited_for(state)]
    key = "story.round_waits" if missing else "story.round_ready"
    data = {"n": len(missing), "names": listed(locale, missing)} if missing else {"gm": mention(state.gm)}
    tell = Button(
        PRIMARY, text(locale, "buttons.tell"), signer.write("tell", outcome.session_id, outcome.seq), Emoji("▶️")
    )
    return Message(f"{line}\n{text(locale, key, round=state.tellings + 1, **data)}", row(tell, cancel))
