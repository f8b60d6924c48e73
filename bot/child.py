"""A role as a child process that is started again when it crashes, after pauses that grow."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO

from bot import logs, role
from bot.embedded.identity import Identity
from bot.settings_source import SettingsError

LONGEST_PAUSE = 60.0
CALM = 60.0
"""Seconds a child must have lived for its earlier crashes to be forgotten."""

_log = logs.get("supervisor")


@dataclass
class Child:
    """One role: how it is started, and its process while there is one.

    `on_line` is called, in a thread of its own, with each line that the child writes to standard output; without it
    the child writes to ours. If we die, however, the kernel sends it SIGTERM.
    """

    name: str
    argv: list[str]
    env: dict[str, str] = field(default_factory=dict)
    on_line: Callable[[str], None] | None = None
    process: "subprocess.Popen[str] | None" = None
    crashes: int = 0
    _started: float = 0.0
    _due: float = 0.0

    def start(self) -> None:
        """Start it now. Call it from the main thread."""
        who = Identity(os.geteuid(), os.getegid())
        self._started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603
            who.command([sys.executable, "-m", "bot.cli", *self.argv], "TERM"),
            env=os.environ | self.env,
            stdin=subprocess.DEVNULL,
            stdout=None if self.on_line is None else subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        if self.on_line is not None and self.process.stdout is not None:
            threading.Thread(target=_read, args=(self.process.stdout, self.on_line), daemon=True).start()

    def tend(self) -> None:
        """Look after it: note a crash, start it again when its pause is over.

        Raises:
            SettingsError: it refused its settings, so that starting it again would not help.
        """
        now = time.monotonic()
        if self.process is None:
            if now >= self._due:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.process = None
        if code == role.WRONG_SETTINGS:
            raise SettingsError([f"`{self.name}` cannot start with these settings; see its sentence above."])
        self.crashes = 1 if now - self._started >= CALM else self.crashes + 1
        pause = min(LONGEST_PAUSE, 2.0 ** (self.crashes - 1))
        self._due = now + pause
        _log.error("role_ended", name=self.name, exit_code=code, again_in_seconds=pause, crashes=self.crashes)

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def wait(self, until: float) -> bool:
        """Wait for its end until that time of the monotonic clock; whether it has ended."""
        if self.process is None:
            return True
        try:
            self.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            return False
        return True


def end(children: list[Child], seconds: float) -> None:
    """Ask all of them to end at the same time, and kill what still runs after `seconds`."""
    deadline = time.monotonic() + seconds
    for child in children:
        child.signal(signal.SIGTERM)
    for child in children:
        if not child.wait(deadline):
            _log.error("role_killed", name=child.name, after_seconds=seconds)
            child.signal(signal.SIGKILL)
            child.wait(time.monotonic() + 1.0)


def _read(stream: IO[str], on_line: Callable[[str], None]) -> None:
    for line in stream:
        on_line(line.rstrip("\n"))
