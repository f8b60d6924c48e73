"""The command line. Each word imports only what it needs, so that `yourtale help` is instant."""

import importlib
import sys
from collections.abc import Callable, Sequence
from typing import Any

from bot.settings_source import SettingsError

_USAGE = """\
yourtale WORD [options]

  run          everything on this machine, with a local Discord where there is no token
  shards       the bot's connection to Discord
  worker       tells the stories
  scheduler    what happens by the clock
  migrate      brings the database up to date
  playground   a local Discord alone (options: yourtale playground --help)
  doctor       checks every outside thing and says what to do about each failure
  why REF      one turn's life, by the reference that people see
  ai           asks the storyteller once, measures the router, judges tellings (options: yourtale ai --help)
  costs        what the storyteller cost in a month (options: yourtale costs --help)
  demo         plays a written scene through the real processes (options: yourtale demo --help)
  help         this text

Settings come from the environment, from .env and from files named by NAME_FILE: docs/settings.md lists them.
"""

_ROLES = {"shards": 8101, "worker": 8111, "scheduler": 8121, "migrate": None}
_PLAIN = {"run": "bot.supervisor", "doctor": "bot.doctor"}
_WITH_OPTIONS = {
    "playground": "playground.serve",
    "why": "bot.why",
    "ai": "bot.ai_commands",
    "costs": "bot.costs",
    "demo": "bot.demo",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one word and return the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    word, rest = (words[0], words[1:]) if words else ("help", [])
    try:
        return _word(word, rest)
    except SettingsError as error:
        sys.stderr.write("".join(f"yourtale: {problem}\n" for problem in error.problems))
        return 2


def _word(word: str, rest: list[str]) -> int:
    if word in {"help", "-h", "--help"}:
        sys.stdout.write(_USAGE)
        return 0
    if word in _WITH_OPTIONS:
        return int(_attribute(_WITH_OPTIONS[word])(rest) or 0)
    if word not in _ROLES and word not in _PLAIN:
        raise SettingsError([f"There is no `yourtale {word[:40]}`; `yourtale help` lists the words."])
    if rest:
        raise SettingsError([f"`yourtale {word}` takes no options; settings come from the environment."])
    return _role(word) if word in _ROLES else int(_attribute(_PLAIN[word])())


def _role(word: str) -> int:
    from bot import role, settings

    given = settings.load()
    module = importlib.import_module(f"bot.{word}")
    return role.run(word, module.main, given, port=getattr(given, f"port_{word}", None), usual=_ROLES[word])


def _attribute(module: str) -> Callable[..., Any]:
    found: Callable[..., Any] = importlib.import_module(module).main
    return found


if __name__ == "__main__":
    sys.exit(main())
