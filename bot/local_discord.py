"""The playground as a child of `yourtale run`: started where no Discord token is set."""

import queue
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bot.child import Child
from bot.embedded.errors import EmbeddedError
from bot.embedded.process import free_port
from bot.settings import Settings

START_SECONDS = 30.0
_USUAL_PORT = 8080
_LINES = ("REST", "Gateway", "Token", "Page")


class LocalDiscord:
    """A local Discord, whose page is what the operator opens; it keeps its world in the folder `data`."""

    def __init__(self, given: Settings, data: Path) -> None:
        self.page = ""
        self._told: queue.SimpleQueue[str] = queue.SimpleQueue()
        asked = given.playground_port
        port = asked or free_port(None if asked == 0 else _USUAL_PORT)
        argv = ["playground", "--host", given.host, "--port", str(port), "--data", str(data)]
        if given.openapi is not None:
            argv += ["--openapi", str(given.openapi)]
        self._child = Child("playground", argv, on_line=self._hear)

    @property
    def children(self) -> tuple[Child, ...]:
        """The processes to look after."""
        return (self._child,)

    def _hear(self, line: str) -> None:
        if self.page:
            print(line, file=sys.stderr)  # noqa: T201
        else:
            self._told.put(line)

    def start(self, ending: Callable[[], bool]) -> dict[str, str]:
        """Start it and return the settings by which the bot finds it.

        Raises:
            EmbeddedError: `playground`, when it ends or says nothing for half a minute.
        """
        self._child.start()
        told: dict[str, str] = {}
        deadline = time.monotonic() + START_SECONDS
        while not all(name in told for name in _LINES):
            if ending():
                return {}
            process = self._child.process
            if time.monotonic() > deadline or (process is not None and process.poll() is not None):
                raise EmbeddedError("playground", "The local Discord did not start; see the lines above.")
            try:
                name, _, value = self._told.get(timeout=0.1).partition(": ")
            except queue.Empty:
                continue
            told[name] = value.strip()
        self.page = told["Page"]
        # A restarted one must be found by bots that know the first one's token.
        self._child.argv += ["--token", told["Token"]]
        return {
            "DISCORD_TOKEN": told["Token"],
            "YOURTALE_DISCORD_REST_URL": told["REST"],
            "YOURTALE_DISCORD_GATEWAY_URL": told["Gateway"],
        }
