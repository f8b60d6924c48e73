"""`yourtale ai scenes` and `yourtale ai judge`: tellings of the same scenes exported, and compared by a model."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, get_args

import msgspec

from bot import settings
from bot.ai import mapping
from bot.settings_source import SettingsError
from core.ai import NoProvider, Prompt, Router
from core.game.state import Language
from core.i18n import text
from core.story.judge import Contest, Judge, Report, Telling, Undecided, Verdict, contests, report, rubric
from core.story.judge.contest import read
from core.story.judge.scenes import evidence_of, prompts, scenes

TOGETHER: Final = 4
FILE_BYTES: Final = 32 << 20


def add(words: Any) -> None:
    """Add both words to the parser of `yourtale ai`."""
    made = words.add_parser("scenes", help="scenes of the offline storyteller with their facts, a JSON line each")
    made.add_argument("--seed", default="evening", help="the evening to play; the same one plays the same scenes")
    made.add_argument("--turns", type=int, choices=range(1, 61), default=12, metavar="1..60")
    made.add_argument(
        "--model", nargs="?", const="", help="let a model tell them instead: its name, or as settings say"
    )
    made.add_argument("--locale", choices=get_args(Language), action="append", help="one language; both without")
    compare = words.add_parser("judge", help="compare two files of tellings by a model, in both orders (needs a key)")
    compare.add_argument("one", type=Path, help="JSON lines, as `ai scenes` writes them; its rate is given")
    compare.add_argument("other", type=Path)
    compare.add_argument("--model", help="the judge, as provider/model; without it, as settings say")
    compare.add_argument("--rubric", type=int, default=rubric().version, help="version of the judge's prompt")
    compare.add_argument("--json", action="store_true", help="as JSON instead of a table")


def run(options: argparse.Namespace) -> int:
    """Print the scenes or the comparison; 1 where some got no answer."""
    if options.word == "scenes":
        return asyncio.run(_export(options))
    ones, others = (_read(path) for path in (options.one, options.other))
    found = asyncio.run(compare(contests(ones, others), options.model, options.rubric))
    sys.stdout.write(msgspec.json.encode(found).decode() + "\n" if options.json else "\n".join(table(found)) + "\n")
    return 1 if found.undecided or not found.parts else 0


async def compare(given: Sequence[Contest], model: str | None, version: int) -> Report:
    """Judge all, a few at a time. Raises SettingsError without a provider."""
    async with _router() as router:
        judge, free = Judge(router, model=model, by=rubric(version)), asyncio.Semaphore(TOGETHER)
        known = evidence_of(contest.one for contest in given)

        async def verdict(contest: Contest) -> Verdict | str:
            async with free:
                try:
                    return await judge.verdict(contest, known.get(contest.one.place))
                except Undecided as undecided:
                    return undecided.reason

        found = await asyncio.gather(*map(verdict, given))
    verdicts = [one for one in found if isinstance(one, Verdict)]
    return report(verdicts, [one for one in found if isinstance(one, str)], version)


def table(found: Report) -> list[str]:
    """Return a report as lines for a person: plain figures in columns."""
    head = ("", "contests", "won", "tied", "lost", "rate", "95 %", "unsteady", "checks", "longer won", "words")
    rows: list[tuple[str, ...]] = [head]
    for name, part in found.parts.items():
        rows.append(
            (
                name,
                *map(str, (part.contests, part.wins, part.ties, part.losses)),
                f"{part.rate:.0%}",
                f"{part.low:.0%} to {part.high:.0%}",
                *map(str, (part.unsteady, part.by_check)),
                f"{part.longer:.0%}",
                f"{part.words[0]:.0f} / {part.words[1]:.0f}",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    for name, part in found.parts.items():
        points = "  ".join(f"{criterion} {value:+.1f}" for criterion, value in part.criteria.items())
        lines.append(f"{name}: {points}")
    lines += [f"no answer ({reason}): {count}" for reason, count in found.undecided.items()]
    return [*lines, f"rubric {found.rubric}, US$ {found.micro_usd / 1_000_000:.6f}"]


async def _export(options: argparse.Namespace) -> int:
    lost = 0
    for language in options.locale or get_args(Language):
        told = scenes(options.seed, language, options.turns)
        if options.model is not None:
            told, missed = await _by_model(told, prompts(options.seed, language, options.turns), options.model or None)
            lost += missed
        sys.stdout.writelines(msgspec.json.encode(one).decode() + "\n" for one in told)
    return 1 if lost else 0


async def _by_model(told: Sequence[Telling], asked: Sequence[Prompt], model: str | None) -> tuple[list[Telling], int]:
    """Have a model tell the same scenes; also how many got no answer."""
    async with _router() as router:
        found: list[Telling] = []
        for scene, prompt in zip(told, asked, strict=True):
            try:
                answer = await router.complete(
                    prompt.messages,
                    kind=prompt.kind,
                    max_output_tokens=prompt.max_output_tokens,
                    temperature=prompt.temperature,
                    locale=prompt.locale,
                    model=model,
                )
            except NoProvider:
                continue
            by = f"{answer.provider}/{answer.model}"
            found.append(msgspec.structs.replace(scene, telling=answer.text, by=by))
    return found, len(told) - len(found)


def _router() -> Router:
    plain = mapping(settings.load())
    if not plain["providers"]:
        raise SettingsError([text("en-US", "ai.no_provider")])
    return Router.from_mapping(plain)


def _read(path: Path) -> list[Telling]:
    try:
        if path.stat().st_size > FILE_BYTES:
            raise SettingsError([text("en-US", "ai.judge.file", path=path.name, line=0)])
        with path.open("rb") as lines:
            return read(lines)
    except OSError as error:
        raise SettingsError([text("en-US", "ai.judge.no_file", path=path.name)]) from error
    except ValueError as error:
        raise SettingsError([text("en-US", "ai.judge.file", path=path.name, line=int(error.args[0]))]) from error
