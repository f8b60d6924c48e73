"""`yourtale ai`: one question put to the router, what the router costs, and tellings compared by a model."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from contextlib import ExitStack

import orjson

from bot import ai_ask, ai_bench, ai_judge, settings
from bot.ai_local import local_mapping, local_providers
from bot.ai_prompts import TYPES
from bot.settings_source import SettingsError
from core.i18n import LOCALES, text

TEXT_MOST = 4_000


def main(argv: Sequence[str]) -> int:
    """Print what was asked for; 1 when nobody answered, 2 for a mistake in the call or the settings."""
    options = _parser().parse_args(argv)
    if options.word in {"scenes", "judge"}:
        return ai_judge.run(options)
    if options.word == "bench":
        found = ai_bench.run(calls=options.calls)
        _print(
            orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() if options.json else found.lines(options.locale)
        )
        return 0
    if len(options.text) > TEXT_MOST:
        raise SettingsError([text(options.locale, "ai.too_long", most=TEXT_MOST)])
    return _ask(options)


def _ask(options: argparse.Namespace) -> int:
    given = settings.load()
    with ExitStack() as stack:
        plain = local_mapping(stack.enter_context(local_providers())) if options.local else None
        asked = ai_ask.Asked(options.type, options.text, options.locale, options.system)
        answers = asyncio.run(ai_ask.ask(given, plain, asked, options.times))
    for answer in answers:
        _print(orjson.dumps(answer).decode() if options.json else answer.lines(options.locale))
    return 0 if all(answer.reason for answer in answers) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="yourtale ai", description="The storyteller's router, by hand.")
    words = parser.add_subparsers(dest="word", required=True)
    ask = words.add_parser("ask", help="ask once, and see attempts, cache, times and cost")
    ask.add_argument(
        "--type", choices=TYPES, default="plain", help="what is asked: plain text, or a prompt of the game's"
    )
    ask.add_argument("--text", required=True, help="the question, or what a player's hero does")
    ask.add_argument("--system", default="", help="the rules of the table, such as `D&D 5e`")
    ask.add_argument(
        "--times", type=int, choices=range(1, 11), default=1, metavar="1..10", help="ask again, to see the cache"
    )
    ask.add_argument("--local", action="store_true", help="ask the local providers, which need no key")
    bench = words.add_parser("bench", help="measure the router against the local providers")
    bench.add_argument("--calls", type=int, default=200, help="calls of each measurement, 20 to 5000")
    for one in (ask, bench):
        one.add_argument("--json", action="store_true", help="as JSON, a line for each answer")
        one.add_argument("--locale", choices=LOCALES, default="en-US", help="language of the answer and of these words")
    ai_judge.add(words)
    return parser


def _print(said: str | Sequence[str]) -> None:
    for line in (said,) if isinstance(said, str) else said:
        sys.stdout.write(f"{line}\n")
