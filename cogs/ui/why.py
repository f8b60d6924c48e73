"""What a narration drew on, in words, and the table's own corrections of it."""

from typing import Final

from cogs.looks import Call, Held, Money, Why, total
from cogs.ui.components import DANGER, PRIMARY, SECONDARY, Button, Emoji, Label, Message, Modal, Option, Row, Select
from cogs.ui.components import TextInput as Field
from cogs.ui.custom_id import Signer
from cogs.ui.more import money
from cogs.ui.names import escaped
from core.game.rules.memory import FACT_MOST, SUMMARY_MOST
from core.game.state import State
from core.i18n import keys, text

QUOTE_MOST: Final = 80
QUOTED_MOST: Final = 4
MESSAGE_MOST: Final = 1_900
OPTIONS_MOST: Final = 25


def why(signer: Signer, locale: str, state: State, found: Why, *, leads: bool, stand: int) -> Message:
    """Return where a narration came from, with the buttons that correct it for whoever leads."""
    lines = [text(locale, "why.head"), *_drawn(locale, found), *_sent(locale, found), *_calls(locale, found)]
    return Message("\n".join(lines)[:MESSAGE_MOST], _buttons(signer, locale, state, stand) if leads else ())


def pin_form(signer: Signer, locale: str, session: int, stand: int) -> Modal:
    """Return the form that takes a fact."""
    field = Field("text", 1, FACT_MOST, min_length=1)
    return Modal(
        signer.write("pin", session, stand),
        text(locale, "why.pin_title"),
        (Label(text(locale, "why.pin_field"), field),),
    )


def pinned(signer: Signer, locale: str, state: State, fact: str, stand: int) -> Message:
    """Return what is said once a fact is pinned, with the way to have the narration told by it."""
    said = text(locale, "why.pinned", fact=escaped(fact))
    if not state.newest_telling(stand):
        return Message(said)
    again = signer.write("retell", state.session_id, stand, f"again:{state.seq}")
    return Message(said, (Row((Button(PRIMARY, text(locale, "buttons.again_told"), again, Emoji("🔁")),)),))


def unpin_form(signer: Signer, locale: str, session: int, held: Held) -> Modal:
    """Return the form that lets a pinned fact go."""
    options = tuple(Option(_quote(fact), str(row)) for row, fact in held.pinned[:OPTIONS_MOST])
    return Modal(
        signer.write("unpin", session),
        text(locale, "why.unpin_title"),
        (Label(text(locale, "why.unpin_field"), Select("fact", options)),),
    )


def summary_form(signer: Signer, locale: str, session: int, held: Held) -> Modal:
    """Return the form that holds the summary."""
    field = Field("text", 2, SUMMARY_MOST, min_length=1, value=held.summary[:SUMMARY_MOST])
    return Modal(
        signer.write("summary", session),
        text(locale, "why.summary_title"),
        (Label(text(locale, "why.summary_field"), field),),
    )


def budget(locale: str, spent: Money) -> Message:
    """Return what was spent and what is left."""
    lines = [
        _limited(locale, "session", spent.session, spent.session_limit),
        _limited(locale, "month", spent.month, spent.guild_limit),
        text(locale, "why.forecast", money=money(locale, spent.forecast)),
        text(locale, f"why.stage.{spent.stage}"),
    ]
    return Message("\n".join(lines))


def _limited(locale: str, what: str, spent: int, limit: int | None) -> str:
    if limit is None:
        return text(locale, f"why.{what}", money=money(locale, spent))
    return text(locale, f"why.{what}_of", money=money(locale, spent), limit=money(locale, limit))


def _drawn(locale: str, found: Why) -> list[str]:
    lines = [text(locale, "why.roll", line=line) for line in found.rolls]
    lines += [text(locale, "why.fact", text=_quote(fact)) for fact in found.pinned[:QUOTED_MOST]]
    lines += [text(locale, "why.card", name=_quote(name)) for name in found.cards[:QUOTED_MOST]]
    lines += [text(locale, "why.memory", text=_quote(memory)) for memory in found.memories[:QUOTED_MOST]]
    more = sum(max(0, len(group) - QUOTED_MOST) for group in (found.pinned, found.cards, found.memories))
    if more:
        lines.append(text(locale, "why.more", n=more))
    if found.summary:
        lines.append(text(locale, "why.summary"))
    if found.threads:
        lines.append(text(locale, "why.threads", n=found.threads))
    return lines or [text(locale, "why.by_hand" if found.teller == "gm" else "why.facts_only")]


def _sent(locale: str, found: Why) -> list[str]:
    lines = []
    if found.layers and found.calls:
        largest = sorted(found.layers, key=lambda layer: -layer[1])[:QUOTED_MOST]
        named = ", ".join(f"{_layer(locale, name)} {tokens}" for name, tokens in largest)
        lines.append(text(locale, "why.layers", n=sum(tokens for _, tokens in found.layers), layers=named))
    for name, count in found.left_out:
        lines.append(text(locale, "why.left_out", layer=_layer(locale, name), n=count))
    if found.cut:
        lines.append(text(locale, "why.cut", n=sum(count for _, count in found.cut)))
    return lines


def _calls(locale: str, found: Why) -> list[str]:
    if not found.calls:
        return [] if found.teller == "gm" else [text(locale, "why.no_model")]
    lines = [_call(locale, call) for call in found.calls]
    return [*lines, text(locale, "why.total", money=money(locale, total(found.calls)))] if len(lines) > 1 else lines


def _call(locale: str, call: Call) -> str:
    data: dict[str, object] = {
        "model": f"{call.provider} · {call.model}",
        "input": call.input,
        "cached": call.cached,
        "output": call.output,
        "money": money(locale, call.micro_usd),
    }
    return text(locale, "why.call_at_most" if call.estimated else "why.call", **data)


def _buttons(signer: Signer, locale: str, state: State, stand: int) -> tuple[Row, ...]:
    verbs = [("pin", PRIMARY, "📌"), ("summary", SECONDARY, "📖"), *([("unpin", DANGER, "🗑️")] if state.pinned else [])]
    buttons = (
        Button(style, text(locale, f"buttons.{verb}"), signer.write(verb, state.session_id, stand), Emoji(emoji))
        for verb, style, emoji in verbs
    )
    return (Row(tuple(buttons)),)


def _layer(locale: str, name: str) -> str:
    key = f"why.layer.{name}"
    return text(locale, key) if key in keys(locale) else name


def _quote(words: str) -> str:
    line = " ".join(words.split())
    return escaped(line if len(line) <= QUOTE_MOST else f"{line[: QUOTE_MOST - 1]}…")
