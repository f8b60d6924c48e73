"""`yourtale run` as a person starts it: everything comes up, stays up, and goes down."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from bot.child import Child
from bot.embedded import process, redis
from bot.settings import env_names, run_file
from bot.settings_source import SettingsError

START_SECONDS = 60.0


class Run:
    """One `yourtale run` on a data folder, its output in files beside it."""

    def __init__(self, place: Path, **env: str) -> None:
        self.place = place
        place.parent.mkdir(exist_ok=True)
        self._out, self._err = place.with_suffix(".out"), place.with_suffix(".err")
        ours = set(env_names().values()) - {"YOURTALE_OPENAPI"}
        bare = {name: value for name, value in os.environ.items() if name not in ours}
        with self._out.open("w") as out, self._err.open("w") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot.cli", "run"],
                cwd=place.parent,
                env=bare | {"YOURTALE_DATA_DIR": str(place), "YOURTALE_PLAYGROUND_PORT": "0"} | env,
                stdout=out,
                stderr=err,
            )

    @property
    def logged(self) -> list[dict[str, object]]:
        lines = [line for line in self._err.read_bytes().splitlines() if line.startswith(b"{")]
        return [orjson.loads(line) for line in lines]

    def events(self, name: str) -> list[dict[str, object]]:
        return [row for row in self.logged if row["event"] == name]

    def page(self) -> str:
        """The address it prints once all is ready."""
        self.until(lambda: "Open " in self._out.read_text())
        return self._out.read_text().partition("Open ")[2].split()[0]

    def until(self, done: Callable[[], object], seconds: float = START_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while not done():
            assert self.process.poll() is None, self._err.read_text()[-3000:]
            assert time.monotonic() < deadline, self._err.read_text()[-3000:]
            time.sleep(0.05)

    def started(self, word: str) -> list[dict[str, object]]:
        return [row for row in self.events("started") if row["role"] == word]

    def ready(self, word: str) -> bool:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.started(word)[-1]['port']}/readyz", timeout=5
            ) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.HTTPError):
            return False

    def children(self) -> list[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        finally:
            self.process.kill()
            self.process.wait()


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="yt-") as outer:
        yield Path(outer) / "it's data"


@pytest.fixture(scope="module")
def running(place: Path) -> Iterator[Run]:
    run = Run(place)
    try:
        run.page()
        yield run
    finally:
        run.close()


def test_the_printed_address_is_a_local_discord(running: Run) -> None:
    with urllib.request.urlopen(f"{running.page().rstrip('/')}/play/state", timeout=10) as answer:
        assert [bot["user"]["username"] for bot in orjson.loads(answer.read())["bots"]]


def test_every_role_is_ready_when_the_address_is_printed(running: Run) -> None:
    running.page()
    assert all(running.ready(word) for word in ("shards", "worker", "scheduler"))


def test_a_second_run_on_the_same_folder_is_refused_in_one_sentence(running: Run) -> None:
    second = Run(running.place.with_name("second"), YOURTALE_DATA_DIR=str(running.place))
    assert second.process.wait(20) == 1
    told = second._err.read_text()
    assert told.count("\n") == 1
    assert f"process {running.process.pid}" in told


def test_a_role_that_dies_is_started_again_and_that_is_said(running: Run) -> None:
    before = running.started("worker")
    os.kill(int(str(before[-1]["pid"])), signal.SIGKILL)
    running.until(lambda: len(running.started("worker")) > len(before) and running.ready("worker"))
    told = running.events("role_ended")[-1]
    assert (told["name"], told["exit_code"], told["again_in_seconds"]) == ("worker 0", -signal.SIGKILL, 1.0)


def test_a_database_that_dies_comes_back_under_the_same_address(running: Run) -> None:
    pid = int((running.place / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    running.until(lambda: running.events("service_ended"))
    running.until(lambda: running.ready("worker") and running.ready("scheduler"))
    assert running.process.poll() is None


def test_sigterm_ends_everything_in_time_and_leaves_nothing(running: Run) -> None:
    children = running.children()
    began = time.monotonic()
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(26) == 0
    assert time.monotonic() - began < 25
    assert not [pid for pid in children if lives(pid)]
    assert not run_file(running.place).exists()
    assert not running.events("role_killed")


def test_children_do_not_outlive_a_parent_that_is_killed(place: Path, running: Run) -> None:
    running.close()
    run = Run(place)
    run.page()
    children = run.children()
    assert len(children) >= 6
    run.process.kill()
    run.process.wait()
    deadline = time.monotonic() + 25
    while (left := [pid for pid in children if lives(pid)]) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not left
    assert not process.working_in(place / "redis", redis.binary().name)


def test_pauses_grow_while_a_role_keeps_crashing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    child = Child("migrate", ["migrate"])
    pauses = []
    for _ in range(3):
        child.start()
        assert child.process is not None
        child.process.wait(30)
        child.tend()
        pauses.append(child._due - time.monotonic())
    assert [round(pause) for pause in pauses] == [1, 2, 4]


def test_a_role_that_refuses_its_settings_is_not_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOURTALE_LOG_LEVEL", "loud")
    child = Child("migrate", ["migrate"])
    child.start()
    assert child.process is not None
    child.process.wait(30)
    with pytest.raises(SettingsError):
        child.tend()
