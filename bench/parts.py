"""Real parts for the measurements: embedded PostgreSQL and Redis in a folder of their own, ended with it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.embedded import postgres, redis


@contextmanager
def services() -> Iterator[tuple[str, str]]:
    """Yield (database URL, Redis URL) with the settings that `yourtale run` uses."""
    with tempfile.TemporaryDirectory(prefix="yt-") as folder:
        database = postgres.start(Path(folder))
        try:
            cache = redis.start(Path(folder))
            try:
                yield database.url, cache.url
            finally:
                cache.stop()
        finally:
            database.stop()


def cpu_seconds(pid: int) -> float:
    """Return the processor time a process has used, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mib(pid: int) -> float:
    """Return a process's proportional share of memory in MiB, or its resident size where that is not told."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024
    except (OSError, StopIteration):
        text = Path(f"/proc/{pid}/status").read_text()
        return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("VmRSS:")) / 1024
