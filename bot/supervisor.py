"""`yourtale run`: everything on this machine, each role a child process."""

import base64
import binascii
import http.client
import os
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from bot import child, logs, role, settings
from bot.child import Child
from bot.embedded import folder, postgres, redis
from bot.embedded.errors import EmbeddedError
from bot.embedded.process import Running, free_port
from bot.local_discord import LocalDiscord
from bot.settings import Settings
from bot.settings_source import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

_TICK = 0.1
READY_SECONDS = 60.0
PERMISSIONS = 0x1 << 10 | 0x1 << 11 | 0x1 << 14 | 0x1 << 15 | 0x1 << 16 | 0x1 << 35 | 0x1 << 38
"""View channels, send, embed links, attach files, read history, make and speak in threads."""

_log = logs.get("supervisor")


class EndRequested(Exception):  # noqa: N818 - a request, not an error
    """We were asked to end while something was still being started."""


class Supervisor:
    """The processes of one machine, in the order in which they need each other."""

    def __init__(self, given: Settings) -> None:
        self._given = given
        self._ending = False
        self._services: dict[str, Running] = {}
        self._start: dict[str, Callable[[int | None], Running]] = {}
        self._roles: list[Child] = []
        self._discord: LocalDiscord | None = None
        self._left: dict[str, str] = {}

    def run(self) -> int:
        """Start everything, look after it until asked to end, end it; the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._asked)
        with ExitStack() as stack:
            try:
                root = folder.prepare(self._given.data_dir)
                stack.enter_context(folder.lock(root))
                stack.callback(self._close, root)
                self._open(root)
                self._announce()
                while not self._ending:
                    self._tend()
                    time.sleep(_TICK)
            except EndRequested:
                pass
            except EmbeddedError as error:
                role.tell((str(error),))
                return role.CRASHED
            except SettingsError as error:
                role.tell(error.problems)
                return role.WRONG_SETTINGS
        return role.OK

    def _asked(self, number: int, _frame: FrameType | None) -> None:
        if self._ending and number == signal.SIGINT:
            # What we leave behind ends by itself: the kernel tells each child that we are gone.
            os._exit(role.INTERRUPTED)
        self._ending = True

    def _open(self, root: Path) -> None:
        self._embedded(root)
        self._keys(root)
        os.environ["YOURTALE_DATA_DIR"] = str(root)
        self._leave(root)
        migration = Child("migrate", ["migrate"])
        migration.start()
        if self._given.discord_token is None:
            self._discord = LocalDiscord(self._given, root / "playground")
            self._left |= self._discord.start(lambda: self._ending)
            self._leave(root)
        self._finish(migration)
        self._roles = self._plan()
        for one in self._roles:
            one.start()

    def _embedded(self, root: Path) -> None:
        if self._given.database_url is None:
            self._start["DATABASE_URL"] = lambda port: postgres.start(root, port=port)
        if self._given.redis_url is None:
            self._start["REDIS_URL"] = lambda port: redis.start(root, port=port)
        for variable, start in self._start.items():
            self._check()
            began = time.monotonic()
            self._services[variable] = service = start(None)
            self._left[variable] = service.url
            _log.info("service_ready", name=service.name, seconds=round(time.monotonic() - began, 2))

    def _keys(self, root: Path) -> None:
        for variable, held in (
            ("YOURTALE_BUTTON_KEYS", self._given.button_keys),
            ("YOURTALE_MASTER_KEYS", self._given.master_keys),
        ):
            if held:
                continue
            if self._given.database_url is not None:
                # Keys in a folder and words in a database elsewhere would sooner or later lose each other.
                raise SettingsError(
                    [
                        (
                            f"{variable} must be set where DATABASE_URL is, since `yourtale run` makes no keys then: "
                            "32 random bytes in base64, such as `openssl rand -base64 32 | tr '+/' '-_'` prints."
                        )
                    ]
                )
            self._left[f"{variable}_FILE"] = str(folder.secret(root, variable.lower(), _new_key))

    def _leave(self, root: Path) -> None:
        """Write down what the roles need to find what we started."""
        left = settings.run_file(root)
        left.parent.mkdir(mode=0o700, exist_ok=True)
        folder.write_private(left, "".join(f"{name}={_quoted(value)}\n" for name, value in self._left.items()))

    def _finish(self, migration: Child) -> None:
        while not migration.wait(time.monotonic() + _TICK):
            if self._ending:
                migration.signal(signal.SIGTERM)
        self._check()
        if migration.process is not None and migration.process.returncode != 0:
            raise EmbeddedError("migration", "The database could not be brought up to date; see the lines above.")

    def _plan(self) -> list[Child]:
        given = self._given
        count = given.shard_count or (given.shard_processes if given.shard_processes > 1 else None)
        ids = given.shard_ids or tuple(range(count or 0))
        planned = []
        for index in range(given.shard_processes):
            env = self._port("shards", given.port_shards, 8101, index)
            if count is not None:
                env["YOURTALE_SHARD_COUNT"] = str(count)
                env["YOURTALE_SHARD_IDS"] = ",".join(map(str, ids[index :: given.shard_processes]))
            planned.append(Child(f"shards {index}", ["shards"], env))
        planned += [
            Child(f"worker {index}", ["worker"], self._port("worker", given.port_worker, 8111, index))
            for index in range(given.worker_processes)
        ]
        planned.append(Child("scheduler", ["scheduler"], self._port("scheduler", given.port_scheduler, 8121, 0)))
        return planned

    @staticmethod
    def _port(word: str, given: int | None, usual: int, index: int) -> dict[str, str]:
        port = given + index if given else free_port(None if given == 0 else usual + index)
        return {f"YOURTALE_PORT_{word.upper()}": str(port)}

    def _announce(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        waiting = self._roles
        while waiting and time.monotonic() < deadline:
            self._check()
            self._tend()
            time.sleep(_TICK)
            waiting = [one for one in waiting if not _is_ready(one, self._given.host)]
        if waiting:
            _log.warning("not_ready_yet", roles=[one.name for one in waiting])
        if self._discord is not None:
            told = f"YourTale is ready. Open {self._discord.page}"
        else:
            told = f"YourTale is on Discord. Invite it: {_invitation(self._given.token)}"
        sys.stdout.write(f"\n  {told}\n  Ctrl-C ends it.\n\n")
        sys.stdout.flush()

    def _tend(self) -> None:
        for variable, service in self._services.items():
            code = service.process.poll()
            if code is not None and not self._ending:
                _log.error("service_ended", name=service.name, exit_code=code)
                self._services[variable] = self._start[variable](service.port)
                _log.info("service_ready", name=service.name)
        for one in (*self._roles, *(self._discord.children if self._discord else ())):
            one.tend()

    def _check(self) -> None:
        if self._ending:
            raise EndRequested

    def _close(self, root: Path) -> None:
        self._ending = True
        child.end(self._roles, role.STOP_SECONDS + 0.5)
        child.end(list(self._discord.children) if self._discord else [], 1.0)
        for service in reversed(self._services.values()):
            service.stop(timeout=1.0)
        settings.run_file(root).unlink(missing_ok=True)
        _log.info("ended")


def main() -> int:
    """Run everything on this machine; the exit code."""
    given = settings.load(beside=False)
    logs.configure(given, "run")
    for sentence in settings.warnings(os.environ):
        _log.warning("setting_unknown", what=sentence)
    return Supervisor(given).run()


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _new_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")


def _is_ready(one: Child, host: str) -> bool:
    port = next((int(value) for name, value in one.env.items() if name.startswith("YOURTALE_PORT_")), 0)
    link = http.client.HTTPConnection("127.0.0.1" if host in {"0.0.0.0", "::"} else host, port, timeout=1)  # noqa: S104
    try:
        link.request("GET", "/readyz")
        return link.getresponse().status == 200
    except OSError:
        return False
    finally:
        link.close()


def _invitation(token: str) -> str:
    first = token.partition(".")[0]
    try:
        application = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        application = "YOUR_APPLICATION_ID"
    scope = "bot+applications.commands"
    return f"https://discord.com/oauth2/authorize?client_id={application}&scope={scope}&permissions={PERMISSIONS}"
