"""What people do in the story, as the table reads it."""

from collections.abc import Sequence
from typing import Final

from cogs.ui.components import PRIMARY, SECONDARY, Button, Emoji, Label, Message, Modal, TextInput, row
from cogs.ui.custom_id import Signer
from cogs.ui.names import escaped, hero_name, listed, mention, one_line
from cogs.ui.narration import act_button, narration_row
from core.game.engine import Outcome
from core.game.rules.gm import NARRATION_MOST
from core.game.rules.rounds import missing
from core.game.state import Hero
from core.game.suggestions import Suggestion
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


def narration(signer: Signer, outcome: Outcome, words: str, suggested: Sequence[Suggestion] = ()) -> Message:
    """Return what the game master tells; their formatting stays, masked links do not."""
    state = outcome.state
    told = cleaned(words, NARRATION_MOST).replace("](", "] (")[:_NARRATION_SHOWN]
    footer = text(state.language, "story.narrated", gm=mention(state.gm))
    return Message(f"{told}\n{footer}", narration_row(signer, state, outcome.names, suggested))


def called(signer: Signer, outcome: Outcome, shown: str, seq: int) -> Message:
    """Return an action's message, as it stands in the channel, once its telling was called for, or a vote was given."""
    state, line = outcome.state, shown.rpartition(chr(10) + "-# ")[0] or shown
    if outcome.answer.get("closed"):
        return Message(f"{line}\n{text(state.language, 'story.telling', round=state.tellings + 1)}")
    votes = text(
        state.language,
        "story.round_votes",
        round=state.tellings + 1,
        votes=int(outcome.answer["votes"]),
        needed=int(outcome.answer["needed"]),
    )
    return Message(f"{line}\n{votes}", row(*_waiting_buttons(signer, outcome.session_id, seq, state.language)))


def gone(outcome: Outcome) -> Message:
    """Return the line that says that the round is told now, or how many votes that has."""
    state = outcome.state
    if outcome.answer.get("closed"):
        return Message(text(state.language, "story.go", round=state.tellings + 1))
    votes, needed = int(outcome.answer["votes"]), int(outcome.answer["needed"])
    return Message(text(state.language, "story.round_votes", round=state.tellings + 1, votes=votes, needed=needed))


def aside(locale: str, name: str, words: str) -> Message:
    """Return what somebody says out of the game, on one line, marked as that."""
    return Message(text(locale, "story.aside", name=one_line(name), text=escaped(" ".join(cleaned(words).split()))))


def whispered(locale: str, outcome: Outcome) -> Message:
    """Return what the whisperer is told."""
    return Message(text(locale, "story.whispered", name=_addressee(locale, outcome)))


def envelope(signer: Signer, outcome: Outcome) -> Message:
    """Return the closed envelope that the table sees."""
    locale = outcome.state.language
    opened = signer.write("open", outcome.session_id, outcome.seq)
    button = Button(SECONDARY, text(locale, "buttons.open"), opened, Emoji("✉️"))
    return Message(text(locale, "story.envelope", name=_addressee(locale, outcome)), row(button))


def whisper(locale: str, name: str, words: str | None) -> Message:
    """Return an opened envelope; its words may have been erased."""
    return Message(text(locale, "story.whisper", name=name, text=escaped(words) if words else "…"))


def missed(signer: Signer, locale: str, outcome: Outcome, hero: Hero) -> Message:
    """Return what somebody is told who acts again after rounds without them."""
    now = outcome.state.heroes[hero.id]
    name = hero_name(locale, outcome.names, hero.id)
    said = text(locale, "story.missed", n=hero.missed, name=name, hp=now.hp, hp_max=now.hp_max)
    return Message(said, row(act_button(signer, outcome.session_id, outcome.seq, locale)))


def _addressee(locale: str, outcome: Outcome) -> str:
    person = int(outcome.answer["person"])
    hero = next((h.id for h in outcome.state.heroes.values() if h.person == person), "")
    return hero_name(locale, outcome.names, hero) if hero else mention(person)


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


def _waiting(signer: Signer, outcome: Outcome, line: str) -> Message:
    state, locale = outcome.state, outcome.state.language
    tell, cancel = _waiting_buttons(signer, outcome.session_id, outcome.seq, locale)
    if state.lead == "ai" and outcome.seq in state.closed_rows():
        # Told at once, a button would outlive its use; it is worth its place only while another telling is under way
        busy = bool(outcome.before.due())
        key = "story.round_next" if busy else "story.round_now"
        said = f"{line}\n{text(locale, key, round=state.tellings + 1)}"
        return Message(said, row(cancel)) if busy else Message(said)
    names = [hero_name(locale, outcome.names, hero) for hero in missing(state)]
    data: dict[str, object] = {"n": len(names), "names": listed(locale, names)} if names else {"gm": mention(state.gm)}
    key = "story.round_waits" if names else "story.round_ready"
    if names and state.until:
        key, data["until"] = "story.round_until", f"<t:{state.until}:R>"
    return Message(f"{line}\n{text(locale, key, round=state.tellings + 1, **data)}", row(tell, cancel))


def _waiting_buttons(signer: Signer, session: int, seq: int, locale: str) -> tuple[Button, Button]:
    """Return ▶ for whoever may have it told, ↩ for whoever did it."""
    return (
        Button(PRIMARY, text(locale, "buttons.tell"), signer.write("tell", session, seq), Emoji("▶️")),
        Button(SECONDARY, text(locale, "buttons.cancel"), signer.write("cancel", session, seq), Emoji("↩️")),
    )
