"""A table played by people at a local Discord: what they press and write, and what they are shown."""

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any

from core.i18n import text
from playground.people import Done, Person
from tests.e2e.stack import Stack

NAMES = {"Lia": "Lia", "Bento": "Caio", "Kim": "Bia"}
"""Who plays which character."""


def content(message: Any) -> str:
    return str(message["content"])


def labels(message: Any) -> list[str]:
    return [part["label"] for row in message["components"] for part in row["components"] if "label" in part]


@dataclass
class Table:
    """One session in one channel."""

    stack: Stack
    locale: str
    channel: str
    gm: Person
    started: Any
    players: dict[str, Person] = field(default_factory=dict)
    joined: Any = None

    def label(self, button: str, **data: int) -> str:
        return text(self.locale, f"buttons.{button}", **data)

    @property
    def session(self) -> int:
        """The session's id: that of the interaction that opened it."""
        return int(self.started["interaction_metadata"]["id"])

    @classmethod
    async def open(
        cls, stack: Stack, locale: str = "pt-BR", channel: str = "mesa-1", lead: str = "ai", pause: str = "0"
    ) -> "Table":
        gm = await stack.person("Ana", channel)
        title = "Estrada de Brasas" if locale == "pt-BR" else "Ember Road"
        done = await gm.command("session start", title=title, language=locale, lead=lead, pause=pause)
        assert not done.failed, stack.logs()
        assert done.message is not None
        return cls(stack, locale, channel, gm, done.message)

    async def join(self, *heroes: str) -> None:
        for hero in heroes:
            person = await self.stack.person(NAMES[hero], self.channel)
            form = await person.press(self.started, self.label("join"))
            archetype = {"Lia": "thief", "Bento": "fighter", "Kim": "sage"}[hero]
            pronoun = {"Lia": "she", "Bento": "he", "Kim": "they"}[hero]
            assert form.modal is not None, self.stack.logs()
            done = await person.submit(form.modal, name=hero, pronoun=pronoun, archetype=archetype, line="")
            assert not done.failed, self.stack.logs()
            self.players[hero], self.joined = person, done.message

    async def begin(self) -> str:
        await self.gm.press(self.joined, self.label("begin"))
        return content(await self.narration(after=self.joined["id"]))

    async def act(self, hero: str, words: str) -> str:
        """Act, and return the narration that tells it."""
        done = await self.acted(hero, words)
        assert done.message is not None
        return content(await self.narration(after=done.message["id"]))

    async def told(self, hero: str, words: str) -> Any:
        """Act, and return the message that tells it."""
        done = await self.acted(hero, words)
        assert done.message is not None
        return await self.narration(after=done.message["id"])

    async def tellings(self) -> list[Any]:
        """Every telling in the log, oldest first: row, `start` and `through`."""
        return await self.stack.db.fetch(
            "SELECT seq, (events->0->>'start')::int AS start, (events->0->>'through')::int AS through"
            " FROM log WHERE session_id = $1 AND command_key LIKE 'tell:%' ORDER BY seq",
            self.session,
        )

    async def acted(self, hero: str, words: str) -> Done:
        done = await self.players[hero].command("act", text=words)
        assert not done.failed, self.stack.logs()
        return done

    async def narration(self, *, after: str, finished: bool = True, timeout: float = 20.0) -> Any:
        """Return the narration that was posted after a message, once it is closed (its buttons come last)."""

        def told(message: Any) -> bool:
            newer = int(message["id"]) > int(after) and message["author"].get("bot")
            mark = self.label("other") in labels(message)
            return newer and not message["flags"] & 64 and (mark if finished else self.growing(message))

        try:
            return await self.gm.until(told, timeout, channel=self.channel)
        except TimeoutError:
            raise AssertionError(f"no narration: {self.stack.logs()}") from None

    @staticmethod
    def growing(message: Any) -> bool:
        return not content(message).startswith(("**", "🎲", "🙋", "📖", "▶", "↩", "↪", "⏸"))

    async def end(self) -> Done:
        done = await self.gm.command("session end")
        assert not done.failed, self.stack.logs()
        return done

    async def shown(self) -> list[str]:
        """Everything that stands in the channel, oldest first."""
        return [content(m) for m in reversed(await self.gm.messages(self.channel))]


class Watch:
    """Every form that the messages after an action took, as people saw them."""

    def __init__(self, table: Table) -> None:
        self.forms: dict[str, list[str]] = {}
        self._task = asyncio.create_task(self._read(table))

    async def _read(self, table: Table) -> None:
        async for event in table.gm.events():
            message = event["d"] if event["t"] in {"MESSAGE_CREATE", "MESSAGE_UPDATE"} else {}
            if message.get("channel_id") == table.gm.channel_id and message["author"].get("bot"):
                self.forms.setdefault(message["id"], []).append(content(message))

    def narrations(self) -> dict[str, list[str]]:
        return {key: forms for key, forms in self.forms.items() if not forms[0].startswith(("**", "▶"))}

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


def told(text: str) -> str:
    """The story part of a message, without the mechanics line."""
    return text.split("\n-# ", maxsplit=1)[0].removeprefix("-# ").rstrip()


def only_grows(forms: list[str]) -> bool:
    return all(told(later).startswith(told(earlier)) for earlier, later in itertools.pairwise(forms))
