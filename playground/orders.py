"""`yourtale playground make|remove …`: the control API from the command line."""

import argparse
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any, Final

import orjson

KINDS: Final = (
    "guilds",
    "channels",
    "threads",
    "people",
    "members",
    "roles",
    "overwrites",
    "bots",
    "faults",
    "gateway",
    "settings",
)
TIMEOUT_S: Final = 10.0


def parser() -> argparse.ArgumentParser:
    """Return the command line's parser."""
    made = argparse.ArgumentParser(prog="yourtale playground", description="Make or remove things in a playground.")
    made.add_argument("verb", choices=("make", "remove"))
    made.add_argument("kind", choices=KINDS)
    made.add_argument("values", nargs="*", help="make: key=value …; remove: the id (roles: GUILD/ROLE)")
    made.add_argument("--at", required=True, metavar="URL", help="the playground's Page address")
    return made


def value_of(text: str) -> Any:
    """Return JSON where the text is JSON that is no number (ids are strings), else the text itself."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return value if isinstance(value, dict | list | bool) or value is None else text


def main(argv: Sequence[str]) -> int:
    """Send one order and print the answer as JSON; returns the exit code."""
    options = parser().parse_args(argv)
    url = f"{options.at.rstrip('/')}/control/{options.kind}"
    body = None
    if options.verb == "make":
        pairs = (value.partition("=") for value in options.values)
        body = orjson.dumps({key: value_of(text) for key, _, text in pairs})
    else:
        url += "".join(f"/{value}" for value in options.values)
    if not url.startswith("http"):
        sys.stderr.write("--at must be an http address.\n")
        return 2
    method = "POST" if options.verb == "make" else "DELETE"
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"}, method=method)  # noqa: S310 - http only
    return _send(request)


def _send(request: urllib.request.Request) -> int:
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:  # noqa: S310 - checked above
            sys.stdout.write(response.read().decode() + "\n")
    except urllib.error.HTTPError as error:
        sys.stderr.write(error.read(10_000).decode() + "\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"No playground answers at {request.full_url}: {error}\n")
        return 1
    return 0
