"""The embedded servers, started as they are by `yourtale run`."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError

from bot.embedded import errors, folder, identity, postgres, process, redis
from bot.embedded.errors import EmbeddedError

HOLDER = """
import sys, time
from pathlib import Path
from bot.embedded import postgres, redis
place = Path(sys.argv[1])
print(postgres.start(place).url, redis.start(place).url, flush=True)
time.sleep(60)
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A data folder of the test's own, below a folder that only its owner may enter."""
    with tempfile.TemporaryDirectory(prefix="yt-") as outer:
        yield Path(outer) / "data"


def hold(place: Path, *before: str) -> tuple["subprocess.Popen[str]", str, str]:
    """Another process that starts both servers; its URLs."""
    holder = subprocess.Popen([*before, sys.executable, "-c", HOLDER, str(place)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    database_url, redis_url = holder.stdout.readline().split()
    return holder, database_url, redis_url


def postmaster(place: Path) -> int:
    return int((place / "postgres" / "postmaster.pid").read_text().split()[0])


def all_gone(place: Path, seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not process.working_in(place / "postgres", "postgres") and not process.working_in(
            place / "redis", redis.binary().name
        ):
            return True
        time.sleep(0.05)
    return False


def code_of(caught: "pytest.ExceptionInfo[EmbeddedError]") -> str:
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")
    return caught.value.code


async def test_the_embedded_postgres_answers_with_the_extensions_we_need(database_url: str) -> None:
    link = await asyncpg.connect(database_url)
    try:
        names = {row[0] for row in await link.fetch("select name from pg_available_extensions")}
        assert {"vector", "pg_trgm", "unaccent", "pg_stat_statements"} <= names
    finally:
        await link.close()


async def test_the_embedded_redis_never_evicts(redis_url: str) -> None:
    async with Redis.from_url(redis_url, decode_responses=True) as link:
        assert (await link.config_get("maxmemory-policy"))["maxmemory-policy"] == "noeviction"


async def test_both_ask_for_a_password_and_listen_on_loopback_alone(database_url: str, redis_url: str) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(database_url, password="wrong")
    async with Redis.from_url(f"redis://:wrong@{redis_url.partition('@')[2]}") as cache:
        with pytest.raises(AuthenticationError):
            await cache.ping()
    link = await asyncpg.connect(database_url)
    try:
        assert await link.fetchval("show listen_addresses") == "127.0.0.1"
        assert await link.fetchval("show unix_socket_directories") == ""
    finally:
        await link.close()


async def test_data_are_found_again_after_everything_was_killed_at_once(place: Path) -> None:
    holder, database_url, redis_url = hold(place)
    link = await asyncpg.connect(database_url)
    await link.execute("create table kept as select 42 as n")
    await link.close()
    async with Redis.from_url(redis_url, decode_responses=True) as cache:
        await cache.set("kept", "42")
        assert (await cache.config_get("appendonly"))["appendonly"] == "yes"
        time.sleep(1.2)  # an append-only file is written each second
    servers = [postmaster(place), *process.working_in(place / "redis", redis.binary().name)]
    for pid in (holder.pid, *servers):
        os.kill(pid, signal.SIGKILL)
    holder.communicate()
    database, cache_server = postgres.start(place), redis.start(place)
    try:
        assert (database.url, cache_server.url) == (database_url, redis_url)
        link = await asyncpg.connect(database.url)
        assert await link.fetchval("select n from kept") == 42
        await link.close()
        async with Redis.from_url(cache_server.url, decode_responses=True) as cache:
            assert await cache.get("kept") == "42"
    finally:
        database.stop()
        cache_server.stop()


def test_the_servers_go_down_cleanly_when_their_parent_is_killed(place: Path) -> None:
    holder, _, _ = hold(place)
    outer = place.parent.stat().st_mode
    holder.kill()
    holder.communicate()
    assert all_gone(place)
    assert "database system is shut down" in errors.tail(place / "postgres.log")
    assert "bye bye" in errors.tail(place / "redis.log")
    assert place.parent.stat().st_mode == outer, "the modes of folders above are not ours to change"


def test_an_ordinary_user_can_run_them_too(place: Path) -> None:
    before: list[str] = []
    if os.geteuid() == 0:
        # Python and the checkout may lie where only root may go: the right to pass is kept, the user is not root.
        nobody = identity.find(postgres.binaries() / "postgres", folder.prepare(place.parent / "probe"))
        capable = identity.Identity(
            nobody.uid,
            nobody.gid,
            drop=(*(part.format(uid=65534, gid=65534) for part in identity._DROP), *identity._PASS),
        )
        before = capable.command([], "KILL")
        os.chown(place.parent, 65534, 65534)
    holder, _, _ = hold(place, *before)
    owner = place.stat().st_uid
    holder.kill()
    holder.communicate()
    assert owner != 0
    assert all_gone(place)


def test_two_copies_do_not_disturb_each_other(place: Path) -> None:
    first, *urls = hold(place)
    second, *others = hold(place.with_name("other"))
    assert len({*urls, *others}) == 4
    first.kill()
    first.communicate()
    assert all_gone(place)
    assert postmaster(place.with_name("other")) in process.working_in(place.with_name("other") / "postgres", "postgres")
    second.kill()
    second.communicate()


def test_a_taken_port_is_left_to_its_owner(place: Path) -> None:
    folder.prepare(place)
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        (place / "postgres.port").write_text(str(one.getsockname()[1]))
        (place / "redis.port").write_text(str(two.getsockname()[1]))
        for start, taken in ((postgres.start, one), (redis.start, two)):
            server = start(place)
            server.stop()
            assert server.port != taken.getsockname()[1]


def test_a_path_far_too_long_for_a_socket_works(place: Path) -> None:
    deep = place / ("d" * 100) / ("e" * 100)
    server = postgres.start(deep)
    server.stop()
    assert len(str(deep)) > 107


def test_a_path_too_long_for_files_is_one_sentence(place: Path) -> None:
    with pytest.raises(EmbeddedError) as caught:
        postgres.start(place.joinpath(*["d" * 100] * 8))
    assert code_of(caught) == "path_too_long"


def test_a_folder_of_someone_else_is_one_sentence(place: Path) -> None:
    foreign = Path("/")
    if os.geteuid() == 0:
        place.mkdir()
        os.chown(place, 12_345, 12_345)
        foreign = place
    with pytest.raises(EmbeddedError) as caught:
        postgres.start(foreign)
    assert code_of(caught) == "foreign_owner"


def test_a_file_in_the_folders_place_is_one_sentence(place: Path) -> None:
    place.write_text("")
    with pytest.raises(EmbeddedError) as caught:
        redis.start(place)
    assert code_of(caught) == "not_a_folder"


def test_a_full_disk_is_one_sentence_before_anything_is_written(place: Path) -> None:
    with pytest.raises(EmbeddedError) as caught:
        postgres.start(place, min_free=10**18)
    assert code_of(caught) == "disk_full"
    assert not (place / "postgres").exists()


def test_a_disk_that_fills_up_later_is_one_sentence(place: Path) -> None:
    folder.prepare(place)
    (place / "postgres.log").write_text('FATAL: could not write "base/1": No space left on device\n')
    assert errors.explain("PostgreSQL", place / "postgres.log", place).code == "disk_full"


def test_what_ended_a_server_is_not_sought_in_an_earlier_run(place: Path) -> None:
    folder.prepare(place)
    (place / "redis.log").write_text("No space left on device\n")
    redis.start(place).stop()
    assert errors.explain("Redis", place / "redis.log", place).code == "failed"
    assert (place / "redis.log").stat().st_mode & 0o777 == 0o600


def test_data_of_another_postgres_version_are_one_sentence(place: Path) -> None:
    postgres.start(place).stop()
    (place / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(EmbeddedError) as caught:
        postgres.start(place)
    assert code_of(caught) == "other_version"


def test_a_folder_in_use_is_one_sentence_that_names_the_process(place: Path) -> None:
    held = folder.lock(folder.prepare(place))
    with pytest.raises(EmbeddedError) as caught:
        folder.lock(place)
    assert code_of(caught) == "in_use"
    assert str(os.getpid()) in str(caught.value)
    held.close()
    folder.lock(place).close()


def test_a_stale_lock_file_whose_process_id_lives_again_does_not_stop_it(place: Path) -> None:
    postgres.start(place).stop()
    (place / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{place / 'postgres'}\n0\n1\n\n127.0.0.1\n")
    postgres.start(place).stop()


def test_a_first_start_that_was_cut_short_is_begun_anew(place: Path) -> None:
    folder.prepare(place)
    (place / "postgres.new" / "base").mkdir(parents=True)
    postgres.start(place).stop()
    assert not (place / "postgres.new").exists()


def test_secrets_are_for_their_owner_alone_and_stay_the_same(place: Path) -> None:
    first = folder.secret(folder.prepare(place), "some_key").read_text()
    path = folder.secret(place, "some_key")
    assert path.read_text() == first
    assert len(first) >= 40
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_no_password_stands_in_a_command_line_or_environment(place: Path) -> None:
    holder, *urls = hold(place)
    passwords = [url.partition("://")[2].rpartition("@")[0].rpartition(":")[2] for url in urls]
    pids = [postmaster(place), *process.working_in(place / "redis", redis.binary().name)]
    try:
        for pid in pids:
            for name in ("cmdline", "environ"):
                shown = Path(f"/proc/{pid}/{name}").read_bytes().decode(errors="replace")
                assert not any(password in shown for password in passwords)
    finally:
        holder.kill()
        holder.communicate()
    assert all_gone(place)
