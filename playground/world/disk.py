"""The file in which a world is kept: one SQLite database in a folder of its own."""

import os
import sqlite3
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMAT: Final = 1
"""Goes up when rows change their meaning; a file with a higher one is not touched."""
MAX_ROW: Final = 64 * 1024 * 1024
LOCK_SECONDS: Final = 10.0
"""How long a playground that is ending may still hold the file."""
_HELD: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_REFUSED: Final = frozenset(
    {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
)
_TABLES: Final = """
CREATE TABLE thing (kind TEXT, id TEXT, body BLOB NOT NULL, PRIMARY KEY (kind, id));
CREATE TABLE message (channel INTEGER NOT NULL, id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE INDEX message_channel ON message (channel);
CREATE TABLE file (id TEXT PRIMARY KEY, body BLOB NOT NULL, data BLOB NOT NULL);
"""
_TRIM: Final = """
DELETE FROM message WHERE id IN (
  SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY channel ORDER BY id DESC) AS place FROM message)
  WHERE place > ?
)
"""


class DiskError(Exception):
    """The folder cannot be used at all: `in_use` by another playground, or `unwritable`; with the path."""

    def __init__(self, code: str, path: Path, detail: str = "") -> None:
        super().__init__(code, path, detail)
        self.code = code
        self.path = path
        self.detail = detail


class UnreadableError(Exception):
    """What the file holds cannot be read: `damaged`, or `newer` than this program."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


@dataclass(slots=True)
class Batch:
    """What is written in one transaction; things are (kind, id, body), messages (channel, id, body)."""

    things: list[tuple[str, str, bytes]] = field(default_factory=list)
    gone_things: list[tuple[str, str]] = field(default_factory=list)
    messages: list[tuple[int, int, bytes]] = field(default_factory=list)
    gone_messages: list[tuple[int, int]] = field(default_factory=list)
    gone_channels: list[tuple[int]] = field(default_factory=list)
    files: list[tuple[str, bytes, bytes]] = field(default_factory=list)
    gone_files: list[tuple[str]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__)


_WRITES: Final = (
    ("gone_things", "DELETE FROM thing WHERE kind = ? AND id = ?"),
    ("gone_channels", "DELETE FROM message WHERE channel = ?"),
    ("gone_messages", "DELETE FROM message WHERE channel = ? AND id = ?"),
    ("gone_files", "DELETE FROM file WHERE id = ?"),
    ("things", "INSERT INTO thing VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body"),
    ("messages", "INSERT OR REPLACE INTO message VALUES (?, ?, ?)"),
    ("files", "INSERT OR REPLACE INTO file VALUES (?, ?, ?)"),
)


class Disk:
    """An open file, held against a second playground; its calls may come from any thread, one at a time.

    A commit is handed to the kernel but not forced onto the platter: it outlives the process, whatever ends that.
    """

    def __init__(self, folder: Path, keep_messages: int) -> None:
        """Open or make the file below `folder`.

        Raises:
            DiskError: the folder cannot be used.
            UnreadableError: the file in it cannot be; `set_aside` takes it out of the way.
        """
        self.path = folder / "world.sqlite"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise DiskError("unwritable", self.path, str(error.strerror)) from None
        self._db = sqlite3.connect(self.path, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            self._open(keep_messages)
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise _typed(error, self.path) from None
        except UnreadableError:
            self._db.close()
            raise

    def _open(self, keep_messages: int) -> None:
        self._db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_ROW)
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("BEGIN IMMEDIATE")
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > FORMAT:
            raise UnreadableError("newer", str(version))
        self._db.execute("COMMIT")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        if version == 0:
            self._db.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {FORMAT}; COMMIT;")
        found = self._db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise UnreadableError("damaged", str(found))
        self._db.execute(_TRIM, (keep_messages,))

    def things(self) -> "Iterator[tuple[str, str, bytes]]":
        """Yield kind, id and body of all things in the order in which they were made."""
        return self._read("SELECT kind, id, body FROM thing ORDER BY rowid")

    def messages(self) -> "Iterator[tuple[int, int, bytes]]":
        """Yield channel, id and body of all messages, each channel's oldest first."""
        return self._read("SELECT channel, id, body FROM message ORDER BY channel, id")

    def files(self) -> "Iterator[tuple[str, bytes, bytes]]":
        """Yield id, attachment and content of all files, oldest first."""
        return self._read("SELECT id, body, data FROM file ORDER BY rowid")

    def _read(self, query: str) -> "Iterator[Any]":
        try:
            yield from self._db.execute(query)
        except sqlite3.DatabaseError as error:
            raise _typed(error, self.path) from None

    def write(self, batch: Batch) -> None:
        """Write all of a batch or nothing. Raises sqlite3.Error."""
        self._db.execute("BEGIN")
        try:
            for name, statement in _WRITES:
                rows = getattr(batch, name)
                if rows:
                    self._db.executemany(statement, rows)
            self._db.execute("COMMIT")
        except sqlite3.Error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Let the file go."""
        self._db.close()


def set_aside(folder: Path) -> Path:
    """Rename an unreadable file so that a fresh one can take its place; return where it is now."""
    aside = folder / f"world-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.sqlite"
    for ending in ("-wal", "-shm", ""):
        old = folder / f"world.sqlite{ending}"
        if old.exists():
            old.rename(f"{aside}{ending}")
    return aside


def _typed(error: sqlite3.DatabaseError, path: Path) -> Exception:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    if code in _HELD:
        return DiskError("in_use", path)
    if code in _REFUSED:
        return DiskError("unwritable", path, str(error))
    return UnreadableError("damaged", str(error))
