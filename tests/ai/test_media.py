"""Pictures and voices through the real SDK and HTTP against the local providers: valid, bounded, paid once."""

import asyncio
import io
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from core.ai import Account, Caps, MemoryLedger, MemoryLimits, NoProvider
from core.ai.media import Media
from playground.ai import AIProviders, Fault

MODELS = {
    ("gemini", "picture"): "gemini-2.5-flash-image",
    ("gemini", "voice"): "gemini-2.5-flash-preview-tts",
    ("openai", "picture"): "tale-image",
    ("openai", "voice"): "tale-voice",
}
EACH = pytest.mark.parametrize(("provider", "kind"), MODELS)
TEXT = "A maré recua e deixa o lodo à mostra. Ninguém no porto levanta a voz."


@pytest.fixture
async def ai() -> AsyncIterator[AIProviders]:
    async with AIProviders() as providers:
        yield providers


@asynccontextmanager
async def opened(ai: AIProviders, *providers: str, **parts: Any) -> AsyncIterator[tuple[Media, MemoryLedger]]:
    urls = {"gemini": ai.gemini_url, "openai": ai.openai_url}
    ledger = MemoryLedger()
    mapping = {
        "providers": {
            name: {
                "base_url": urls[name],
                "keys": ["local-key"],
                "models": [model for (owner, _), model in MODELS.items() if owner == name],
            }
            for name in providers
        },
        "order": {kind: [f"{name}/{MODELS[name, kind]}" for name in providers] for kind in ("picture", "voice")},
    }
    parts.setdefault("limits", MemoryLimits())
    async with Media(mapping, ledger=ledger, **parts) as media:
        yield media, ledger


def paid(ai: AIProviders, ledger: MemoryLedger) -> None:
    assert len(ledger.entries) == len(ai.rows)
    for entry, row in zip(ledger.entries, ai.rows, strict=True):
        assert entry.micro_usd == row.micro_usd if entry.state == "settled" else entry.micro_usd >= row.micro_usd


@EACH
async def test_it_is_made_and_paid_to_the_millionth(ai: AIProviders, provider: str, kind: Any) -> None:
    async with opened(ai, provider) as (media, ledger):
        made = await media.make(kind, TEXT, account=Account(session_id=7), locale="pt-BR")
    assert made.type == {"picture": "image/png", "voice": "audio/wav"}[kind]
    if kind == "voice":
        with wave.open(io.BytesIO(made.data)) as sound:
            assert sound.getnframes() > 0
    (entry,) = ledger.entries
    assert (entry.state, entry.outcome, entry.attempt.kind, entry.micro_usd) == ("settled", "ok", kind, made.micro_usd)
    assert made.micro_usd > 0
    assert entry.attempt.estimate_micro_usd >= made.micro_usd
    paid(ai, ledger)


@EACH
@pytest.mark.parametrize(
    "fault",
    ["status", "rate_limited", "key_rejected", "refuse", "half_stream", "truncate", "garbage", "empty", "blocked"],
)
async def test_every_way_to_fail_is_a_reason_and_is_paid_at_least_as_billed(
    ai: AIProviders, provider: str, kind: Any, fault: str
) -> None:
    ai.order(Fault(fault, times=0))
    async with opened(ai, provider) as (media, ledger):
        with pytest.raises(NoProvider) as failed:
            await media.make(kind, TEXT, account=Account(), locale="en-US")
    expected = {"key_rejected": "key_rejected", "blocked": "blocked"}.get(fault, "exhausted")
    if fault == "blocked" and (provider, kind) == ("openai", "voice"):
        expected = "blocked"
    assert failed.value.reason == expected
    assert all(entry.state != "open" for entry in ledger.entries)
    paid(ai, ledger)


async def test_silence_ends_at_its_deadline_and_is_an_estimate(ai: AIProviders) -> None:
    ai.order(Fault("hang", seconds=5))
    async with opened(ai, "openai", seconds=0.3) as (media, ledger):
        with pytest.raises(NoProvider):
            await media.make("picture", TEXT, account=Account(), locale="en-US")
    assert ledger.entries[0].state == "estimated"
    paid(ai, ledger)


async def test_the_second_provider_makes_what_the_first_cannot(ai: AIProviders) -> None:
    ai.order(Fault("status", provider="gemini", times=0))
    async with opened(ai, "gemini", "openai") as (media, ledger):
        made = await media.make("picture", TEXT, account=Account(), locale="en-US")
    assert made.provider == "openai"
    assert [entry.outcome for entry in ledger.entries] == ["unavailable", "ok"]


async def test_what_is_blocked_is_not_carried_to_the_next_provider(ai: AIProviders) -> None:
    ai.order(Fault("blocked", provider="gemini", times=0))
    async with opened(ai, "gemini", "openai") as (media, ledger):
        with pytest.raises(NoProvider):
            await media.make("picture", TEXT, account=Account(), locale="en-US")
    assert len(ledger.entries) == 1


async def test_a_budget_that_does_not_hold_it_makes_no_call(ai: AIProviders) -> None:
    async with opened(ai, "openai", limits=MemoryLimits(caps=Caps(session=1))) as (media, ledger):
        with pytest.raises(NoProvider) as failed:
            await media.make("picture", TEXT, account=Account(session_id=7), locale="en-US")
    assert failed.value.reason == "budget"
    assert (ai.rows, ledger.entries) == ([], ())


async def test_whoever_gives_up_leaves_an_estimate_behind(ai: AIProviders) -> None:
    ai.order(Fault("hang", seconds=5))
    async with opened(ai, "openai") as (media, ledger):
        task = asyncio.create_task(media.make("picture", TEXT, account=Account(), locale="en-US"))
        while not ai.rows:
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert (ledger.entries[0].state, ledger.entries[0].outcome) == ("estimated", "cancelled")
    paid(ai, ledger)


async def test_nothing_is_offered_without_a_model(ai: AIProviders) -> None:
    async with Media({"providers": {}, "order": {}}, ledger=MemoryLedger(), limits=MemoryLimits()) as media:
        assert not media.offers("picture")
        with pytest.raises(NoProvider):
            await media.make("voice", TEXT, account=Account(), locale="pt-BR")
