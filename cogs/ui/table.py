"""The table itself as people read it: opened, joined, where it stands, ended."""

from collections.abc import Mapping, Sequence
from typing import get_args

from cogs.ui.components import (
    PRIMARY,
    SECONDARY,
    SUCCESS,
    Button,
    Emoji,
    Label,
    Message,
    Modal,
    Option,
    Row,
    Select,
    TextInput,
    row,
)
from cogs.ui.custom_id import Signer
from cogs.ui.names import archetype, hero_name, listed, mention, one_line
from core.game.engine import Outcome
from core.game.readings import spotlight
from core.game.rules.rounds import PAUSES, gathering, missing
from core.game.rules.table import WORLD, Start
from core.game.state import Absence, Hero, Pronoun, Rating, RollsBy, State
from core.game.texts import NAME_MOST
from core.game.world import world
from core.i18n import text


def opened(signer: Signer, outcome: Outcome, command: Start, storytellers: tuple[str, ...]) -> Message:
    """Return the message under which people sit down."""
    state, locale = outcome.state, outcome.state.language
    by_gm = state.lead == "gm"
    lead = text(locale, "table.led_by", gm=mention(state.gm)) if by_gm else text(locale, "table.led_by_storyteller")
    title, system = one_line(command.title), one_line(command.system)
    head = text(locale, "table.start.system" if system else "table.start.opened", title=title, system=system, lead=lead)
    providers = listed(locale, [text(locale, f"table.provider.{name}") for name in storytellers])
    about = text(locale, "table.start.ai", providers=providers) if providers else text(locale, "table.start.offline")
    join = Button(SUCCESS, text(locale, "buttons.join"), signer.write("join", outcome.session_id, 1), Emoji("🙋"))
    return Message(f"{head}\n{about}", row(join))


def start_form(signer: Signer, locale: str) -> Modal:
    """Return the form that opens a table."""
    field = TextInput("title", 1, 80, min_length=1)
    return Modal(
        signer.write("start"),
        text(locale, "table.start_form.title"),
        (Label(text(locale, "table.start_form.name"), field),),
    )


def join_form(signer: Signer, locale: str, session: int) -> Modal:
    """Return the form that makes a character."""
    pronouns = tuple(Option(text(locale, f"world.pronoun.{p}"), p, default=p == "unknown") for p in get_args(Pronoun))
    kinds = tuple(
        Option(text(locale, f"world.archetype.{kind}"), kind, default=n == 0)
        for n, kind in enumerate(world(WORLD).archetypes)
    )
    hint = text(locale, "table.form.line_hint")
    return Modal(
        signer.write("join", session),
        text(locale, "table.form.title"),
        (
            Label(text(locale, "table.form.name"), TextInput("name", 1, NAME_MOST, min_length=1)),
            Label(text(locale, "table.form.pronoun"), Select("pronoun", pronouns)),
            Label(text(locale, "table.form.archetype"), Select("archetype", kinds)),
            Label(text(locale, "table.form.line"), TextInput("line", 2, 200, placeholder=hint, required=False)),
        ),
    )


def joined(signer: Signer, outcome: Outcome, key: str) -> Message:
    """Return the public line `key` about somebody at the table, with ▶ until the story has begun."""
    state, locale = outcome.state, outcome.state.language
    line = text(locale, key, name=hero_name(locale, outcome.names, str(outcome.answer["hero"])))
    if state.tellings or state.pending or key == "table.left":
        return Message(line)
    begin = signer.write("begin", outcome.session_id, outcome.seq)
    return Message(line, row(Button(PRIMARY, text(locale, "buttons.begin"), begin, Emoji("▶️"))))


def yours(signer: Signer, locale: str, outcome: Outcome) -> Message:
    """Return what a player is told about their own character."""
    hero = outcome.state.heroes[str(outcome.answer["hero"])]
    line = text(
        locale,
        "table.you_are",
        name=hero_name(locale, outcome.names, hero.id),
        archetype=archetype(locale, hero),
        hp=hero.hp,
        ac=hero.ac,
    )
    adjust = signer.write("join", outcome.session_id, outcome.seq)
    return Message(line, row(Button(SECONDARY, text(locale, "buttons.adjust"), adjust, Emoji("✏️"))))


def begun(locale: str, shown: str, name: str) -> Message:
    """Return a joining message, as it stands in the channel, once the first scene was called for."""
    return Message(f"{shown}\n{text(locale, 'table.begun', name=one_line(name))}")


