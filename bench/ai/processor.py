"""Processor time by part of the whole, over all processes below this one."""

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Final

from bench.parts import cpu_seconds

PROCESSES: Final = {
    "shards": r"bot\.cli shards",
    "worker": r"bot\.cli worker",
    "local Discord": r"bot\.cli playground",
    "local providers": r"playground\.ai\.serve",
    "PostgreSQL": r"postgres",
    "Redis": r"(redis|valkey)-server",
    "people": r"bench ai",
}


def processor_seconds() -> dict[str, float]:
    """Return processor seconds by part, over all processes below this one and itself."""
    parents, names = {}, {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(path.name)] = int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])
            names[int(path.name)] = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (OSError, ValueError, IndexError):
            continue
    mine, found = _below(parents), dict.fromkeys(PROCESSES, 0.0)
    for pid in mine:
        for name, pattern in PROCESSES.items():
            if re.search(pattern, names.get(pid, "")):
                with suppress(OSError):
                    found[name] += cpu_seconds(pid)
                break
    return found


def _below(parents: dict[int, int]) -> set[int]:
    mine = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in mine} - mine:
        mine |= more
    return mine
