"""A picture or a voice from a provider, asked once in order, reserved and written down like every other call."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, Self

from core.ai import settings as settings_module
from core.ai.errors import Blocked, KeyRejected, Malformed, NoProvider, ProviderError, RateLimited, Unavailable
from core.ai.events import Usage
from core.ai.http import open_session
from core.ai.ledger import Account, Attempt
from core.ai.limits import Need, Short
from core.ai.observer import Silent

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aiohttp

    from core.ai.ledger import Ledger
    from core.ai.limits import Limits
    from core.ai.money import Price
    from core.ai.observer import Observer

Kind = Literal["picture", "voice"]
KINDS: Final = {"gemini": ("core.ai.media_gemini", "GeminiMedia"), "openai": ("core.ai.media_openai", "OpenAIMedia")}
TEXT_MOST: Final = 4_000
DATA_MOST: Final = 8 << 20
ATTEMPTS: Final = 2
PICTURE_TOKENS: Final = 2_048
"""Output tokens of one picture of 1024 x 1024 at most: Gemini bills 1,290, OpenAI 1,056 at medium quality."""
VOICE_TOKENS: Final = 4
"""Output tokens of a character read aloud at most: 25 a second, and nobody reads 7 characters a second or fewer."""
_MARKS: Final = {
    b"\x89PNG\r\n\x1a\n": ("picture", "image/png"),
    b"\xff\xd8\xff": ("picture", "image/jpeg"),
    b"ID3": ("voice", "audio/mpeg"),
    b"\xff\xfb": ("voice", "audio/mpeg"),
    b"\xff\xf3": ("voice", "audio/mpeg"),
    b"OggS": ("voice", "audio/ogg"),
}


@dataclass(frozen=True, slots=True)
class Product:
    """What a provider made; `usage` None where it does not tell."""

    data: bytes
    usage: Usage | None


@dataclass(frozen=True, slots=True)
class Made:
    """A picture or a recording of at most 8 MiB, its type by its first bytes, and what it cost."""

    data: bytes
    type: str
    provider: str
    model: str
    micro_usd: int


class Maker(Protocol):
    """One provider under one key. Every failure is a ProviderError; nothing is tried twice."""

    async def make(self, kind: Kind, model: str, text: str, locale: str) -> Product:
        """Make it."""
        ...

    def characters(self, kind: Kind) -> bool:
        """Whether this is paid by characters of input, which then stand for its tokens."""
        ...


@dataclass(frozen=True, slots=True)
class _Route:
    provider: str
    model: str
    maker: Maker
    price: Price
    key_ref: str
    scope: str


@dataclass(frozen=True, slots=True)
class _Order:
    kind: Kind
    text: str
    account: Account
    locale: str
    step: int


class Media:
    """Pictures and voices. Open it with `async with`."""

    def __init__(
        self,
        mapping: Mapping[str, Any],
        *,
        ledger: Ledger,
        limits: Limits,
        observer: Observer | None = None,
        seconds: float = 60.0,
    ) -> None:
        """`mapping` is the router's, of the models for media, with their `order` by kind. Raises SettingsError."""
        self._settings = settings_module.read(mapping)
        self._ledger = ledger
        self._limits = limits
        self._observer = observer or Silent()
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None
        self._routes: dict[str, tuple[_Route, ...]] = {}
        self._dead: set[str] = set()

    async def __aenter__(self) -> Self:
        self._session = open_session()
        for kind, tiers in self._settings.order.items():
            pairs = [pair for tier in tiers for pair in tier]
            self._routes[kind] = tuple(route for pair in pairs for route in self._open(*pair, self._session))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
        await self._limits.aclose()

    def offers(self, kind: Kind) -> bool:
        """Whether any model is set for it."""
        return bool(self._routes.get(kind))

    async def make(self, kind: Kind, text: str, *, account: Account, locale: str) -> Made:
        """Ask up to two providers in order, each once. Raises NoProvider with a reason as Router does."""
        reason = "no_route"
        for step, route in enumerate(self._free(kind)[:ATTEMPTS], start=1):
            try:
                return await self._attempt(route, _Order(kind, text[:TEXT_MOST], account, locale, step))
            except Blocked as error:
                raise NoProvider("blocked", detail=error.detail, blocked=error.detail) from error
            except KeyRejected:
                self._dead.add(route.key_ref)
                self._observer.key_rejected(route.provider, route.key_ref, "media")
                reason = "key_rejected"
            except ProviderError:
                reason = "exhausted"
            except _Short as short:
                reason = short.reason
        raise NoProvider(reason)

    def _free(self, kind: Kind) -> list[_Route]:
        return [route for route in self._routes.get(kind, ()) if route.key_ref not in self._dead]

    def _open(self, provider: str, model: str, session: aiohttp.ClientSession) -> list[_Route]:
        settings = self._settings.providers[provider]
        if settings.kind not in KINDS:
            raise settings_module.SettingsError(f"providers.{provider}.kind", "no_media")
        module, name = KINDS[settings.kind]
        adapter = getattr(import_module(module), name)
        return [
            _Route(
                provider,
                model,
                adapter(session, settings.base_url, key.secret),
                settings.prices[model],
                key.ref,
                key.scope,
            )
            for key in settings.keys
        ]

    async def _attempt(self, route: _Route, order: _Order) -> Made:
        kind, text, account = order.kind, order.text, order.account
        attempt = _bounded(route, order)
        bounds = attempt.input_bound, attempt.output_bound, attempt.estimate_micro_usd
        need = Need(account, route.provider, route.scope, route.model, *bounds, kind)
        lease = await self._limits.take(need)
        if isinstance(lease, Short):
            raise _Short("resting" if lease.until else "budget")
        attempt = replace(attempt, lease=lease.id)
        try:
            row = await self._ledger.open(attempt)
        except BaseException:
            await self._limits.refund(lease)
            raise
        begun = asyncio.get_running_loop().time()
        usage, exact, outcome = None, False, "cancelled"
        product: Product | None = None
        try:
            product = await self._asked(route, order)
            outcome = "ok"
            # Whoever is paid by characters says nothing about them, and need not
            counted = Usage(input=len(text)) if route.maker.characters(kind) else None
            usage = product.usage or counted
            exact = usage is not None
            return _made(product, route, kind, route.price.cost(usage) if usage else attempt.estimate_micro_usd)
        except ProviderError as error:
            outcome = error.code
            if product is None:
                usage, exact = error.usage, error.usage is not None or not error.billable
            if isinstance(error, RateLimited) and error.until is not None:
                await self._limits.block(route.provider, route.scope, route.model, error.until.timestamp())
            raise
        finally:
            cost = route.price.cost(usage or Usage()) if exact else attempt.estimate_micro_usd
            closing = self._ledger.settle if exact else self._ledger.estimate
            await asyncio.shield(closing(row, usage or Usage(), cost, outcome))
            await self._limits.settle(lease, (usage or Usage()) if exact else None, cost)
            seconds = asyncio.get_running_loop().time() - begun
            self._observer.attempt_finished(attempt, outcome, seconds, usage, cost)

    async def _asked(self, route: _Route, order: _Order) -> Product:
        try:
            async with asyncio.timeout(self._seconds):
                return await route.maker.make(order.kind, route.model, order.text, order.locale)
        except TimeoutError as error:
            raise Unavailable("deadline_whole", billable=True) from error


