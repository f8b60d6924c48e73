"""What telling costs: a played evening by the local provider's own count of tokens, at the prices of `prices.toml`.

One table of five plays 60 turns, each told on its own (gathering several actions into one narration would cost less),
and asks 12 questions about the rules, half of them in other words than before. "Before" is the same evening told by a
prompt that grows: what the first turn's prompt held and the whole transcript, every question asked of the model, no
prefix kept by the provider.
"""

import asyncio
import statistics
from typing import Any, Final

import aiohttp
import orjson

from bench.ai.evening import narrations
from bench.ai.local import Providers, providers
from bench.ai.people import SEATS, _lost, _post, _seated, _settings
from bench.processes import Yard, yard
from bench.report import Row, against, bounded, write
from core.ai import Usage
from core.ai.money import Price, price_list

TURNS: Final = 60
REAIS_PER_DOLLAR: Final = 5.40
"""An assumption of November 2026."""
PLAN_REAIS, PLAN_MESSAGES, PLAN_SESSIONS = 1_000.0, 5_000, 500
MODELS: Final = (("mistral", "mistral-small-latest"), ("gemini", "gemini-3.5-flash-lite"))
ACTS: Final = (
    "Abro a porta devagar e olho para dentro, com a lanterna baixa.",
    "Procuro pegadas na lama entre o molhe e o armazém.",
    "Pergunto ao barqueiro o que ele viu esta noite.",
    "Subo no telhado e observo a rua sem fazer barulho.",
    "Acendo a lanterna e sigo o som até onde der.",
    "Seguro a corda com força e desço atrás dela.",
    "Escuto atrás da parede, prendendo a respiração.",
    "Espero os outros e fico de guarda na entrada.",
    "Mostro o sino à velha e observo a reação dela.",
    "Conto ao grupo o que encontrei e proponho esperar a maré.",
    "Amarro o barco e ajudo quem ficou para trás.",
    "Sento na pedra e descanso um pouco.",
)
QUESTIONS: Final = (
    ("O que caído faz?", "Como funciona ficar caído?"),
    ("O que a condição atordoado faz?", "explica atordoado"),
    ("Como funciona um teste?", "Como faço um teste?"),
    ("Como funciona a vantagem?", "O que é vantagem?"),
    ("Como eu agarro alguém?", "Quais são as regras para agarrar?"),
    ("Quanto dano um acerto crítico causa?", "qto de dano no critico"),
)
"""Of the labelled set in tests/story/questions."""


def main(*, short: bool) -> None:
    """Measure and write the table."""
    turns = 20 if short else TURNS
    with yard() as place, providers() as local:
        bill, texts, told = asyncio.run(_play(place, local, turns))
    write("ai-cost", _rows(bill, texts, told, turns), "python -m bench ai" + (" --short" if short else ""))


async def _play(place: Yard, local: Providers, turns: int) -> tuple[list[Any], list[str], int]:
    """Return the bill, what was said turn by turn (act and narration), and how many questions reached the model."""
    local.post("script", {"turns": [{"pieces": pieces, "repeat": True} for pieces in narrations(200)]})
    place.role("shards")
    place.role("worker", **_settings(local))
    seats = _seated(place, SEATS)
    texts = []
    async with aiohttp.ClientSession() as http:
        for number in range(turns):
            act = ACTS[number % len(ACTS)]
            await _use(http, place, seats[number % SEATS], "act", act)
            await _told(place, number + 1)
            texts.append(act)
        narrated = len(local.read("bill")["rows"])
        for wording in (0, 1):
            for number, question in enumerate(QUESTIONS):
                await _use(http, place, seats[number % SEATS], "ask", question[wording])
                await asyncio.sleep(0.7)
        await asyncio.sleep(2)
    rows = local.read("bill")["rows"]
    return rows, texts, len(rows) - narrated


