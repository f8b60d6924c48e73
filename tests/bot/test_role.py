"""The role runner: signals, time limit, exit codes, health over HTTP. Each test runs a process of its own."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from bot import role

SCRIPT = """
import asyncio, sys
from bot import logs, role
from bot.http import HEALTH
from bot.settings import load
from bot.settings_source import SettingsError
{prelude}
async def main(settings, stop):
{body}
sys.exit(role.run("probe", main, load(dotenv=None, beside=False, log_format="json"), port={port}, usual=1))
"""
WAITS = 'HEALTH.ready("part", lambda: True); await stop.wait()'


class Role:
    """A running role whose health port is read from its first log line."""

    def __init__(self, body: str, *, port: int = 0, prelude: str = "") -> None:
        indented = "".join(f"    {line}\n" for line in body.splitlines())
        script = SCRIPT.format(body=indented, port=port, prelude=prelude)
        self.process = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE, text=True)

    def port(self) -> int:
        assert self.process.stderr is not None
        return int(orjson.loads(self.process.stderr.readline())["port"])

    def get(self, port: int, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def ended(self) -> tuple[int, str]:
        _, told = self.process.communicate(timeout=30)
        return self.process.returncode, told


@pytest.fixture
def started() -> Iterator[list[Role]]:
    roles: list[Role] = []
    yield roles
    for one in roles:
        one.process.kill()
        one.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_role_finish_and_exit_with_zero(started: list[Role], number: signal.Signals) -> None:
    started.append(one := Role(f"{WAITS}\nawait asyncio.sleep(0.2)\nlogs.get('x').info('finished')"))
    one.port()
    one.process.send_signal(number)
    code, told = one.ended()
    assert code == role.OK
    assert '"event":"finished"' in told


def test_a_second_interrupt_ends_it_at_once(started: list[Role]) -> None:
    started.append(one := Role(f"{WAITS}\nlogs.get('x').info('busy')\nawait asyncio.sleep(60)"))
    one.port()
    one.process.send_signal(signal.SIGINT)
    assert one.process.stderr is not None
    assert "busy" in one.process.stderr.readline()
    one.process.send_signal(signal.SIGINT)
    assert one.ended()[0] == role.INTERRUPTED


def test_a_role_that_does_not_end_is_ended_even_if_its_loop_is_blocked(started: list[Role]) -> None:
    started.append(one := Role(f"{WAITS}\nimport time; time.sleep(60)", prelude="role.STOP_SECONDS = 0.3"))
    one.port()
    one.process.send_signal(signal.SIGTERM)
    code, told = one.ended()
    assert code == role.CRASHED
    assert "Still busy" in told


def test_the_promise_of_25_seconds_leaves_time_for_the_rest() -> None:
    assert role.STOP_SECONDS <= 22


def test_a_crash_is_logged_and_exits_with_one(started: list[Role]) -> None:
    started.append(one := Role("raise RuntimeError('broken')"))
    code, told = one.ended()
    assert code == role.CRASHED
    assert "RuntimeError: broken" in told


def test_wrong_settings_exit_with_two_and_one_sentence(started: list[Role]) -> None:
    started.append(one := Role("raise SettingsError(['X is not set.'])"))
    code, told = one.ended()
    assert code == role.WRONG_SETTINGS
    assert told.splitlines()[-1] == "yourtale: X is not set."
    assert "Traceback" not in told


def test_a_taken_port_is_one_sentence(started: list[Role]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        started.append(one := Role(WAITS, port=port))
        code, told = one.ended()
    assert code == role.WRONG_SETTINGS
    assert told == (
        f"yourtale: Port {port} on 127.0.0.1 is taken by another program; set another one, or 0 for a free one.\n"
    )


def test_health_tells_life_readiness_and_metrics(started: list[Role]) -> None:
    body = """
flag = {"on": False}
async def slow(): await asyncio.sleep(5)
HEALTH.ready("flag", lambda: flag["on"])
HEALTH.ready("slow", slow)
await asyncio.sleep(0.1)
logs.get("x").info("first")
await stop.wait()
"""
    started.append(one := Role(body, prelude="import bot.http; bot.http.CHECK_SECONDS = 0.1"))
    port = one.port()
    assert one.get(port, "/healthz") == (200, "ok\n")
    status, told = one.get(port, "/readyz")
    assert (status, orjson.loads(told)) == (503, {"ready": False, "checks": {"flag": False, "slow": False}})
    status, told = one.get(port, "/metrics")
    assert status == 200
    assert "yourtale_event_loop_lag_seconds_bucket" in told
    assert "process_cpu_seconds_total" in told


def test_a_role_without_any_check_is_not_ready_yet(started: list[Role]) -> None:
    started.append(one := Role("await stop.wait()"))
    assert one.get(one.port(), "/readyz")[0] == 503


async def test_work_is_cancelled_when_the_role_must_stop() -> None:
    stop = asyncio.Event()
    cancelled = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            cancelled.set()

    asyncio.get_running_loop().call_later(0.05, stop.set)
    await role.until(stop, work())
    assert cancelled.is_set()
    with pytest.raises(ZeroDivisionError):
        await role.until(asyncio.Event(), asyncio.to_thread(lambda: 1 // 0))


def test_the_command_line_knows_its_words(tmp_path: Path) -> None:
    def call(*words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "bot.cli", *words],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    assert call("help").returncode == 0
    for word in ("run", "shards", "worker", "scheduler", "migrate", "playground", "doctor", "why", "demo"):
        assert f"\n  {word}" in call().stdout
    unknown = call("dance")
    assert (unknown.returncode, unknown.stderr) == (
        2,
        "yourtale: There is no `yourtale dance`; `yourtale help` lists the words.\n",
    )
    alone = call("migrate")
    assert alone.returncode == 2
    assert alone.stderr.splitlines()[-1].startswith("yourtale: DATABASE_URL is not set")
