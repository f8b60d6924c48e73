"""Answers to interactions over Discord's REST: the first within its deadline, edits and follow-ups after it.

discord.py retries a failed callback with pauses that eat the three seconds; here every try counts against them.
"""

import asyncio
import logging
from types import TracebackType
from typing import Final, Self

import aiohttp
import orjson

from cogs.ui.components import Upload

UNKNOWN_INTERACTION: Final = 10062
ALREADY_ANSWERED: Final = 40060
GONE: Final = {10008, 10015, 50027}
ATTEMPTS_LATER: Final = 3
SECONDS_LATER: Final = 10.0
PAUSE: Final = 0.1
BODY_MOST: Final = 65_536
logger = logging.getLogger(__name__)


class Rejected(Exception):  # noqa: N818 - it names what Discord did
    """Discord will not have an answer: `status` and its error `code`; `told` is the start of what it said."""

    def __init__(self, status: int, code: int, told: str) -> None:
        super().__init__(f"{status} {code} {told}")
        self.status = status
        self.code = code


class Callbacks:
    """One HTTP session for all answers. Open it with `async with`."""

    def __init__(self, base: str, user_agent: str) -> None:
        self._base = base
        self._session = aiohttp.ClientSession(
            headers={"User-Agent": user_agent},
            connector=aiohttp.TCPConnector(limit=200, keepalive_timeout=60),
            timeout=aiohttp.ClientTimeout(total=SECONDS_LATER, connect=3),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def callback(
        self, interaction_id: int, token: str, content: bytes, files: tuple[Upload, ...], seconds: float
    ) -> bool:
        """Send the first answer within `seconds`.

        False when nobody can say whether the person sees it: too late, answered by another process, or out of reach.
        Whatever the command did is stored, so nothing is lost. Raises Rejected when Discord will not have the answer.
        """
        url = f"{self._base}/interactions/{interaction_id}/{token}/callback"
        loop = asyncio.get_running_loop()
        until, attempt, pause = loop.time() + seconds, 0, PAUSE
        while True:
            attempt += 1
            status, code, told = await self._sent("POST", url, content, files, max(0.05, until - loop.time()))
            if status < 300 or (code == ALREADY_ANSWERED and attempt > 1):
                return True
            if code in {UNKNOWN_INTERACTION, ALREADY_ANSWERED}:
                logger.warning("first answer in doubt: %s", code)
                return False
            if status not in {408, 429} and status < 500:
                raise Rejected(status, code, told)
            pause = _retry_after(told) if status == 429 else min(0.5, 2 * pause)
            if loop.time() + pause >= until:
                logger.warning("first answer out of time: status %s after %s attempts", status, attempt)
                return False
            await asyncio.sleep(pause)

    async def edit_original(self, application_id: int, token: str, content: bytes, files: tuple[Upload, ...]) -> None:
        """Change the first answer. Raises Rejected."""
        await self._later("PATCH", f"{application_id}/{token}/messages/@original", content, files, again=True)

    async def delete_original(self, application_id: int, token: str) -> None:
        """Take the first answer away. Raises Rejected."""
        await self._later("DELETE", f"{application_id}/{token}/messages/@original", b"", (), again=True)

    async def follow_up(self, application_id: int, token: str, content: bytes, files: tuple[Upload, ...]) -> None:
        """Send one message more; never twice, so only what surely did not arrive is tried again. Raises Rejected."""
        await self._later("POST", f"{application_id}/{token}", content, files, again=False)

    async def _later(self, method: str, path: str, content: bytes, files: tuple[Upload, ...], *, again: bool) -> None:
        status, code, told = 0, 0, ""
        for attempt in range(ATTEMPTS_LATER):
            status, code, told = await self._sent(
                method, f"{self._base}/webhooks/{path}", content, files, SECONDS_LATER
            )
            if status < 300:
                return
            if code in GONE:
                logger.warning("an answer's message is gone: %s", code)
                return
            if status == 429:
                await asyncio.sleep(_retry_after(told))
            elif again and status >= 500:
                await asyncio.sleep(PAUSE * 4**attempt)
            else:
                break
        raise Rejected(status, code, told[:300])

    async def _sent(
        self, method: str, url: str, content: bytes, files: tuple[Upload, ...], seconds: float
    ) -> tuple[int, int, str]:
        """Return (status, Discord's error code, what it said); 599 when no answer came."""
        data: aiohttp.FormData | bytes = _form(content, files) if files else content
        headers = {} if files or not content else {"Content-Type": "application/json"}
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._session.request(method, url, data=data, headers=headers, timeout=timeout) as answer:
                if answer.status < 300:
                    # Read, so that the connection can be used again
                    await answer.read()
                    return answer.status, 0, ""
                told = (await answer.content.read(BODY_MOST)).decode(errors="replace")
                return answer.status, _code(told), told
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return 599, 0, type(error).__name__


def _form(content: bytes, files: tuple[Upload, ...]) -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("payload_json", content, content_type="application/json")
    for n, file in enumerate(files):
        form.add_field(f"files[{n}]", file.content, filename=file.name, content_type=file.media_type)
    return form


def _code(told: str) -> int:
    try:
        found = orjson.loads(told)
    except orjson.JSONDecodeError:
        return 0
    return int(found.get("code") or 0) if isinstance(found, dict) else 0


def _retry_after(told: str) -> float:
    try:
        return min(SECONDS_LATER, max(PAUSE, float(orjson.loads(told)["retry_after"])))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return 1.0