def ended(outcome: Outcome, title: str) -> Message:
    """Return the line that closes a table."""
    locale = outcome.state.language
    return Message(
        text(
            locale,
            "table.ended",
            title=one_line(title),
            tellings=text(locale, "table.tellings", n=int(outcome.answer["tellings"])),
            rolls=text(locale, "table.rolls", n=int(outcome.answer["rolls"])),
        )
    )


def status(
    locale: str, state: State, names: Mapping[str, str | None], title: str, settings: tuple[Row, ...] = ()
) -> Message:
    """Return where the table stands: whom it waits for first, then where everyone is.

    With `settings`, the row that only whoever leads gets, goes the line about who was seen how often.
    """
    head = "table.status.paused" if state.status == "paused" else "table.status.head"
    place = text(locale, f"world.place.{state.scene}").capitalize()
    lines = [
        text(locale, head, title=one_line(title), round=state.tellings + 1),
        _waiting(locale, state, names),
        text(locale, "table.status.where", place=place, time=text(locale, f"world.time.{state.time}")),
        *(_hero(locale, hero, names) for hero in state.heroes.values()),
    ]
    if not state.heroes:
        lines.append(text(locale, "table.status.nobody"))
    rating = text(locale, f"table.rating.{state.rating}")
    lines.append("-# " + text(locale, "table.status.rating", rating=rating, pause=_pause(locale, state)))
    if settings and state.spotlight:
        lines.append("-# " + seen(locale, state, names))
    return Message("\n".join(lines), settings)


def seen(locale: str, state: State, names: Mapping[str, str | None]) -> str:
    """Return in how many of the last tellings each character acted, the least seen first."""
    each = [
        text(locale, "table.status.seen", name=hero_name(locale, names, hero), times=times)
        for hero, times in spotlight(state).items()
    ]
    told = text(locale, "table.tellings", n=len(state.spotlight))
    return text(locale, "table.status.spotlight", told=told, names=", ".join(each))


def settings_row(signer: Signer, locale: str, state: State) -> tuple[Row, ...]:
    """Return the button that opens the table's settings."""
    opened = signer.write("settings", state.session_id, state.seq)
    return row(Button(SECONDARY, text(locale, "buttons.settings"), opened, Emoji("⚙️")))


def settings_form(signer: Signer, locale: str, state: State, most: Rating) -> Modal:
    """Return the form that sets how the table plays; ratings above `most` are not offered."""
    ratings = get_args(Rating)
    fields: list[tuple[str, Sequence[str], str]] = [
        ("absence", get_args(Absence), state.absence),
        ("rating", ratings[: ratings.index(most) + 1], state.rating),
        ("who_rolls", get_args(RollsBy), state.rolls_by),
    ]
    if state.lead == "ai":
        fields.insert(0, ("pause", [str(pause) for pause in PAUSES], str(state.gather)))
    labels = tuple(
        Label(text(locale, f"table.settings.{field}"), Select(field, _options(locale, field, values, now)))
        for field, values, now in fields
    )
    return Modal(signer.write("settings", state.session_id, state.seq), text(locale, "table.settings.title"), labels)


def _options(locale: str, field: str, values: Sequence[str], now: str) -> tuple[Option, ...]:
    return tuple(Option(text(locale, f"table.{field}.{value}"), value, default=value == now) for value in values)


def settings_saved(locale: str, state: State) -> Message:
    """Return what holds at the table now."""
    rating = text(locale, f"table.rating.{state.rating}")
    return Message(text(locale, "table.settings.saved", rating=rating, pause=_pause(locale, state)))


def _pause(locale: str, state: State) -> str:
    return text(locale, f"table.pause.{state.gather if state.lead == 'ai' else 'gm'}") + "."


def _waiting(locale: str, state: State, names: Mapping[str, str | None]) -> str:
    if state.due():
        return text(locale, "table.status.telling")
    waited = [hero_name(locale, names, hero) for hero in missing(state)]
    if gathering(state) and waited:
        return text(locale, "table.status.waiting_one", names=listed(locale, waited))
    if state.pending:
        return text(locale, "table.status.waiting_one", names=mention(state.gm))
    return text(locale, "table.status.free")


def _hero(locale: str, hero: Hero, names: Mapping[str, str | None]) -> str:
    key = "table.status.away" if hero.away else "table.status.idle" if hero.idle else "table.status.hero"
    return text(
        locale,
        key,
        name=hero_name(locale, names, hero.id),
        archetype=archetype(locale, hero),
        hp=hero.hp,
        hp_max=hero.hp_max,
    )
