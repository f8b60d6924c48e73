"""One narration being shown: it only grows, and every way it can end is clean."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from discord.ui import View

from bot import metrics
from bot.crash import moment
from bot.delivery.door import Door, Gone, TokenDead
from bot.delivery.pages import pages
from bot.delivery.store import Delivered, DeliveryStore

MESSAGE_MOST: Final = 2_000


class Showing:
    """The messages of one narration. `lost` once they or our right to them are gone; then nothing more is sent."""

    def __init__(self, door: Door, store: DeliveryStore, row: Delivered) -> None:
        self._door = door
        self._store = store
        self._row = row
        self._pages: list[str] = [""] * len(row.message_ids)
        self._token = row.token
        self.lost = row.status == "lost"

    async def show(self, text: str) -> None:
        """Show the text as it stands now."""
        await self._update(pages(text), None)

    async def close(self, text: str, footer: str, view: View | None) -> None:
        """Show the whole text with its mechanics line and buttons, and be done."""
        parts = pages(text)
        if footer and len(parts[-1]) + len(footer) < MESSAGE_MOST:
            parts[-1] = f"{parts[-1]}\n{footer}"
        elif footer:
            parts.append(footer)
        await self._update(parts, view)
        await self._store.status(self._row, "lost" if self.lost else "closed", len(text))

    async def stop(self, footer: str) -> None:
        """Leave it at what is shown, with a line that says so."""
        if self._row.message_ids and self._pages[-1]:
            try:
                await self._edit(self._row.message_ids[-1], f"{self._pages[-1]}\n{footer}", None)
            except Gone:
                self.lost = True
        await self._store.status(self._row, "lost" if self.lost else "stopped", sum(map(len, self._pages)))

    async def replace(self, content: str, view: View | None, status: str) -> None:
        """Put other words in place of all that was shown."""
        await self._found_again("")
        for n, message_id in enumerate(self._row.message_ids):
            try:
                await self._edit(message_id, content if n == 0 else "\u200b", view if n == 0 else None)
            except Gone:
                continue
        await self._store.status(self._row, status, 0)

    async def _update(self, parts: Sequence[str], view: View | None) -> None:
        if self.lost or not any(parts):
            return
        try:
            await self._found_again(
                parts[len(self._row.message_ids)] if len(parts) > len(self._row.message_ids) else ""
            )
            for n, part in enumerate(parts):
                last = view if n == len(parts) - 1 else None
                if n >= len(self._row.message_ids):
                    await self._post(n, part, last)
                elif part != self._pages[n] or last:
                    await self._edit(self._row.message_ids[n], part, last)
                    self._pages[n] = part
        except Gone:
            self.lost = True
            await self._store.status(self._row, "lost", 0)

    async def _found_again(self, page: str) -> None:
        """After a crash between sending and noting it down, look for the message before sending another."""
        if not self._row.posting:
            return
        try:
            message_id = await self._door.find(self._row.channel_id, page) if page else None
        except Gone:
            message_id = None
        self._row = replace(self._row, posting=False)
        if message_id and message_id not in self._row.message_ids:
            await self._noted(message_id, "")

    async def _post(self, page: int, content: str, view: View | None) -> None:
        await self._store.posting(self._row)
        message_id: int | None = None
        if self._token:
            try:
                message_id = await self._door.follow_up(self._row.application_id, self._token, content, view)
            except TokenDead:
                self._token = await self._store.token(self._row.session_id)
        if message_id is None:
            message_id = await self._door.send(self._row.channel_id, content, self._nonce(page), view)
        moment("message_sent")
        metrics.DELIVERY_EDITS.labels(outcome="posted").inc()
        await self._noted(message_id, content)

    async def _noted(self, message_id: int, content: str) -> None:
        await self._store.posted(self._row, message_id)
        self._row = replace(self._row, message_ids=(*self._row.message_ids, message_id))
        self._pages.append(content)

    async def _edit(self, message_id: int, content: str, view: View | None) -> None:
        metrics.DELIVERY_EDITS.labels(outcome="edited").inc()
        if self._token:
            try:
                await self._door.edit_follow_up(self._row.application_id, self._token, message_id, content, view)
            except (TokenDead, Gone):
                # Gone for this token: another one may have sent the message, and then the channel still has it
                self._token = None
            else:
                return
        await self._door.edit(self._row.channel_id, message_id, content, view)

    def _nonce(self, page: int) -> str:
        about = f"{self._row.session_id}:{self._row.from_seq}:{page}"
        return hashlib.blake2b(about.encode(), digest_size=12).hexdigest()
