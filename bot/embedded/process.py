"""One embedded server as a child process: leftovers cleared, started, watched until ready, ended."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.embedded.errors import EmbeddedError, explain
from bot.embedded.identity import Identity


@dataclass(frozen=True)
class Running:
    """A server that is ready: its address (with password), process and log."""

    name: str
    url: str
    port: int
    process: "subprocess.Popen[bytes]"
    log: Path
    stop_signal: signal.Signals

    def stop(self, timeout: float = 15.0) -> None:
        """End it cleanly; after `timeout` seconds, at once."""
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()


def free_port(preferred: int | None = None) -> int:
    """A TCP port of the loopback interface that nothing listens on, `preferred` if it can be."""
    for port in (preferred, 0):
        if port is None:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise EmbeddedError("no_port", "No free TCP port is left on this machine.")


def spawn(
    argv: list[str], who: Identity, log: Path, end_with: str, config: bytes | None = None
) -> "subprocess.Popen[bytes]":
    """Start `argv` in a session of its own, so that Ctrl-C reaches only us, who then end things in order.

    Call it from the main thread: the kernel's signal at our death follows the thread that forked. `config`
    goes to its standard input, where no other process can read it.
    """
    if log.exists():
        # A log holds one run, so that what ended this one is not sought in an earlier one.
        log.replace(log.with_name(f"{log.name}.old"))
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as out:
        process = subprocess.Popen(  # noqa: S603
            who.command(argv, end_with),
            cwd="/",
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL if config is None else subprocess.PIPE,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    if config is not None and process.stdin is not None:
        process.stdin.write(config)
        process.stdin.close()
    return process


def await_ready(name: str, process: "subprocess.Popen[bytes]", log: Path, ready: Callable[[], bool]) -> None:
    """Return once `ready()`; a long recovery is waited for as long as the process lives, two minutes at most.

    Raises:
        EmbeddedError: it ended first (with what it wrote), or `slow`.
    """
    deadline = time.monotonic() + 120
    while not ready():
        if process.poll() is not None:
            raise explain(name, log, log.parent)
        if time.monotonic() > deadline:
            process.kill()
            process.wait()
            raise EmbeddedError("slow", f"{name} was not ready after two minutes; see {log}.")
        time.sleep(0.01)


def clear_leftovers(folder: Path, program: str, stop: signal.Signals) -> None:
    """Wait for, then end, a `program` that still works in `folder`: its parent was killed a moment ago."""
    if _left(folder, program, 10.0):
        _signal_all(folder, program, stop)
    if _left(folder, program, 10.0):
        _signal_all(folder, program, signal.SIGKILL)
    if left := _left(folder, program, 5.0):
        raise EmbeddedError("leftover", f"Process {left[0]} still works in {folder} and does not end; end it by hand.")


def working_in(folder: Path, program: str) -> list[int]:
    """Ids of `program`'s processes whose working folder is `folder`; dead ones nobody reaped do not count."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # The kernel keeps 15 characters of a name.
            if (entry / "comm").read_text().strip() == program[:15] and (entry / "cwd").samefile(folder):
                found.append(int(entry.name))
    return sorted(found)


def _left(folder: Path, program: str, patience: float) -> list[int]:
    deadline = time.monotonic() + patience
    while (pids := working_in(folder, program)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return pids


def _signal_all(folder: Path, program: str, number: signal.Signals) -> None:
    for pid in working_in(folder, program):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
