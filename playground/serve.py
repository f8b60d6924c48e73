"""The stand-alone playground: `yourtale playground --port N`; `make` and `remove` go to a running one."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import uvloop

from playground import orders
from playground.openapi import OpenApi
from playground.server import Playground
from playground.world.disk import DiskError

_ASIDE: Final = {
    "damaged": "What the playground remembered is damaged; it was put aside as {}, and the playground begins anew.",
    "newer": "A newer playground wrote what is remembered; it was put aside as {}, and this one begins anew.",
}
_REFUSED: Final = {
    "in_use": "{} is in use by another playground; stop it or name another folder with --data.",
    "unwritable": "{} cannot be written: {}; name another folder with --data.",
}


def parser() -> argparse.ArgumentParser:
    """Return the command line's parser."""
    made = argparse.ArgumentParser(prog="yourtale playground", description="A local Discord.")
    made.add_argument("--port", type=int, default=0, help="0 takes a free port")
    made.add_argument("--host", default="127.0.0.1")
    made.add_argument("--token", default=None, help="the first bot's token; made up when left out")
    made.add_argument("--bots", type=int, default=1, help="how many bots are in the guild")
    made.add_argument("--openapi", default=os.environ.get("YOURTALE_OPENAPI") or None, metavar="PATH")
    made.add_argument("--no-rate-limits", action="store_true")
    made.add_argument("--max-concurrency", type=int, default=1, help="identifies at once")
    made.add_argument("--intents", type=int, default=0, help="privileged intents that are granted, as a bit field")
    made.add_argument("--data", default=None, type=Path, metavar="FOLDER", help="where the world is kept")
    return made


async def run(options: argparse.Namespace) -> None:
    """Serve until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    playground = Playground(
        port=options.port,
        host=options.host,
        token=options.token,
        bots=options.bots,
        openapi=options.openapi,
        rate_limits=not options.no_rate_limits,
        max_concurrency=options.max_concurrency,
        intents=options.intents,
        data=options.data,
    )
    async with playground:
        if playground.aside is not None:
            sys.stderr.write(f"{_ASIDE[playground.aside.code].format(playground.aside.path)}\n")
        lines = (
            f"REST: {playground.rest_url}",
            f"Gateway: {playground.gateway_url}",
            f"Token: {playground.token}",
            f"Page: {playground.page_url}",
        )
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
        await stop.wait()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the playground; returns the exit code."""
    argv = sys.argv[1:] if argv is None else argv
    if argv and argv[0] in {"make", "remove"}:
        return orders.main(argv)
    options = parser().parse_args(argv)
    if options.openapi:
        try:
            OpenApi(Path(options.openapi))
        except (OSError, ValueError, KeyError) as error:
            sys.stderr.write(f"The OpenAPI file {options.openapi} cannot be used: {error}\n")
            return 1
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run(options))
    except DiskError as error:
        sys.stderr.write(f"{_REFUSED[error.code].format(error.path, error.detail)}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"The playground could not open {options.host}:{options.port}: {error.strerror}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
