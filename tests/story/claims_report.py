"""How well claims are read: `python -m tests.story.claims_report dev|held|more [--counts-only] [--misses FAMILY]`."""

import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Final, get_args

from core.story.claims import Family, Reader
from tests.story.claims_corpus import Line, Part, narrations

FAMILIES: Final[tuple[Family, ...]] = get_args(Family)


@dataclass
class Tally:
    """Counts by family: false sentences, those caught, those caught by their own family, true ones, false alarms."""

    false: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)
    true: Counter[str] = field(default_factory=Counter)
    alarms: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[str, Line, str]] = field(default_factory=list)
    seconds: float = 0.0
    sentences: int = 0


def measured(language: str, part: Part) -> Tally:
    """Read every narration of a part and count."""
    tally = Tally()
    for narration in narrations(language, part):
        reader = Reader(narration.evidence(), language)
        for line in narration.lines:
            began = time.perf_counter()
            faults = reader.faults(line.text)
            tally.seconds += time.perf_counter() - began
            tally.sentences += 1
            families = {fault.family for fault in faults}
            if line.true:
                tally.true[line.family] += 1
                tally.alarms[line.family] += bool(families)
            else:
                tally.false[line.family] += 1
                tally.caught[line.family] += bool(families)
                tally.named[line.family] += line.family in families
            if line.true == bool(families):
                why = "; ".join(f"{f.family}: {f.why}" for f in faults)
                tally.missed.append((narration.scene, line, why))
    return tally


def shown(language: str, tally: Tally) -> list[str]:
    """Return the report's lines: counts only."""
    lines = [f"{language}: {1000 * tally.seconds / max(1, tally.sentences):.3f} ms a sentence"]
    for name in (*FAMILIES, "."):
        false, caught, true, alarms = (c[name] for c in (tally.false, tally.caught, tally.true, tally.alarms))
        named = tally.named[name]
        lines.append(f"  {name:12} caught {caught:3}/{false:3} (by name {named:3}) alarms {alarms:3}/{true:3}")
    totals = [sum(c.values()) for c in (tally.caught, tally.false, tally.named, tally.alarms, tally.true)]
    lines.append("  {:12} caught {}/{} (by name {}) alarms {}/{}".format("all", *totals))
    return lines


def show(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main(arguments: list[str]) -> None:
    part: Part = "held" if arguments[:1] == ["held"] else "more" if arguments[:1] == ["more"] else "dev"
    wanted = arguments[arguments.index("--misses") + 1] if "--misses" in arguments else ""
    for language in ("en-US", "pt-BR"):
        tally = measured(language, part)
        show("\n".join(shown(language, tally)))
        if part != "held" and wanted and "--counts-only" not in arguments:
            for scene, line, why in tally.missed:
                if wanted in {line.family, "all"}:
                    mark = "ALARM" if line.true else "missed"
                    show(f"  {mark} {line.family:11} {scene} {line.text}   [{why}]")


if __name__ == "__main__":
    main(sys.argv[1:])