class _Short(Exception):  # noqa: N818 - it never leaves this file
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _bounded(route: _Route, order: _Order) -> Attempt:
    kind, text = order.kind, order.text
    # No tokenizer makes more tokens than bytes; what a provider adds around them is a few hundred
    entered = len(text) if route.maker.characters(kind) else len(text.encode()) + 256
    output = PICTURE_TOKENS if kind == "picture" else 0 if route.maker.characters(kind) else VOICE_TOKENS * len(text)
    return Attempt(
        account=order.account,
        kind=kind,
        provider=route.provider,
        model=route.model,
        key_ref=route.key_ref,
        step=order.step,
        input_bound=entered,
        output_bound=output,
        estimate_micro_usd=route.price.bound(entered, output),
    )


def _made(product: Product, route: _Route, kind: Kind, micro_usd: int) -> Made:
    """Return what was made if it is what it should be. Raises Malformed."""
    data = product.data
    if not data or len(data) > DATA_MOST:
        raise Malformed("no_media" if not data else "too_large", billable=True)
    found, type_ = next((known for mark, known in _MARKS.items() if data.startswith(mark)), ("", ""))
    if data[:4] == b"RIFF" and data[8:12] in {b"WAVE", b"WEBP"}:
        found, type_ = ("voice", "audio/wav") if data[8:12] == b"WAVE" else ("picture", "image/webp")
    if found != kind:
        raise Malformed("not_a_" + kind, billable=True)
    return Made(data, type_, route.provider, route.model, micro_usd)
