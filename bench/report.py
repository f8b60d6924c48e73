"""How a measurement is written down: a table on the terminal, JSON and Markdown in `bench/results/`."""

import json
import os
import platform
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Row:
    """One figure. `peer` is what it is held against in the same run, `ratio` ours divided by the peer's."""

    what: str
    value: float
    unit: str
    peer: float | None = None
    ratio: float | None = None
    target: str | None = None
    met: bool | None = None


def against(what: str, ours: float, peer: float, unit: str, *, most: float | None = None) -> Row:
    """Return a row that compares with a peer; `most` is the largest ratio that meets the target."""
    ratio = round(ours / peer, 3) if peer else None
    met = None if most is None or ratio is None else ratio <= most
    return Row(what, ours, unit, peer, ratio, None if most is None else f"≤ {most:g} × peer", met)


def bounded(what: str, value: float, unit: str, most: float) -> Row:
    """Return a row whose target is a largest value."""
    return Row(what, value, unit, target=f"≤ {most:g} {unit}", met=value <= most)


def machine() -> str:
    """Describe the machine: processor, cores, memory, system, Python."""
    cpu = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor() or platform.machine(),
    )
    memory = next((int(line.split()[1]) // 2**20 for line in _lines("/proc/meminfo") if "MemTotal" in line), 0)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    system = f"{platform.system()} {platform.machine()}"
    return f"{cpu}, {cores} cores, {memory + 1} GiB, {system}, Python {platform.python_version()}"


def write(name: str, rows: list[Row], command: str) -> None:
    """Print the rows and write both files."""
    RESULTS.mkdir(exist_ok=True)
    document = {"name": name, "machine": machine(), "command": command, "rows": [asdict(row) for row in rows]}
    (RESULTS / f"{name}.json").write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    table = _markdown(name, rows, command)
    (RESULTS / f"{name}.md").write_text(table)
    sys.stdout.write(table)


def _markdown(name: str, rows: list[Row], command: str) -> str:
    columns = "| what | value | peer | ratio | target | met |\n|---|---|---|---|---|---|\n"
    head = f"# {name}\n\n`{command}` on {machine()}\n\n{columns}"
    return head + "".join(
        f"| {r.what} | {_number(r.value)} {r.unit} | {_number(r.peer)} | {_number(r.ratio)} | {r.target or ''} | "
        f"{'' if r.met is None else 'yes' if r.met else 'no'} |\n"
        for r in rows
    )


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
