"""How every role runs: event loop, logs, signals, health, exit code.

A role is `async def main(settings, stop)`: it returns soon after `stop` is set. Exit codes: 0 ended as asked,
1 crashed or took too long to end, 2 wrong settings (starting again would not help), 130 a second Ctrl-C.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import uvloop

from bot import logs, metrics
from bot.http import HEALTH
from bot.settings import Settings
from bot.settings_source import SettingsError

STOP_SECONDS = 22.0
"""From the signal to the end at the latest; the promise, of which `yourtale run` needs the rest, is 25."""
OK, CRASHED, WRONG_SETTINGS, INTERRUPTED = 0, 1, 2, 130
_LAG_EVERY = 0.5

RoleMain = Callable[[Settings, asyncio.Event], Coroutine[Any, Any, None]]


def run(role: str, main: RoleMain, settings: Settings, *, port: int | None = None, usual: int | None = None) -> int:
    """Run a role to its end and return the exit code; with `usual`, its health is served on `port`."""
    logs.configure(settings, role)
    try:
        return uvloop.run(_run(main, settings, port, usual))
    except SettingsError as error:
        tell(error.problems)
        return WRONG_SETTINGS


def tell(problems: tuple[str, ...]) -> None:
    """Print sentences for the operator to standard error."""
    sys.stderr.write("".join(f"yourtale: {problem}\n" for problem in problems))
    sys.stderr.flush()


async def _run(main: RoleMain, settings: Settings, port: int | None, usual: int | None) -> int:
    log = logs.get("role")
    stop = asyncio.Event()
    _listen_to_signals(stop)
    if usual is not None:
        bound = await HEALTH.serve(settings.host, port, usual)
        log.info("started", host=settings.host, port=bound, pid=os.getpid())
    lag = asyncio.create_task(_measure_lag())
    try:
        await main(settings, stop)
    except (SettingsError, asyncio.CancelledError):
        raise
    except Exception:
        log.exception("crashed")
        return CRASHED
    finally:
        lag.cancel()
        await HEALTH.close()
    log.info("ended")
    return OK


def _listen_to_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def ask(number: signal.Signals) -> None:
        if stop.is_set():
            if number == signal.SIGINT:
                os._exit(INTERRUPTED)
            return
        stop.set()
        # A thread, since a blocked event loop is one reason for taking too long.
        limit = threading.Timer(STOP_SECONDS, _give_up)
        limit.daemon = True
        limit.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask, number)


def _give_up() -> None:
    tell((f"Still busy {STOP_SECONDS:.0f} s after the signal to end; ending anyway.",))
    os._exit(CRASHED)


async def _measure_lag() -> None:
    loop = asyncio.get_running_loop()
    while True:
        asked = loop.time() + _LAG_EVERY
        await asyncio.sleep(_LAG_EVERY)
        metrics.LOOP_LAG_SECONDS.observe(max(0.0, loop.time() - asked))


async def until(stop: asyncio.Event, work: Awaitable[object]) -> None:
    """Run `work` until it ends or `stop` is set, then cancel it; its own error, if any, is raised."""
    task = asyncio.ensure_future(work)
    waiter = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({task, waiter}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
    finally:
        waiter.cancel()
        task.cancel()
        await asyncio.gather(task, waiter, return_exceptions=True)