async def _use(http: aiohttp.ClientSession, place: Yard, seat: tuple[str, str, str], name: str, text: str) -> None:
    options = {"text" if name == "act" else "question": text}
    body = {"person": seat[0], "channel_id": seat[1], "name": name, "options": options}
    done = await _post(http, f"{place.discord.page}/play/command?wait=1", **body)
    if done.get("failed"):
        raise RuntimeError(f"{name}: {orjson.dumps(done)[:300]!r}")


async def _told(place: Yard, acts: int) -> None:
    async with asyncio.timeout(60):
        while await _lost(place.env["DATABASE_URL"]) != (acts, 0):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def _rows(bill: list[Any], texts: list[str], asked: int, turns: int) -> list[Row]:
    messages = turns + 2 * len(QUESTIONS)
    narrated, answered = bill[: len(bill) - asked], bill[len(bill) - asked :]
    plain = [row for row in narrated if row["outcome"] == "whole"]
    rows = [
        Row("turns played", turns, "turns"),
        Row("calls for them", len(narrated), "calls"),
        Row("input of a call, mean", statistics.fmean(row["input"] for row in plain), "tokens"),
        Row("input of a call, last", plain[-1]["input"], "tokens"),
        Row("of it kept by the provider", 100 * _sum(plain, "cached") / _sum(plain, "input"), "%"),
        Row("output of a call, mean", statistics.fmean(row["output"] for row in plain), "tokens"),
        Row("questions about the rules asked", 2 * len(QUESTIONS), "questions"),
        Row("of them put to the model", asked, "questions"),
        Row("reais a dollar (assumed)", REAIS_PER_DOLLAR, "R$"),
    ]
    for kind, model in MODELS:
        price = price_list().prices[kind, model]
        before = _grown(price, plain, texts, turns)
        uncached = sum(price.cost(_usage(row, cached=False)) for row in bill)
        after = sum(price.cost(_usage(row)) for row in bill)
        before += 2 * sum(price.cost(_usage(row, cached=False)) for row in answered) * len(QUESTIONS) // max(asked, 1)
        rows += _money(model, before, uncached, after, turns=turns, messages=messages)
    return rows


def _money(model: str, before: int, uncached: int, after: int, *, turns: int, messages: int) -> list[Row]:
    """All in millionths of a dollar for the whole evening, questions included."""
    reais = {name: money / 1e6 * REAIS_PER_DOLLAR for name, money in (("b", before), ("u", uncached), ("a", after))}
    plan = PLAN_MESSAGES * reais["a"] / messages
    return [
        Row(f"{model}: 1,000 turns by a growing prompt, nothing kept", 1e3 * reais["b"] / turns, "R$"),
        Row(f"{model}: 1,000 turns by our prompt, no prefix kept", 1e3 * reais["u"] / turns, "R$"),
        against(f"{model}: 1,000 turns as they are", 1e3 * reais["a"] / turns, 1e3 * reais["b"] / turns, "R$"),
        Row(f"{model}: a message", reais["a"] / messages, "R$", PLAN_REAIS / PLAN_MESSAGES),
        Row(f"{model}: a session of {PLAN_MESSAGES // PLAN_SESSIONS} messages", plan / PLAN_SESSIONS, "R$", 2.0),
        bounded(f"{model}: {PLAN_MESSAGES:,} messages of {PLAN_SESSIONS} sessions (plan: R$ 1,000)", plan, "R$", 100),
    ]


def _grown(price: Price, plain: list[Any], acts: list[str], turns: int) -> int:
    """The same turns by a prompt that is the first one's and the whole transcript."""
    output = round(statistics.fmean(row["output"] for row in plain))
    base, said, money = plain[0]["input"], 0, 0
    for number in range(turns):
        money += price.cost(Usage(input=base + said, output=output))
        said += output + len(acts[number].encode()) // 4
    return money


def _usage(row: Any, *, cached: bool = True) -> Usage:
    if row["outcome"] == "refused":
        return Usage()
    return Usage(row["input"], row["output"], row["cached"] if cached else 0, row["thinking"])


def _sum(rows: list[Any], name: str) -> int:
    return sum(row[name] for row in rows)
