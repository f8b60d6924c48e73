"""The data folder: checked, locked against a second copy, with the secrets that were generated in it."""

import fcntl
import os
import pwd
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from bot.embedded.errors import EmbeddedError

MAX_PATH = 700
"""Bytes; PostgreSQL's own limit of 1,024 must hold for every file below."""
MIN_FREE = 200_000_000
"""Bytes; less is called a full disk before anything is half written."""


def prepare(data_dir: Path, min_free: int = MIN_FREE) -> Path:
    """Make the folder if need be and return its absolute path.

    Raises:
        EmbeddedError: `path_too_long`, `not_a_folder`, `foreign_owner`, `unwritable` or `disk_full`.
    """
    path = Path(os.path.abspath(data_dir))  # noqa: PTH100 - symbolic links stay as the operator wrote them
    if len(os.fsencode(path)) > MAX_PATH:
        raise EmbeddedError(
            "path_too_long", f"YOURTALE_DATA_DIR is longer than {MAX_PATH} bytes; choose a shorter one."
        )
    try:
        # Root's servers run as another user, who must be able to pass through.
        path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        owner = path.stat().st_uid
    except (FileExistsError, NotADirectoryError):
        raise EmbeddedError("not_a_folder", f"{path} is not a folder; set YOURTALE_DATA_DIR to one.") from None
    except OSError as error:
        raise EmbeddedError(
            "unwritable",
            f"{path} cannot be made or read ({error.strerror}); set YOURTALE_DATA_DIR to a folder of yours.",
        ) from None
    if owner != os.geteuid():
        raise EmbeddedError(
            "foreign_owner",
            f"{path} belongs to {_user(owner)}, not to {_user(os.geteuid())}; "
            "run as its owner or set YOURTALE_DATA_DIR to a folder of yours.",
        )
    free = shutil.disk_usage(path).free
    if free < min_free:
        raise EmbeddedError(
            "disk_full",
            f"The disk that holds {path} is full: {free // 1_000_000} MB are left, "
            f"{min_free // 1_000_000} MB are needed.",
        )
    return path


def lock(data_dir: Path) -> TextIO:
    """Keep other copies out of the folder for as long as the returned file is open.

    Raises:
        EmbeddedError: `in_use`, with the process that holds it.
    """
    file = (data_dir / "lock").open("a+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        holder = file.read(20).strip()
        file.close()
        raise EmbeddedError(
            "in_use",
            f"{data_dir} is in use by another `yourtale run` (process {holder}); "
            "stop it or set YOURTALE_DATA_DIR to another folder.",
        ) from None
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()
    return file


def secret(data_dir: Path, name: str, make: Callable[[], str] = lambda: secrets.token_urlsafe(32)) -> Path:
    """Path of the file that holds the secret `name`, made on first use, readable by its owner alone."""
    folder = data_dir / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / name
    if not path.exists():
        write_private(path, make())
    return path


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600 whole or not at all."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
