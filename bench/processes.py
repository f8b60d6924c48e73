"""The real processes on a local Discord, for measurements: started, found ready, ended by their ids."""

import base64
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench.parts import services

READY_SECONDS = 60.0


@dataclass
class Discord:
    """A local Discord without rate limits, in a process of its own."""

    rest: str
    gateway: str
    token: str
    page: str


@dataclass
class Yard:
    """Where the measured processes run: the settings they share and how they are started."""

    discord: Discord
    env: dict[str, str]
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)
    ports: dict[str, int] = field(default_factory=dict)

    def role(self, word: str, **env: str) -> subprocess.Popen[bytes]:
        """Start a role and wait until it is ready."""
        port = self.ports[word] = _free_port()
        process = self.run(
            [sys.executable, "-m", "bot.cli", word], **{f"YOURTALE_PORT_{word.upper()}": str(port)}, **env
        )
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as answer:
                    if answer.status == 200:
                        return process
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(f"{word} was not ready in {READY_SECONDS:.0f} s")

    def run(self, command: list[str], **env: str) -> subprocess.Popen[bytes]:
        """Start a process with the yard's settings."""
        process = subprocess.Popen(
            command, env=os.environ | self.env | env, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.started.append(process)
        return process


@contextmanager
def yard() -> Iterator[Yard]:
    """Yield a yard with PostgreSQL, Redis and a local Discord; everything started in it ends with it."""
    with services() as (database, redis):
        playground = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "playground", "--port", "0", "--no-rate-limits"],
            stdout=subprocess.PIPE,
            text=True,
        )
        made: Yard | None = None
        try:
            assert playground.stdout is not None
            told = dict(playground.stdout.readline().strip().split(": ", 1) for _ in range(4))
            discord = Discord(told["REST"], told["Gateway"], told["Token"], told["Page"])
            key = base64.urlsafe_b64encode(os.urandom(32)).decode()
            made = Yard(
                discord,
                {
                    "DATABASE_URL": database,
                    "REDIS_URL": redis,
                    "DISCORD_TOKEN": discord.token,
                    "YOURTALE_DISCORD_REST_URL": discord.rest,
                    "YOURTALE_DISCORD_GATEWAY_URL": discord.gateway,
                    "YOURTALE_BUTTON_KEYS": key,
                    "YOURTALE_MASTER_KEYS": key,
                    "YOURTALE_LOG_LEVEL": "warning",
                },
            )
            subprocess.run([sys.executable, "-m", "bot.cli", "migrate"], env=os.environ | made.env, check=True)
            yield made
        finally:
            everything: list[subprocess.Popen[Any]] = [*(made.started if made else []), playground]
            for process in everything:
                process.terminate()
            for process in everything:
                process.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
