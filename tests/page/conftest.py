"""The real page in a real Chromium, on a real playground with a small bot."""

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, async_playwright

from playground.server import Playground
from playground.world import talk
from playground.world.message import Message
from playground.world.model import TEXT, Channel
from tests.page.bot import Bot, pointed_at
from tests.page.build import ensure_built

ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
_numbers = itertools.count(1)


@dataclass
class Table:
    """A playground with its bot, and one channel of this test."""

    playground: Playground
    bot: Bot
    channel: Channel

    @property
    def name(self) -> str:
        """The channel's name."""
        return str(self.channel.name)

    def person(self, name: str) -> str:
        """The id of a seeded person."""
        return next(
            user.id for user in self.playground.world.users.values() if name in {user.global_name, user.username}
        )

    def say(self, name: str, content: str) -> Message:
        """Post an ordinary message at once."""
        world = self.playground.world
        message = Message(world.snowflakes.next(), self.channel.id, world.user(self.person(name)), content)
        return talk.post(world, self.channel, message)

    def change(self, message: Message, content: str) -> None:
        """Edit a message."""
        message.content = content
        talk.edited(self.playground.world, self.channel, message)


class Seat:
    """One person's browser window, with the words of a test."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda said: self.errors.append(f"{said.text} {said.location['url']}") if said.type == "error" else None,
        )

    @property
    def composer(self) -> Locator:
        return self.page.locator("[data-composer]")

    @property
    def feed(self) -> Locator:
        return self.page.get_by_role("feed")

    @property
    def board(self) -> Locator:
        return self.page.locator("[data-pane=board]")

    @property
    def last(self) -> Locator:
        """The newest message."""
        return self.feed.locator("article").last

    async def run(self, command: str) -> None:
        """Run a command without options by its name, from the composer."""
        await self.composer.focus()
        await self.page.keyboard.type(f"/{command}")
        await self.page.get_by_role("listbox").get_by_role("option").first.wait_for()
        await self.page.keyboard.press("Enter")

    async def keys(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def playing() -> AsyncIterator[tuple[Playground, Bot]]:
    """A playground with the test bot in its guild."""
    ensure_built()
    async with Playground(rate_limits=False) as playground:
        with pointed_at(playground.rest_url, playground.gateway_url):
            bot = Bot()
            running = asyncio.create_task(bot.start(playground.token or ""))
            await asyncio.wait_for(bot.ready.wait(), 20)
            yield playground, bot
            await bot.close()
            await running


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A Chromium without a screen."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    async with async_playwright() as engine:
        opened = await engine.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield opened
        await opened.close()


@pytest.fixture
def table(playing: tuple[Playground, Bot]) -> Table:
    """A fresh channel."""
    playground, bot = playing
    channel = Channel(playground.world.snowflakes.next(), TEXT, f"sala-{next(_numbers)}")
    playground.world.add_channel(playground.seeded.guild, channel)
    bot.pressed.clear()
    bot.go_on.clear()
    return Table(playground, bot, channel)


class Opener:
    """Opens the page as a person: `await sit("Ana")`."""

    def __init__(self, browser: Browser, table: Table) -> None:
        self.browser = browser
        self.table = table
        self.seats: list[Seat] = []

    async def __call__(self, name: str, *, width: int = 1280, height: int = 800, **context: Any) -> Seat:
        window = await self.browser.new_context(viewport={"width": width, "height": height}, **context)
        seat = Seat(await window.new_page())
        self.seats.append(seat)
        address = f"{self.table.playground.page_url}/?person={self.table.person(name)}&channel={self.table.channel.id}"
        await seat.page.goto(address)
        await seat.composer.wait_for()
        return seat

    async def close(self) -> None:
        for seat in self.seats:
            await seat.page.context.close()


@pytest_asyncio.fixture
async def sit(browser: Browser, table: Table) -> AsyncIterator[Opener]:
    """Opens windows; in the end no window may have reported an error."""
    opener = Opener(browser, table)
    yield opener
    errors = [error for seat in opener.seats for error in seat.errors]
    await opener.close()
    assert errors == []
